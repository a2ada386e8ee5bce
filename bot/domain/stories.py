"""Stories: which links report one happening, so that a digest tells it once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.alike import Alike
from bot.domain.likeness import Comparison, are_apart
from bot.domain.models import LinkRecord
from bot.domain.nearness import find_near
from bot.domain.story_candidates import (
    Pair,
    find_candidates,
    find_one_paper,
    find_reposts,
)
from bot.domain.story_words import read_report

# Log-odds. The best F1 on one half of the labelled pairs; `benchmarks/stories` measures it.
SAME = -1.5
# What joins a story of several must be near to its core, too, if not as near: three reports of an
# event differ, but a chain of follow-ups ends somewhere else.
_NEAR_CORE = 1.0

_SURE = 100.0  # one paper, or one text
# What is alike by vector is as sure as the least sure by words, if words say as much as this.
_LEXICAL_FLOOR = SAME - 5.0


@dataclass(frozen=True, slots=True)
class Story:
    """Links of one happening: those that were saved first come first. Never empty.

    `near`: another story's link that may report the same; see `find_near`.
    """

    links: tuple[LinkRecord, ...]
    near: LinkRecord | None = None


def group_stories(
    links: Sequence[LinkRecord],
    *,
    alike: Alike = (),
    same: float = SAME,
) -> list[Story]:
    """Return every link in exactly one story, whatever order they come in; oldest stories first.

    `alike`: what an embedding model takes for one happening. It finds reports in other words, which
    must share some telling word all the same.
    """
    ordered = sorted(links, key=link_order)
    scores = _Scores(ordered, alike, same=same)
    clusters = _Clusters(scores, count=len(ordered), near=same - _NEAR_CORE)
    surest_first = sorted((-score, pair) for pair, score in scores.all() if score >= same)
    for _, pair in surest_first:
        clusters.join(pair)
    groups = [[scores.reports[index] for index in group] for group in clusters.groups()]
    near = find_near(groups)
    return [
        Story(tuple(report.link for report in group), near.get(index))
        for index, group in enumerate(groups)
    ]


def link_order(link: LinkRecord) -> tuple[object, ...]:
    """Return a total order: the first save, then the id: later links have later ids."""
    return link.saved_at, link.id


class _Scores:
    """How surely pairs are one story, each compared once."""

    def __init__(
        self,
        links: Sequence[LinkRecord],
        alike: Alike,
        *,
        same: float,
    ) -> None:
        self._same = same
        self.reports = [read_report(link) for link in links]
        self._comparison = Comparison(self.reports)
        at = {link.id: index for index, link in enumerate(links)}
        self._alike = {_ordered(at[a], at[b]) for a, b in alike if a in at and b in at}
        self._known: dict[Pair, float] = {}

    def all(self) -> Iterator[tuple[Pair, float]]:
        """Yield every pair that may be one story, with its score."""
        alike = {pair for pair in find_reposts(self.reports) if not self.are_apart(pair)}
        self._known = dict.fromkeys(alike.union(find_one_paper(self.reports)), _SURE)
        pairs = find_candidates(self.reports, self._comparison.rarity)
        for pair in sorted({*self._known, *self._alike, *pairs}):
            yield pair, self.of(pair)

    def of(self, pair: Pair) -> float:
        if pair not in self._known:
            self._known[pair] = self._compare(pair)
        return self._known[pair]

    def _compare(self, pair: Pair) -> float:
        if self.are_apart(pair):
            return -math.inf
        score = self._comparison.score(*pair)
        is_alike = pair in self._alike and score >= _LEXICAL_FLOOR and self._share_telling(pair)
        if is_alike or self._comparison.is_one_title(*pair):
            return max(score, self._same)
        return score if self._comparison.says_enough(*pair) else -math.inf

    def _share_telling(self, pair: Pair) -> bool:
        left, right = (self.reports[index].words for index in pair)
        return any(map(self._comparison.rarity.is_rare, left & right))

    def tells_apart(self, index: int) -> tuple[object, ...]:
        return self.reports[index].tells_apart

    def are_apart(self, pair: Pair) -> bool:
        """Tell whether a pair must never be one story."""
        left, right = pair
        return are_apart(self.reports[left], self.reports[right])


class _Clusters:
    """Stories in the making, joined from the surest pair on. The first pair of each is its core."""

    def __init__(self, scores: _Scores, *, count: int, near: float) -> None:
        self._scores = scores
        self._near = near
        self._members = {index: [index] for index in range(count)}
        self._cluster_of = list(range(count))
        self._kinds = {index: {scores.tells_apart(index): index} for index in range(count)}
        self._core: dict[int, tuple[int, ...]] = {index: (index,) for index in range(count)}

    def join(self, pair: Pair) -> None:
        """Make the stories of a pair one, if all of each are near to the other's core."""
        left, right = (self._cluster_of[index] for index in pair)
        if left == right or not (self._fit(left, right) and self._fit(right, left)):
            return
        kept, gone = sorted((left, right))
        cores = [core for core in (self._core[kept], self._core[gone]) if len(core) > 1]
        self._core[kept] = cores[0] if cores else pair
        for index in self._members[gone]:
            self._cluster_of[index] = kept
        self._kinds[kept] |= self._kinds.pop(gone)
        self._members[kept] = sorted(self._members[kept] + self._members.pop(gone))

    def groups(self) -> list[list[int]]:
        return [self._members[index] for index in sorted(self._members)]

    def _fit(self, newcomers: int, cluster: int) -> bool:
        core = self._core[cluster]
        if any(
            self._scores.are_apart((member, each))
            for member in self._kinds[newcomers].values()
            for each in self._kinds[cluster].values()
        ):
            return False
        return all(
            sum(self._scores.of(_ordered(member, each)) for each in core) >= self._near * len(core)
            for member in self._members[newcomers]
        )


def _ordered(left: int, right: int) -> Pair:
    return (left, right) if left < right else (right, left)
