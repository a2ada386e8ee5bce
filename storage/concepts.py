"""The port `ConceptStore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from bot.domain.concepts import ConceptSource
from bot.domain.models import Concept, LinkId, WorkspaceId
from bot.domain.visibility import Audience
from storage.databases.database import Database
from storage.schema import concept_sources, concepts, documents, saves
from storage.visible import is_visible, is_visible_source


class SqlConceptStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_concepts(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[Concept]:
        seen = select(concept_sources.c.id).where(
            concept_sources.c.concept_id == concepts.c.id,
            is_visible_source(concept_sources, audience),
        )
        chosen = select(concepts).where(concepts.c.workspace == workspace, seen.exists())
        async with self._database.read() as connection:
            rows = (await connection.execute(chosen.order_by(concepts.c.id))).all()
        # Here, not in the query: databases fold the case of Latin letters only.
        rows = sorted(rows, key=lambda row: (row.term.casefold(), row.term))
        return [_concept(row) for row in rows]

    async def list_sources(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[ConceptSource]:
        async with self._database.read() as connection:
            rows = (await connection.execute(_select_sources(workspace, audience))).all()
        return [_source(row) for row in rows]


def _select_sources(workspace: WorkspaceId, audience: Audience) -> Select[Any]:
    """Return each source once, with the first and last of its saves that are seen."""
    source = concept_sources.c
    of_save = or_(source.save_id.is_(None), source.save_id == saves.c.id)
    seen_save = and_(saves.c.link_id == source.link_id, of_save, is_visible(saves, audience))
    seen_document = and_(documents.c.id == source.document_id, is_visible(documents, audience))
    first_at = func.coalesce(func.min(saves.c.saved_at), documents.c.changed_at)
    last_at = func.coalesce(func.max(saves.c.saved_at), documents.c.changed_at)
    return (
        select(
            concepts,
            source.link_id,
            documents.c.name.label("document"),
            first_at.label("first_at"),
            last_at.label("last_at"),
        )
        .join_from(concept_sources, concepts, source.concept_id == concepts.c.id)
        .join(saves, seen_save, isouter=True)
        .join(documents, seen_document, isouter=True)
        .where(concepts.c.workspace == workspace)
        .where(or_(saves.c.id.is_not(None), documents.c.id.is_not(None)))
        .group_by(source.id, concepts.c.id, documents.c.id)
        .order_by(last_at.desc(), source.id)
    )


def _source(row: Row[Any]) -> ConceptSource:
    link = LinkId(row.link_id) if row.link_id else None
    return ConceptSource(_concept(row), link, row.document or "", row.first_at, row.last_at)


def _concept(row: Row[Any]) -> Concept:
    return Concept(row.term, row.definition, row.other_name, row.points)
