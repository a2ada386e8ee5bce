"""Derived rows: what was made of a page or came with a save, and the concepts that both bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, delete, select

from bot.domain.models import Concept, Engine, LinkId, SaveId, Summary, Understanding, WorkspaceId
from storage.rows import batches, fingerprint, insert_all, new_id, new_ids
from storage.schema import concept_sources, concepts, understandings


@dataclass(frozen=True, slots=True)
class UnderstandingRow:
    """`save_id` is None for what was made of the page."""

    id: str
    link_id: LinkId
    save_id: SaveId | None
    understanding: Understanding


@dataclass(frozen=True, slots=True)
class SourcedConcept:
    """Either a link gives the concept, through a save or its page, or a whole document does."""

    concept: Concept
    link_id: LinkId | None = None
    save_id: SaveId | None = None
    document_id: str | None = None


def add_understandings(
    connection: Connection, workspace: WorkspaceId, rows: Sequence[UnderstandingRow]
) -> int:
    """Store them with their concepts; return how many concepts are new to the workspace."""
    columns = [
        {
            "id": row.id,
            "link_id": row.link_id,
            "save_id": row.save_id,
            "kind": row.understanding.kind,
            **_summary_columns(row.understanding.summary),
            "topics": row.understanding.topics,
            "key_phrases": row.understanding.key_phrases,
        }
        for row in rows
    ]
    insert_all(connection, understandings, columns)
    sourced = [
        SourcedConcept(concept, row.link_id, row.save_id)
        for row in rows
        for concept in row.understanding.concepts
    ]
    return add_concepts(connection, workspace, sourced)


def put_model_understanding(
    connection: Connection,
    workspace: WorkspaceId,
    link: LinkId,
    understanding: Understanding,
    *,
    save: SaveId | None,
) -> None:
    """Put it in the place of the model's last one in that language; concepts are added."""
    language = understanding.summary.language if understanding.summary else ""
    connection.execute(
        delete(understandings).where(
            understandings.c.link_id == link,
            understandings.c.save_id.is_not_distinct_from(save),
            understandings.c.engine == Engine.MODEL,
            understandings.c.language == language,
        )
    )
    given = (
        select(concepts.c.fingerprint)
        .join_from(concept_sources, concepts, concept_sources.c.concept_id == concepts.c.id)
        .where(
            concept_sources.c.link_id == link,
            concept_sources.c.save_id.is_not_distinct_from(save),
        )
    )
    known = set(connection.scalars(given))
    new = tuple(each for each in understanding.concepts if _fingerprint(each) not in known)
    row = UnderstandingRow(new_id(), link, save, replace(understanding, concepts=new))
    add_understandings(connection, workspace, [row])


def _summary_columns(summary: Summary | None) -> dict[str, object]:
    if summary is None:
        return {"engine": None, "points": (), "language": "", "writer": ""}
    return {
        "engine": summary.engine,
        "points": summary.points,
        "language": summary.language,
        "writer": summary.writer,
    }


def add_concepts(
    connection: Connection, workspace: WorkspaceId, sourced: Sequence[SourcedConcept]
) -> int:
    """Store the sources, and the concepts that nobody gave before; return how many those are."""
    if not sourced:
        return 0
    by_print = {_fingerprint(each.concept): each.concept for each in sourced}
    ids = _find_concepts(connection, workspace, list(by_print))
    unknown = [print_ for print_ in by_print if print_ not in ids]
    ids |= zip(unknown, new_ids(len(unknown)), strict=True)
    rows = [
        {
            "id": ids[print_],
            "workspace": workspace,
            "term": by_print[print_].term,
            "definition": by_print[print_].definition,
            "other_name": by_print[print_].other_name,
            "points": by_print[print_].points,
            "fingerprint": print_,
        }
        for print_ in unknown
    ]
    insert_all(connection, concepts, rows)
    sources = [
        {
            "concept_id": ids[_fingerprint(each.concept)],
            "link_id": each.link_id,
            "save_id": each.save_id,
            "document_id": each.document_id,
        }
        for each in sourced
    ]
    insert_all(connection, concept_sources, sources)
    return len(unknown)


def remove_orphan_concepts(connection: Connection, workspace: WorkspaceId) -> None:
    source = select(concept_sources.c.id).where(concept_sources.c.concept_id == concepts.c.id)
    connection.execute(delete(concepts).where(concepts.c.workspace == workspace, ~source.exists()))


def _fingerprint(concept: Concept) -> str:
    return fingerprint(concept.term, concept.definition, concept.other_name, concept.points)


def _find_concepts(
    connection: Connection, workspace: WorkspaceId, fingerprints: Sequence[str]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in batches(fingerprints):
        rows = connection.execute(
            select(concepts.c.fingerprint, concepts.c.id).where(
                concepts.c.workspace == workspace, concepts.c.fingerprint.in_(batch)
            )
        )
        found |= {row.fingerprint: row.id for row in rows}
    return found
