"""The port `SearchIndex`: the same for every database.

The database finds candidates only; `bot.text.ranking` orders them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from bot.domain.embeddings import Meaning
from bot.domain.models import (
    EVERYTHING,
    LinkFilter,
    MemberId,
    SearchHit,
    Sharer,
    WorkspaceId,
)
from bot.domain.visibility import Audience
from bot.text.fusion import fuse, lend_scores
from bot.text.queries import OtherName, add_other_names, weigh_words
from bot.text.ranking import Statistics, rank
from storage.databases.database import Database
from storage.schema import saves
from storage.search.index import full_text, reindex_passages
from storage.search.reading import read_hits, read_other_names, read_statistics
from storage.search.vectors import SqlVectorStore
from storage.search.words import Found, Question
from storage.visible import is_visible

# What a long question is cut to: its most telling words. 64 hold any sentence whole.
_MATCHED_WORDS = 64
# A page that says it in five places is one answer, not five.
_PASSAGES_PER_SOURCE = 2


class SqlSearchIndex:
    """The port `SearchIndex`."""

    def __init__(self, database: Database, vectors: SqlVectorStore) -> None:
        self._database = database
        self._vectors = vectors

    async def search(
        self,
        workspace: WorkspaceId,
        query: str,
        *,
        limit: int,
        audience: Audience,
        which: LinkFilter = EVERYTHING,
        meaning: Meaning | None = None,
    ) -> list[SearchHit]:
        weights = weigh_words(query)
        if not weights:
            return []

        def find(connection: Connection) -> list[SearchHit]:
            names = read_other_names(connection, workspace, query, audience)
            words = weights.keys() | {word for name in names for word in name.translation}
            scope, statistics = read_statistics(connection, workspace, words)
            widened = add_other_names(weights, names, statistics=statistics)
            asked = _most_telling(widened, statistics)
            question = Question(workspace, scope, asked, statistics, audience, which)
            found = Found((), {})
            if asked:
                found = full_text(connection).find_candidates(connection, question)
            scores = dict(rank(found.candidates, asked, statistics=statistics))
            sources = dict(found.sources)
            if meaning is not None:
                near = self._vectors.find_nearest(connection, workspace, meaning, audience, which)
                sources |= near
                scores = lend_scores(fuse([list(scores), list(near)]), list(scores.values()))
            chosen = _spread(scores.items(), sources, limit=limit)
            return read_hits(connection, chosen, audience, which)

        return await self._database.read_aside(find)

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
        return await self._database.read_aside(
            lambda connection: read_statistics(connection, workspace, words)[1]
        )

    async def find_other_names(
        self, workspace: WorkspaceId, query: str, *, audience: Audience
    ) -> tuple[OtherName, ...]:
        return await self._database.read_aside(
            lambda connection: read_other_names(connection, workspace, query, audience)
        )

    async def reindex(self, workspace: WorkspaceId, *, after: int, limit: int) -> int | None:
        async with self._database.write() as conn:
            return await reindex_passages(conn, workspace, after=after, limit=limit)


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
