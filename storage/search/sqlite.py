"""The full-text index on SQLite: FTS5 tables beside `passages`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    bindparam,
    column,
    delete,
    func,
    literal_column,
    select,
    table,
    update,
)

from bot.domain.models import LinkFilter, WorkspaceId
from bot.domain.visibility import Audience
from bot.text.ranking import Candidate, Fields, count_words
from storage.columns import Text
from storage.rows import insert_all
from storage.schema import passages
from storage.search.filters import restrict
from storage.search.words import (
    CANDIDATES,
    LENGTHS,
    Found,
    IndexedPassage,
    Looks,
    Question,
    scoped_words,
    scopes,
)
from storage.visible import alike, who_sees

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
_ALL = -1
# In an archive of so many passages the words that tell most choose alone. Of the hundred that come
# nearest by them the best ten are those of all words (nDCG@10 on six sets of up to 7,320 passages
# is the same to .0001, and two of 300 questions on 5,000 find another ten); of 60,000
# passages they are not.
_FEW = 10_000
_LOOKS_AMONG_FEW = Looks(most_rows=2_500, enough_rows=500)
_matches = literal_column("passages_fts").op("MATCH")
_nearness: ColumnElement[float] = literal_column("bm25(passages_fts, 3.0, 2.0, 1.0)")


class SqliteFullText:
    def __init__(self, looks: Looks | None = None) -> None:
        self._looks = looks or Looks()

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

    def find_candidates(self, connection: Connection, question: Question) -> Found:
        if question.statistics.passages <= _FEW:
            return _LOOKS_AMONG_FEW.find(question, partial(_read_nearest, connection))
        return self._looks.find(question, partial(_read_nearest_by_all, connection))

    def occurs_in(self, text: ColumnElement[str], name: ColumnElement[str]) -> ColumnElement[bool]:
        return func.instr(text, func.lower(name)) > 0


def _read_nearest(connection: Connection, question: Question, words: Sequence[str]) -> Found:
    return _read(connection, question, _any_of(words, question.scope))


def _read_nearest_by_all(connection: Connection, question: Question, words: Sequence[str]) -> Found:
    # Finding the passages that hold a word is cheap, `bm25` is not: it is asked only about those
    # that hold a telling word, but counts all words in them.
    match = _any_of(words, question.scope)
    if len(words) < len(question.weights):
        match = f"({match}) AND ({_any_of(question.weights, question.scope)})"
    return _read(connection, question, match)


def _read(connection: Connection, question: Question, match: str) -> Found:
    which, audience = question.which, question.audience
    statement = _select_nearest(question.workspace, alike(audience), which)
    rows = connection.execute(statement, {"words": match, **who_sees(audience)}).all()
    terms = question.terms
    return Found(
        [_candidate(row, terms) for row in rows],
        {row.rowid: row.link_id or row.note_id for row in rows},
    )


def _any_of(words: Iterable[str], scope: int) -> str:
    # Words are letters and digits only (see `tokenise`); quoted, none of them is FTS syntax.
    return " OR ".join(f'"{term}"' for term in scoped_words(words, scope))


# Built once for those who see alike: building it costs more than running it does.
@lru_cache(maxsize=64)
def _select_nearest(workspace: WorkspaceId, audience: Audience, which: LinkFilter) -> Select[Any]:
    # The limit keeps them in order, so that the audience is asked for those only that come near.
    near = (
        select(fts.c.rowid)
        .where(_matches(bindparam("words", type_=Text)))
        .order_by(_nearness, fts.c.rowid)
        .limit(_ALL)
        .subquery()
    )
    chosen = select(near.c.rowid).limit(CANDIDATES)
    if (bounds := restrict(workspace, audience, which)) is not None:
        is_found = select(passages.c.id).where(passages.c.id == near.c.rowid, bounds)
        chosen = chosen.where(is_found.exists())
    found = chosen.subquery()
    # Texts are read for those only: in one step SQLite would sort the texts of all that match.
    return (
        select(fts, passages.c.link_id, passages.c.note_id)
        .select_from(found)
        .join(fts, fts.c.rowid == found.c.rowid)
        .join(passages, passages.c.id == found.c.rowid)
        .where(passages.c.workspace == workspace)
    )


def _row(passage: IndexedPassage) -> dict[str, Any]:
    fields = zip(_FIELDS, map(" ".join, passage.fields), strict=True)
    return {"rowid": passage.id, **dict(fields), **passage.lengths}


def _count(connection: Connection, scope: int, added: Mapping[str, int]) -> None:
    more = {f"more_{name}": count for name, count in added.items()}
    connection.execute(_COUNT, {"of": scope, **more})


def _candidate(row: Any, terms: Mapping[str, str]) -> Candidate:
    fields = [
        [terms[word] for word in filter(terms.__contains__, words.split(" "))]
        for words in (row.title, row.heading, row.body)
    ]
    lengths = Fields(row.title_words, row.heading_words, row.body_words)
    return count_words(row.rowid, fields, lengths=lengths)
