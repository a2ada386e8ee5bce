"""What feeds the full-text index, kept in step with `passages`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import LinkId, NoteId, SaveId, WorkspaceId
from storage.rows import batches, upsert
from storage.schema import passages
from storage.search.postgresql import PostgresqlFullText
from storage.search.sqlite import SqliteFullText
from storage.search.words import FullText, IndexedPassage, read_words, scopes

# Some seconds of work. Each batch counts its words once, which is half the work of small ones.
_AT_ONCE = 2_000

_FULL_TEXT: Mapping[str, FullText] = {
    "sqlite": SqliteFullText(),
    "postgresql": PostgresqlFullText(),
}


def full_text(conn: AsyncConnection) -> FullText:
    return _FULL_TEXT[conn.dialect.name]


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A row of `passages` before it has an id. Exactly one of `link_id` and `note_id` is set."""

    link_id: LinkId | None
    note_id: NoteId | None
    save_id: SaveId | None
    position: int
    heading: str
    title: str
    text: str


async def add_passages(
    conn: AsyncConnection, workspace: WorkspaceId, rows: Sequence[PassageRow]
) -> None:
    """Store passages and feed the index, in the caller's transaction."""
    if not rows:
        return
    scope = await _open_scope(conn, workspace)
    numbers = await full_text(conn).new_numbers(conn, len(rows))
    for batch in batches(list(zip(numbers, rows, strict=True)), _AT_ONCE):
        stored = [{"id": id_, "workspace": workspace, **asdict(row)} for id_, row in batch]
        await conn.execute(insert(passages), stored)
        await _index(conn, scope, [(id_, (row.title, row.heading, row.text)) for id_, row in batch])


async def reindex_passages(
    conn: AsyncConnection, workspace: WorkspaceId, *, after: int, limit: int
) -> int | None:
    """Index the next passages anew, in the caller's transaction, whether they were or not."""
    wanted = (
        select(passages.c.id, passages.c.title, passages.c.heading, passages.c.text)
        .where(passages.c.workspace == workspace, passages.c.id > after)
        .order_by(passages.c.id)
        .limit(limit)
        # Who holds one on PostgreSQL is deleting it.
        .with_for_update(skip_locked=True)
    )
    found = (await conn.execute(wanted)).all()
    if not found:
        return None
    scope = await _open_scope(conn, workspace)
    await full_text(conn).unindex(conn, scope, [row.id for row in found])
    await _index(conn, scope, [(row.id, (row.title, row.heading, row.text)) for row in found])
    return int(found[-1].id)


async def _open_scope(conn: AsyncConnection, workspace: WorkspaceId) -> int:
    number = select(scopes.c.number).where(scopes.c.workspace == workspace)
    if (known := await conn.scalar(number)) is not None:
        return int(known)
    await conn.execute(upsert(scopes).values(workspace=workspace).on_conflict_do_nothing())
    return int((await conn.execute(number)).scalar_one())


async def _index(
    conn: AsyncConnection, scope: int, texts: Sequence[tuple[int, tuple[str, str, str]]]
) -> None:
    # Long pages hold many words; other work goes on meanwhile.
    indexed = await asyncio.to_thread(_read_all, texts, scope)
    await full_text(conn).index(conn, scope, indexed)


def _read_all(
    texts: Iterable[tuple[int, tuple[str, str, str]]], scope: int
) -> list[IndexedPassage]:
    return [read_words(id_, fields, scope=scope) for id_, fields in texts]
