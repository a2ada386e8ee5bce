"""The port `SearchIndex`: the same for every database.

The database finds candidates only; `bot.text.ranking` orders them.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.models import (
    EVERYTHING,
    LinkFilter,
    MemberId,
    PassageId,
    SearchHit,
    Sharer,
    WorkspaceId,
)
from bot.domain.visibility import Audience
from bot.text.glossary import load_glossary
from bot.text.queries import OtherName, add_other_names, find_other_names, weigh_words
from bot.text.ranking import Fields, Statistics, rank
from storage.columns import Text
from storage.databases.database import Database
from storage.schema import concept_sources, concepts, links, notes, passages, saves
from storage.search.filters import was_saved
from storage.search.index import full_text, reindex_passages
from storage.search.words import LENGTHS, Question, scoped_words, scopes, vocabulary
from storage.visible import is_visible, is_visible_source

# What a long question is cut to: its most telling words. 64 hold any sentence whole.
_MATCHED_WORDS = 64
# A page that says it in five places is one answer, not five.
_PASSAGES_PER_SOURCE = 2

_NAMES = (concepts.c.term, concepts.c.other_name)


class SqlSearchIndex:
    """The port `SearchIndex`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def search(
        self,
        workspace: WorkspaceId,
        query: str,
        *,
        limit: int,
        audience: Audience,
        which: LinkFilter = EVERYTHING,
    ) -> list[SearchHit]:
        async with self._database.read() as conn:
            weights = weigh_words(query)
            names = await _read_other_names(conn, workspace, query, audience)
            words = weights.keys() | {word for name in names for word in name.translation}
            scope, statistics = await read_statistics(conn, workspace, words)
            weights = add_other_names(weights, names, statistics=statistics)
            weights = _most_telling(weights, statistics)
            if not weights:
                return []
            question = Question(workspace, scope, weights, statistics, audience, which)
            found = await full_text(conn).find_candidates(conn, question)
            ranked = rank(found.candidates, weights, statistics=statistics)
            chosen = _spread(ranked, found.sources, limit=limit)
            return await _read_hits(conn, chosen, audience, which)

    async def list_sharers(self, workspace: WorkspaceId, *, audience: Audience) -> Sequence[Sharer]:
        wanted = (
            select(saves.c.member, saves.c.member_name)
            .distinct()
            .where(saves.c.workspace == workspace, is_visible(saves, audience))
            .order_by(saves.c.member_name, saves.c.member)
        )
        async with self._database.read() as conn:
            return [Sharer(MemberId(member), name) for member, name in await conn.execute(wanted)]

    async def measure(self, workspace: WorkspaceId, words: Collection[str]) -> Statistics:
        async with self._database.read() as conn:
            return (await read_statistics(conn, workspace, words))[1]

    async def find_other_names(
        self, workspace: WorkspaceId, query: str, *, audience: Audience
    ) -> tuple[OtherName, ...]:
        async with self._database.read() as conn:
            return await _read_other_names(conn, workspace, query, audience)

    async def reindex(self, workspace: WorkspaceId, *, after: int, limit: int) -> int | None:
        async with self._database.write() as conn:
            return await reindex_passages(conn, workspace, after=after, limit=limit)


async def _read_other_names(
    conn: AsyncConnection, workspace: WorkspaceId, query: str, audience: Audience
) -> tuple[OtherName, ...]:
    """Return the other names of the query's terms: of the glossary, and harvested if visible."""
    folded = literal(unicodedata.normalize("NFKC", query).lower(), Text)
    is_named = or_(*(full_text(conn).occurs_in(folded, name) for name in _NAMES))
    is_seen = (
        select(concept_sources.c.id)
        .where(concept_sources.c.concept_id == concepts.c.id)
        .where(is_visible_source(concept_sources, audience))
        .exists()
    )
    rows = await conn.execute(
        select(*_NAMES)
        .distinct()
        .where(concepts.c.workspace == workspace, concepts.c.other_name != "")
        .where(is_named, is_seen)
    )
    harvested = sorted((term, other_name) for term, other_name in rows)
    return find_other_names(weigh_words(query), [*harvested, *load_glossary()])


async def read_statistics(
    conn: AsyncConnection, workspace: WorkspaceId, words: Collection[str]
) -> tuple[int, Statistics]:
    found = await conn.execute(select(scopes).where(scopes.c.workspace == workspace))
    scope = found.mappings().one_or_none()
    if scope is None or not scope["passages"]:
        return 0, Statistics(0, Fields(0, 0, 0), {})
    number, count = scope["number"], scope["passages"]
    terms = dict(zip(scoped_words(words, number), words, strict=True))
    rows = await conn.execute(
        select(vocabulary.c.term, vocabulary.c.doc).where(vocabulary.c.term.in_(terms))
    )
    return number, Statistics(
        passages=count,
        average_words=Fields(*(scope[name] / count for name in LENGTHS)),
        passages_with={terms[term]: holding for term, holding in rows},
    )


def _most_telling(question: Mapping[str, float], statistics: Statistics) -> dict[str, float]:
    """Keep the words that occur at all and count most; the order stays that of the question."""
    known = [word for word in question if statistics.passages_with.get(word)]
    known.sort(key=lambda word: -question[word] * statistics.rarity(word))
    kept = set(known[:_MATCHED_WORDS])
    return {word: weight for word, weight in question.items() if word in kept}


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
    conn: AsyncConnection, chosen: Mapping[int, float], audience: Audience, which: LinkFilter
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
        .where(was_saved(which))
        .scalar_subquery()
    )
    rows = await conn.execute(
        select(
            passages,
            func.coalesce(first_save, links.c.url, "").label("url"),
            func.coalesce(first_said, notes.c.noted_at).label("said_at"),
            notes.c.source,
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
        source=row.source or "",
    )
