"""The port `ArchiveStore`: one document in one transaction, in bulk."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.archives import ImportReport, PreparedArchive, PreparedEntry
from bot.domain.models import LinkId, SaveId, WorkspaceId
from storage.databases.database import Database
from storage.notes import put_notes
from storage.pages import content_of
from storage.passages import passage_rows
from storage.rows import fingerprint, insert_all, insert_new, new_id, new_ids, now
from storage.saving import add_saves, ensure_links
from storage.schema import concept_sources, documents, given_texts, relations
from storage.search.index import PassageRow, add_passages
from storage.understandings import (
    SourcedConcept,
    UnderstandingRow,
    add_concepts,
    add_understandings,
)


class SqlArchiveStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def import_archive(
        self, workspace: WorkspaceId, prepared: PreparedArchive
    ) -> ImportReport:
        """`duplicates` are entries and notes; the related links of an entry come with it."""
        entries = prepared.entries
        saves = [entry.save for entry in entries]
        async with self._database.write() as connection:
            ensured = await connection.run_sync(
                ensure_links, workspace, [save.url for save in saves]
            )
            added = await connection.run_sync(add_saves, saves, ensured.ids)
            fresh = [
                _Placed(entry, save.link_id, save.id)
                for entry, save in zip(entries, added, strict=True)
                if save.is_new
            ]
            below = [each for placed in fresh for each in _below(placed.entry)]
            related = await connection.run_sync(
                ensure_links, workspace, [e.save.url for e in below]
            )
            concept_count = await _add_texts(connection, workspace, fresh, related.ids)
            concept_count += await _add_document(connection, workspace, prepared)
            note_count = await put_notes(connection, workspace, prepared.notes)
        there_already = len(entries) - len(fresh) + len(prepared.notes) - note_count
        return ImportReport(
            links=len(ensured.new) + len(related.new),
            saves=len(fresh),
            notes=note_count,
            concepts=concept_count,
            duplicates=there_already,
        )


@dataclass(frozen=True, slots=True)
class _Placed:
    """An entry with its link and the save that its texts belong to: its own, or that above it."""

    entry: PreparedEntry
    link_id: LinkId
    save_id: SaveId


def _below(entry: PreparedEntry) -> Iterator[PreparedEntry]:
    """Yield all that stands under an entry, at any depth, in the document's order."""
    for related in entry.related:
        yield related
        yield from _below(related)


async def _add_texts(
    connection: AsyncConnection,
    workspace: WorkspaceId,
    fresh: Sequence[_Placed],
    related_ids: Iterable[LinkId],
) -> int:
    """Store what the entries say, and what stands under them; return the number of new concepts."""
    ids = iter(related_ids)
    placed: list[_Placed] = []
    under: list[tuple[int, _Placed]] = []  # the place in `placed`, and the entry above
    for main in fresh:
        placed.append(main)
        for related in _below(main.entry):
            under.append((len(placed), main))
            placed.append(_Placed(related, next(ids), main.save_id))
    understood = [
        UnderstandingRow(id_, each.link_id, each.save_id, each.entry.understanding)
        for id_, each in zip(new_ids(len(placed)), placed, strict=True)
    ]
    concept_count = await connection.run_sync(add_understandings, workspace, understood)
    await connection.run_sync(
        insert_all,
        relations,
        [_relation(at, placed[at], main, understood[at].id) for at, main in under],
    )
    await _add_pages(connection, placed)
    await add_passages(connection, workspace, [row for each in placed for row in _passages(each)])
    return concept_count


def _relation(
    position: int, related: _Placed, main: _Placed, understanding_id: str
) -> dict[str, Any]:
    save = related.entry.save
    return {
        "save_id": main.save_id,
        "position": position,
        "link_id": main.link_id,
        "related_id": related.link_id,
        "understanding_id": understanding_id,
        "url": save.url,
        "title": save.title,
        "kind": save.kind or related.entry.understanding.kind,
        "who": save.who,
    }


async def _add_pages(connection: AsyncConnection, placed: Sequence[_Placed]) -> None:
    """Keep the texts that came along: each stands for its page while that is not read."""
    rows = [
        {"save_id": each.save_id, "link_id": each.link_id, **content_of(each.entry.page)}
        for each in placed
        if each.entry.page is not None
    ]
    if rows:
        await connection.execute(insert_new(given_texts), rows)


def _passages(placed: _Placed) -> Iterator[PassageRow]:
    entry = placed.entry
    return passage_rows(
        entry.passages, title=entry.save.title, link_id=placed.link_id, save_id=placed.save_id
    )


async def _add_document(
    connection: AsyncConnection, workspace: WorkspaceId, prepared: PreparedArchive
) -> int:
    """Keep the file and the concepts that it gives as a whole; return how many of those are new."""
    document_id = await _ensure_document(connection, workspace, prepared)
    known = select(concept_sources.c.id).where(concept_sources.c.document_id == document_id)
    if (await connection.scalar(known.limit(1))) is not None:
        return 0
    sourced = [SourcedConcept(each, document_id=document_id) for each in prepared.concepts]
    return await connection.run_sync(add_concepts, workspace, sourced)


async def _ensure_document(
    connection: AsyncConnection, workspace: WorkspaceId, prepared: PreparedArchive
) -> str:
    file = prepared.file
    key = {
        "workspace": workspace,
        "fingerprint": fingerprint(file.name, file.original, prepared.concepts),
        "member": prepared.member,
        "channel": prepared.place.channel,
        "is_private": prepared.place.is_private,
    }
    same = [documents.c[name] == value for name, value in key.items()]
    known = await connection.scalar(select(documents.c.id).where(*same))
    if known is not None:
        return str(known)
    row = {
        **key,
        "id": new_id(),
        "name": file.name,
        "form": file.archive.form,
        "changed_at": file.changed_at,
        "imported_at": now(),
        "original": zlib.compress(file.original) if file.original else b"",
        "repaired_chars": file.archive.repaired_chars,
        "lost_chars": file.archive.lost_chars,
    }
    await connection.run_sync(insert_all, documents, [row])
    return str(row["id"])
