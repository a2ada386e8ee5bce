"""What feeds the full-text index: FTS5 tables beside `passages`, kept in step with them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    select,
    table,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import LinkId, NoteId, PassageId, SaveId, WorkspaceId
from bot.text.tokens import tokenise
from storage.schema import passages

# Rows are `bot.text.tokens` words joined by spaces, so the tokenizer has nothing to decide:
# `ascii` splits at white space and takes every other letter as it comes, unlike `unicode61`,
# whose folding differs from Python's.
# Each word carries the number of its workspace in front ("7x" + word): a workspace has a term
# dictionary of its own inside one table, and what the index counts are that workspace's numbers.
# rowid is passages.id. The trigger also fires where a deletion cascades to a passage, so the
# index cannot keep words of a text that is gone.
FTS_DDL = (
    """
    CREATE VIRTUAL TABLE passages_fts USING fts5(
        title, heading, body,
        title_words UNINDEXED, heading_words UNINDEXED, body_words UNINDEXED,
        tokenize = 'ascii'
    )
    """,
    "CREATE VIRTUAL TABLE passages_fts_words USING fts5vocab('passages_fts', 'row')",
    """
    CREATE TABLE search_scopes (
        number INTEGER PRIMARY KEY,
        workspace TEXT NOT NULL UNIQUE,
        passages INTEGER NOT NULL DEFAULT 0,
        title_words INTEGER NOT NULL DEFAULT 0,
        heading_words INTEGER NOT NULL DEFAULT 0,
        body_words INTEGER NOT NULL DEFAULT 0
    )
    """,
    """
    CREATE TRIGGER passages_leave_index AFTER DELETE ON passages BEGIN
        UPDATE search_scopes SET
            passages = passages - 1,
            title_words = search_scopes.title_words - gone.title_words,
            heading_words = search_scopes.heading_words - gone.heading_words,
            body_words = search_scopes.body_words - gone.body_words
        FROM (SELECT * FROM passages_fts WHERE rowid = OLD.id) AS gone
        WHERE workspace = OLD.workspace;
        DELETE FROM passages_fts WHERE rowid = OLD.id;
    END
    """,
)

fts = table(
    "passages_fts",
    column("rowid", Integer),
    column("title", Text),
    column("heading", Text),
    column("body", Text),
    column("title_words", Integer),
    column("heading_words", Integer),
    column("body_words", Integer),
)
vocabulary = table("passages_fts_words", column("term", Text), column("doc", Integer))
scopes = table(
    "search_scopes",
    column("number", Integer),
    column("workspace", Text),
    column("passages", Integer),
    column("title_words", Integer),
    column("heading_words", Integer),
    column("body_words", Integer),
)
LENGTHS = ("title_words", "heading_words", "body_words")


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
    # Numbered here, under the one writer's lock: RETURNING in order would insert row by row,
    # a second for a large archive.
    last = await conn.scalar(select(func.max(passages.c.id))) or 0
    ids = range(last + 1, last + 1 + len(rows))
    stored = [
        {"id": id_, "workspace": workspace, **asdict(row)}
        for id_, row in zip(ids, rows, strict=True)
    ]
    await conn.execute(insert(passages), stored)
    number = await _open_scope(conn, workspace)
    # Long pages hold many words; other work goes on meanwhile.
    indexed = await asyncio.to_thread(_index_rows, ids, rows, number)
    await conn.execute(insert(fts), indexed)
    added = Counter({name: sum(row[name] for row in indexed) for name in LENGTHS})
    added["passages"] = len(rows)
    await conn.execute(
        update(scopes)
        .where(scopes.c.number == number)
        .values({name: scopes.c[name] + count for name, count in added.items()})
    )


async def remove_passages(conn: AsyncConnection, *, ids: Collection[PassageId]) -> None:
    """Delete passages; the index follows by itself."""
    await conn.execute(
        delete(passages).where(passages.c.id == bindparam("gone")), [{"gone": id_} for id_ in ids]
    )


async def _open_scope(conn: AsyncConnection, workspace: WorkspaceId) -> int:
    await conn.execute(upsert(scopes).values(workspace=workspace).on_conflict_do_nothing())
    found = await conn.execute(select(scopes.c.number).where(scopes.c.workspace == workspace))
    return int(found.scalar_one())


def _index_rows(
    ids: Sequence[int], rows: Sequence[PassageRow], number: int
) -> list[dict[str, Any]]:
    return [_index_row(id_, row, number) for id_, row in zip(ids, rows, strict=True)]


def _index_row(id_: int, row: PassageRow, number: int) -> dict[str, Any]:
    indexed: dict[str, Any] = {"rowid": id_}
    for name, text in (("title", row.title), ("heading", row.heading), ("body", row.text)):
        words = tokenise(text)
        indexed[name] = " ".join(scoped_words(words, number))
        indexed[f"{name}_words"] = len(words)
    return indexed


def scoped_words(words: Iterable[str], number: int) -> Iterator[str]:
    return (f"{number}x{word}" for word in words)
