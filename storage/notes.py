"""The port `NoteStore`, and how notes come in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.archives import PreparedNote
from bot.domain.models import NoteId, NotePassage, NoteRecord, WorkspaceId
from bot.domain.visibility import Audience
from storage.databases.database import Database
from storage.passages import passage_rows
from storage.rows import batches, fingerprint, insert_all, new_id
from storage.schema import notes, passages
from storage.search.index import add_passages
from storage.visible import is_visible


class SqlNoteStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_notes(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NoteRecord]:
        """Return them oldest first, ties by id."""
        chosen = _among(select(notes), workspace, since, until, audience)
        ordered = chosen.order_by(notes.c.noted_at, notes.c.id)
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(ordered).all()
        )
        if not rows:
            return []
        async with self._database.read() as connection:
            headings = await _read_headings(connection, [row.id for row in rows])
        return [
            NoteRecord(NoteId(row.id), row.title, row.source, row.noted_at, tuple(headings[row.id]))
            for row in rows
        ]

    async def list_note_passages(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NotePassage]:
        parts = select(
            notes.c.id, notes.c.title, notes.c.source, passages.c.heading, passages.c.text
        ).join_from(notes, passages, passages.c.note_id == notes.c.id)
        chosen = _among(parts, workspace, since, until, audience)
        order = (notes.c.noted_at, notes.c.id, passages.c.position)
        async with self._database.read() as connection:
            rows = await connection.execute(chosen.order_by(*order))
            return [
                NotePassage(NoteId(row.id), row.title, row.heading, row.text, row.source)
                for row in rows
            ]


def _among(
    query: Select[Any],
    workspace: WorkspaceId,
    since: datetime | None,
    until: datetime | None,
    audience: Audience,
) -> Select[Any]:
    chosen = query.where(notes.c.workspace == workspace, is_visible(notes, audience))
    if since is not None:
        chosen = chosen.where(notes.c.noted_at >= since)
    if until is not None:
        chosen = chosen.where(notes.c.noted_at < until)
    return chosen


async def _read_headings(
    connection: AsyncConnection, note_ids: Sequence[str]
) -> dict[str, dict[str, None]]:
    """Return each note's headings, once each, in reading order."""
    headings: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for batch in batches(note_ids):
        rows = await connection.execute(
            select(passages.c.note_id, passages.c.heading)
            .where(passages.c.note_id.in_(batch), passages.c.heading != "")
            .order_by(passages.c.note_id, passages.c.position)
        )
        for row in rows:
            headings[row.note_id][row.heading] = None
    return headings


@dataclass(frozen=True, slots=True)
class _Numbered:
    """`number` tells the notes of one file apart that have the same title."""

    note: PreparedNote
    number: int

    @property
    def key(self) -> dict[str, Any]:
        return {
            "source": self.note.source,
            "title": self.note.title,
            "number": self.number,
            "channel": self.note.place.channel,
            "is_private": self.note.place.is_private,
        }

    @property
    def content(self) -> dict[str, Any]:
        return {
            "member": self.note.member,
            "noted_at": self.note.noted_at,
            "fingerprint": fingerprint(self.note.passages),
        }


async def put_notes(
    connection: AsyncConnection, workspace: WorkspaceId, prepared: Sequence[PreparedNote]
) -> int:
    """Store what is new or changed; return how many that were."""
    changed = 0
    for numbered in _number(prepared):
        changed += await _put_note(connection, workspace, numbered)
    return changed


def _number(prepared: Sequence[PreparedNote]) -> Iterator[_Numbered]:
    seen: Counter[tuple[str, str]] = Counter()
    for note in prepared:
        seen[note.source, note.title] += 1
        yield _Numbered(note, seen[note.source, note.title])


async def _put_note(
    connection: AsyncConnection, workspace: WorkspaceId, numbered: _Numbered
) -> bool:
    same = [notes.c[name] == value for name, value in numbered.key.items()]
    query = select(notes.c.id, notes.c.fingerprint).where(notes.c.workspace == workspace, *same)
    known = (await connection.execute(query)).one_or_none()
    if known and known.fingerprint == numbered.content["fingerprint"]:
        return False
    id_ = NoteId(known.id if known else new_id())
    if known:
        await connection.execute(delete(passages).where(passages.c.note_id == id_))
        await connection.execute(update(notes).where(notes.c.id == id_).values(**numbered.content))
    else:
        row = {"id": id_, "workspace": workspace, **numbered.key, **numbered.content}
        await connection.run_sync(insert_all, notes, [row])
    note = numbered.note
    rows = list(passage_rows(note.passages, title=note.title, note_id=id_))
    await add_passages(connection, workspace, rows)
    return True
