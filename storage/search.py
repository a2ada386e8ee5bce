"""The full-text index over SQLite's FTS5: what feeds it, and the search that people use.

FTS5 finds candidates only; `bot.text.ranking` orders them, the same on every database.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Text,
    bindparam,
    column,
    delete,
    func,
    insert,
    literal_column,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import LinkId, NoteId, PassageId, SaveId, SearchHit, WorkspaceId
from bot.domain.visibility import Audience
from bot.text.queries import weigh_words
from bot.text.ranking import Candidate, Fields, Statistics, count_words, rank
from bot.text.tokens import tokenise
from storage.database import Database
from storage.schema import links, notes, passages, saves
from storage.visible import is_visible, is_visible_passage

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

# nDCG@10 on six sets is the same to .0005 with 60, 100, 200 and all passages.
_CANDIDATES = 100
# What a long question is cut to: its most telling words. 64 hold any sentence whole.
_MATCHED_WORDS = 64
# A page that says it in five places is one answer, not five.
_PASSAGES_PER_SOURCE = 2

_fts = table(
    "passages_fts",
    column("rowid", Integer),
    column("title", Text),
    column("heading", Text),
    column("body", Text),
    column("title_words", Integer),
    column("heading_words", Integer),
    column("body_words", Integer),
)
_words = table("passages_fts_words", column("term", Text), column("doc", Integer))
_scopes = table(
    "search_scopes",
    column("number", Integer),
    column("workspace", Text),
    column("passages", Integer),
    column("title_words", Integer),
    column("heading_words", Integer),
    column("body_words", Integer),
)
_LENGTHS = ("title_words", "heading_words", "body_words")
_matches = literal_column("passages_fts").op("MATCH")
_nearness: ColumnElement[float] = literal_column("bm25(passages_fts, 3.0, 2.0, 1.0)")


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
    await conn.execute(insert(_fts), indexed)
    added = Counter({name: sum(row[name] for row in indexed) for name in _LENGTHS})
    added["passages"] = len(rows)
    await conn.execute(
        update(_scopes)
        .where(_scopes.c.number == number)
        .values({name: _scopes.c[name] + count for name, count in added.items()})
    )


async def remove_passages(conn: AsyncConnection, *, ids: Collection[PassageId]) -> None:
    """Delete passages; the index follows by itself."""
    await conn.execute(
        delete(passages).where(passages.c.id == bindparam("gone")), [{"gone": id_} for id_ in ids]
    )


async def _open_scope(conn: AsyncConnection, workspace: WorkspaceId) -> int:
    await conn.execute(upsert(_scopes).values(workspace=workspace).on_conflict_do_nothing())
    found = await conn.execute(select(_scopes.c.number).where(_scopes.c.workspace == workspace))
    return int(found.scalar_one())


def _index_rows(
    ids: Sequence[int], rows: Sequence[PassageRow], number: int
) -> list[dict[str, Any]]:
    return [_index_row(id_, row, number) for id_, row in zip(ids, rows, strict=True)]


def _index_row(id_: int, row: PassageRow, number: int) -> dict[str, Any]:
    indexed: dict[str, Any] = {"rowid": id_}
    for name, text in (("title", row.title), ("heading", row.heading), ("body", row.text)):
        words = tokenise(text)
        indexed[name] = " ".join(_scoped(words, number))
        indexed[f"{name}_words"] = len(words)
    return indexed


def _scoped(words: Iterable[str], number: int) -> Iterator[str]:
    return (f"{number}x{word}" for word in words)


class SqlSearchIndex:
    """The port `SearchIndex` on SQLite."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(
        self, workspace: WorkspaceId, query: str, *, limit: int, audience: Audience
    ) -> list[SearchHit]:
        question = weigh_words(query)
        async with self._database.read() as conn:
            number, statistics = await _read_statistics(conn, workspace, question)
            question = _most_telling(question, statistics)
            if not question:
                return []
            candidates, sources = await _find_candidates(
                conn, workspace, question, number=number, audience=audience
            )
            ranked = rank(candidates, question, statistics=statistics)
            chosen = _spread(ranked, sources, limit=limit)
            return await _read_hits(conn, chosen, audience)

    async def measure(self, workspace: WorkspaceId, words: Collection[str]) -> Statistics:
        async with self._database.read() as conn:
            return (await _read_statistics(conn, workspace, words))[1]


