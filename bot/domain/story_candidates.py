"""Which pairs of links are worth comparing: few of all, and none that could be one story missed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from bot.domain.story_words import Rarity, Report

Pair = tuple[int, int]  # index, later index

# What very many have joins nothing, and comparing all of them would be quadratic.
_MAX_HOLDERS = 60
# A pair shares a word of a title that hardly others have, or several of middling kind; a word
# that both titles have counts twice. A share of what a word of one link alone tells.
_LEAST_SHARED = 0.85

# Of whole sentences: a repost keeps most; somebody else's report of the event has its own.
_MIN_TEXT_OVERLAP = 0.6
_MIN_SHARED_SENTENCES = 3
_MIN_SENTENCE_CHARS = 20
_COMPARED_CHARS = 3000
# Cut wherever it may end: both texts are cut alike.
_SENTENCE_END = re.compile(r"(?<=[.!?。])\s+|\s*\n\s*")


def find_candidates(reports: Sequence[Report], rarity: Rarity) -> list[Pair]:
    """Return the pairs of which one says rare words of the other's title, in order."""
    holders: dict[str, list[int]] = defaultdict(list)
    in_titles = set().union(*(each.title for each in reports)) if reports else set()
    for index, each in enumerate(reports):
        for word in in_titles & each.words:
            holders[word].append(index)
    least = _LEAST_SHARED * rarity.most
    shared: dict[Pair, float] = defaultdict(float)
    for index, each in enumerate(reports):
        for word in sorted(each.title):  # sums of floats depend on their order
            others = holders[word]
            if len(others) > _MAX_HOLDERS:
                continue
            weight = rarity.of(word)
            for other in others:
                if other != index:
                    shared[min(index, other), max(index, other)] += weight
    found = {pair for pair, weight in shared.items() if weight >= least}
    return sorted(found.union(_pairs_of_one_title(reports)))


def _pairs_of_one_title(reports: Sequence[Report]) -> Iterator[Pair]:
    """Yield each link with the next of the same title, however many have it."""
    latest: dict[frozenset[str], int] = {}
    for index, each in enumerate(reports):
        if each.title in latest:
            yield latest[each.title], index
        latest[each.title] = index


def find_one_paper(reports: Sequence[Report]) -> list[Pair]:
    """Return the pairs of one paper at two addresses, in order."""
    by_number: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(reports):
        if each.paper:
            by_number[each.paper].append(index)
    return sorted(pair for group in by_number.values() for pair in combinations(group, 2))


def find_reposts(reports: Sequence[Report]) -> list[Pair]:
    """Return the pairs of one text at two addresses, in order."""
    texts = [_sentences_of(each.link.text) for each in reports]
    return [
        (left, right)
        for left, right in _pairs_sharing(texts)
        if len(texts[left] & texts[right])
        >= max(_MIN_SHARED_SENTENCES, _MIN_TEXT_OVERLAP * min(len(texts[left]), len(texts[right])))
    ]


def _sentences_of(text: str) -> frozenset[str]:
    sentences = _SENTENCE_END.split(text[:_COMPARED_CHARS])
    return frozenset(each for each in sentences if len(each) >= _MIN_SENTENCE_CHARS)


def _pairs_sharing(features: Sequence[frozenset[str]]) -> Iterator[Pair]:
    holders: dict[str, list[int]] = defaultdict(list)
    for index, each in enumerate(features):
        for feature in each:
            holders[feature].append(index)
    yield from sorted(set(_pairs_among(holders.values())))


def _pairs_among(groups: Iterable[Sequence[int]]) -> Iterator[Pair]:
    for indexes in groups:
        if len(indexes) <= _MAX_HOLDERS:
            yield from combinations(indexes, 2)
