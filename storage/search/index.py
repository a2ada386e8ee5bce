"""What feeds the full-text index, kept in step with `passages`."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import LinkId, NoteId, SaveId, WorkspaceId
from bot.text.tokens import tokenise
from storage.rows import batches, insert_all, upsert
from storage.schema import passages
from storage.search.postgresql import PostgresqlFullText
from storage.search.sqlite import SqliteFullText
from storage.search.words import FullText, scoped_passage, scopes

# Some seconds of work. Each batch counts its words once, which is half the work of small ones.
_AT_ONCE = 2_000
_SCOPE = select(scopes.c.number).where(scopes.c.workspace == bindparam("of"))

FULL_TEXT: Mapping[str, FullText] = {
    "sqlite": SqliteFullText(),
    "postgresql": PostgresqlFullText(),
}


def full_text(connection: AsyncConnection | Connection) -> FullText:
    return FULL_TEXT[connection.dialect.name]


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


# What a passage says, and the words of its title, its heading and its text.
WordedRow = tuple[PassageRow, Sequence[Sequence[str]]]


async def add_passages(
    conn: AsyncConnection, workspace: WorkspaceId, rows: Sequence[PassageRow]
) -> None:
    """Store passages and feed the index, in the caller's transaction."""
    # An archive's words all at once are hundreds of megabytes.
    for batch in batches(rows, _AT_ONCE):
        # Long pages hold many words; other work goes on meanwhile.
        worded = await asyncio.to_thread(read_words, batch)
        await conn.run_sync(put_passages, workspace, worded)


def read_words(rows: Iterable[PassageRow]) -> list[WordedRow]:
    """Pure; takes a second for the longest page."""
    words = cache(tokenise)  # a page's title stands over all its passages
    return [(row, [words(text) for text in (row.title, row.heading, row.text)]) for row in rows]


def put_passages(connection: Connection, workspace: WorkspaceId, rows: Sequence[WordedRow]) -> None:
    """Do as `add_passages` with what is read already."""
    if not rows:
        return
    scope = _open_scope(connection, workspace)
    index = full_text(connection)
    numbered = list(zip(index.new_numbers(connection, len(rows)), rows, strict=True))
    stored = [{"id": id_, "workspace": workspace, **_values(row)} for id_, (row, _) in numbered]
    insert_all(connection, passages, stored)
    added = [scoped_passage(id_, words, scope=scope) for id_, (_, words) in numbered]
    index.index(connection, scope, added)


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
    ids = [row.id for row in found]
    worded = await asyncio.to_thread(
        lambda: [(row.id, _words(row.title, row.heading, row.text)) for row in found]
    )

    def index(connection: Connection) -> None:
        scope = _open_scope(connection, workspace)
        full_text(connection).unindex(connection, scope, ids)
        added = [scoped_passage(id_, words, scope=scope) for id_, words in worded]
        full_text(connection).index(connection, scope, added)

    await conn.run_sync(index)
    return int(ids[-1])


def _open_scope(connection: Connection, workspace: WorkspaceId) -> int:
    if (known := connection.scalar(_SCOPE, {"of": workspace})) is not None:
        return int(known)
    connection.execute(upsert(scopes).values(workspace=workspace).on_conflict_do_nothing())
    return int(connection.execute(_SCOPE, {"of": workspace}).scalar_one())


def _words(*texts: str) -> list[list[str]]:
    return [tokenise(text) for text in texts]


def _values(row: PassageRow) -> dict[str, Any]:
    return {each.name: getattr(row, each.name) for each in fields(row)}
