"""The full-text index on SQLite: FTS5 tables beside `passages`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.text.ranking import Candidate, count_words
from storage.columns import Text
from storage.rows import insert_all
from storage.schema import passages
from storage.search.filters import restrict
from storage.search.words import (
    CANDIDATES,
    LENGTHS,
    Found,
    IndexedPassage,
    Question,
    lengths_of,
    scopes,
)

# The tokenizer `ascii` splits at white space and takes every other letter as it comes, unlike
# `unicode61`, whose folding differs from Python's.
# rowid is passages.id. The trigger also fires where a deletion cascades to a passage, so the
# index cannot keep words of a text that is gone.
DDL = (
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

_FIELDS = ("title", "heading", "body")
fts = table(
    "passages_fts",
    column("rowid", Integer),
    *(column(name, Text) for name in _FIELDS),
    *(column(name, Integer) for name in LENGTHS),
)
_LAST = select(func.max(passages.c.id))
_COUNTED = ("passages", *LENGTHS)
_COUNT = (
    update(scopes)
    .where(scopes.c.number == bindparam("of"))
    .values({name: scopes.c[name] + bindparam(f"more_{name}") for name in _COUNTED})
)
_matches = literal_column("passages_fts").op("MATCH")
_nearness: ColumnElement[float] = literal_column("bm25(passages_fts, 3.0, 2.0, 1.0)")


class SqliteFullText:
    def new_numbers(self, connection: Connection, count: int) -> Sequence[int]:
        # Counted on under the one writer's lock: RETURNING in order would insert row by row,
        # a second for a large archive.
        last = connection.scalar(_LAST) or 0
        return range(last + 1, last + 1 + count)

    def index(self, connection: Connection, scope: int, added: Sequence[IndexedPassage]) -> None:
        rows = [_row(passage) for passage in added]
        insert_all(connection, fts, rows)
        lengths = {name: sum(row[name] for row in rows) for name in LENGTHS}
        _count(connection, scope, {"passages": len(rows), **lengths})

    def unindex(self, connection: Connection, scope: int, ids: Sequence[int]) -> None:
        which = fts.c.rowid.in_(ids)
        sums = (func.coalesce(func.sum(fts.c[name]), 0).label(name) for name in LENGTHS)
        found = connection.execute(select(func.count().label("passages"), *sums).where(which))
        gone = found.mappings().one()
        _count(connection, scope, {name: -gone[name] for name in _COUNTED})
        connection.execute(delete(fts).where(which))

    async def find_candidates(self, conn: AsyncConnection, question: Question) -> Found:
        terms = question.terms
        # Words are letters and digits only (see `tokenise`); quoted, none of them is FTS syntax.
        match = " OR ".join(f'"{term}"' for term in terms)
        nearest = select(fts.c.rowid).where(_matches(match))
        if (bounds := restrict(question)) is not None:
            nearest = nearest.join(passages, passages.c.id == fts.c.rowid).where(bounds)
        chosen = nearest.order_by(_nearness, fts.c.rowid).limit(CANDIDATES).subquery()
        # Texts are read for those only: in one step SQLite would sort the texts of all that match.
        wanted = (
            select(fts, passages.c.link_id, passages.c.note_id)
            .select_from(chosen)
            .join(fts, fts.c.rowid == chosen.c.rowid)
            .join(passages, passages.c.id == chosen.c.rowid)
            .where(passages.c.workspace == question.workspace)
        )
        rows = (await conn.execute(wanted)).mappings().all()
        return Found(
            [_candidate(row, terms) for row in rows],
            {row["rowid"]: row["link_id"] or row["note_id"] for row in rows},
        )

    def occurs_in(self, text: ColumnElement[str], name: ColumnElement[str]) -> ColumnElement[bool]:
        return func.instr(text, func.lower(name)) > 0


def _row(passage: IndexedPassage) -> dict[str, Any]:
    fields = zip(_FIELDS, map(" ".join, passage.fields), strict=True)
    return {"rowid": passage.id, **dict(fields), **passage.lengths}


def _count(connection: Connection, scope: int, added: Mapping[str, int]) -> None:
    more = {f"more_{name}": count for name, count in added.items()}
    connection.execute(_COUNT, {"of": scope, **more})


def _candidate(row: Mapping[Any, Any], terms: Mapping[str, str]) -> Candidate:
    fields = ([terms[word] for word in row[name].split() if word in terms] for name in _FIELDS)
    return count_words(row["rowid"], list(fields), lengths=lengths_of(row))