async def _read_statistics(
    conn: AsyncConnection, workspace: WorkspaceId, words: Collection[str]
) -> tuple[int, Statistics]:
    found = await conn.execute(select(_scopes).where(_scopes.c.workspace == workspace))
    scope = found.mappings().one_or_none()
    if scope is None or not scope["passages"]:
        return 0, Statistics(0, Fields(0, 0, 0), {})
    number, count = scope["number"], scope["passages"]
    terms = dict(zip(_scoped(words, number), words, strict=True))
    rows = await conn.execute(select(_words.c.term, _words.c.doc).where(_words.c.term.in_(terms)))
    return number, Statistics(
        passages=count,
        average_words=Fields(*(scope[name] / count for name in _LENGTHS)),
        passages_with={terms[term]: holding for term, holding in rows},
    )


def _most_telling(question: Mapping[str, float], statistics: Statistics) -> dict[str, float]:
    """Keep the words that occur at all and count most; the order stays that of the question."""
    known = [word for word in question if statistics.passages_with.get(word)]
    known.sort(key=lambda word: -question[word] * statistics.rarity(word))
    kept = set(known[:_MATCHED_WORDS])
    return {word: weight for word, weight in question.items() if word in kept}


async def _find_candidates(
    conn: AsyncConnection,
    workspace: WorkspaceId,
    question: Mapping[str, float],
    *,
    number: int,
    audience: Audience,
) -> tuple[list[Candidate], dict[int, str]]:
    """Return passages that hold a word and that the audience may see, and the source of each."""
    # Words are letters and digits only (see `tokenise`); quoted, none of them is FTS syntax.
    terms = dict(zip(_scoped(question, number), question, strict=True))
    match = " OR ".join(f'"{term}"' for term in terms)
    nearest = select(_fts.c.rowid).where(_matches(match))
    if not audience.is_operator:
        nearest = nearest.join(passages, passages.c.id == _fts.c.rowid)
        nearest = nearest.where(is_visible_passage(audience))
    chosen = nearest.order_by(_nearness, _fts.c.rowid).limit(_CANDIDATES).subquery()
    # Texts are read for those only: in one step SQLite would sort the texts of all that match.
    wanted = (
        select(_fts, passages.c.link_id, passages.c.note_id)
        .select_from(chosen)
        .join(_fts, _fts.c.rowid == chosen.c.rowid)
        .join(passages, passages.c.id == chosen.c.rowid)
        .where(passages.c.workspace == workspace)
    )
    rows = (await conn.execute(wanted)).all()
    return (
        [_candidate(row, terms) for row in rows],
        {row.rowid: row.link_id or row.note_id for row in rows},
    )


def _candidate(row: Any, terms: Mapping[str, str]) -> Candidate:
    fields = (row.title, row.heading, row.body)
    return count_words(
        row.rowid,
        [[terms[word] for word in field.split() if word in terms] for field in fields],
        lengths=Fields(row.title_words, row.heading_words, row.body_words),
    )


def _spread(
    ranked: Iterable[tuple[int, float]], sources: Mapping[int, str], *, limit: int
) -> dict[int, float]:
    """Keep the best few of every source, until there are enough."""
    taken: Counter[str] = Counter()
    chosen: dict[int, float] = {}
    for passage, score in ranked:
        if len(chosen) == limit:
            break
        if taken[sources[passage]] < _PASSAGES_PER_SOURCE:
            taken[sources[passage]] += 1
            chosen[passage] = score
    return chosen


async def _read_hits(
    conn: AsyncConnection, chosen: Mapping[int, float], audience: Audience
) -> list[SearchHit]:
    of_link = saves.c.link_id == passages.c.link_id
    first_save = (
        select(saves.c.url)
        .where(of_link, is_visible(saves, audience))
        .order_by(saves.c.saved_at, saves.c.id)
        .limit(1)
        .scalar_subquery()
    )
    first_said = (
        select(func.min(saves.c.saved_at))
        .where(or_(of_link, saves.c.id == passages.c.save_id), is_visible(saves, audience))
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(
            passages,
            func.coalesce(first_save, links.c.url, "").label("url"),
            func.coalesce(first_said, notes.c.noted_at).label("said_at"),
        )
        .outerjoin(links, links.c.id == passages.c.link_id)
        .outerjoin(notes, notes.c.id == passages.c.note_id)
        .where(passages.c.id.in_(chosen))
    )
    hits = {row.id: _hit(row, chosen[row.id]) for row in rows}
    return [hits[passage] for passage in chosen]


def _hit(row: Any, score: float) -> SearchHit:
    return SearchHit(
        passage=PassageId(row.id),
        text=row.text,
        heading=row.heading,
        title=row.title,
        score=score,
        link=row.link_id,
        note=row.note_id,
        url=row.url,
        said_at=row.said_at,
    )
