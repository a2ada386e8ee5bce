"""Which bare titles may report one happening, though they say too little to be called one story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import product

from bot.domain.likeness import are_apart, told_at
from bot.domain.models import Kind, LinkRecord
from bot.domain.story_words import Report, is_latin
from bot.text.common_words import load_common_words

_AT_MOST_APART = timedelta(days=1)
_ENOUGH = 1.0
_A_PAIR_OF_SYLLABLES = 0.5  # a Korean word has several
# What one in so many texts of any subject says brings no two together.
_EVERYDAY = 0.1


def find_near(stories: Sequence[Sequence[Report]]) -> dict[int, LinkRecord]:
    """Return which stories step back, and behind which link; `stories` are oldest first.

    It takes little to be near: no papers, the same day, and a word that the titles of these two
    alone say. So only those step back of which a line says all: one link that one member
    saved, with nothing but a title. Of two such the later does.
    """
    shared: defaultdict[tuple[int, int], float] = defaultdict(float)
    for word, holders in sorted(_find_holders(stories).items()):
        if len(holders) == 2 and not _is_everyday(word):
            shared[holders[0], holders[1]] += _weight(word)
    near: dict[int, LinkRecord] = {}
    for (first, later), weight in sorted(shared.items()):
        bare = [index for index in (later, first) if _is_bare(stories[index])]
        if weight >= _ENOUGH and bare and _may_be_one(stories[first], stories[later]):
            other = first if bare[0] == later else later
            # Three reports are one chain: all step back behind its first.
            near.setdefault(bare[0], near.get(other, stories[other][0].link))
    return near


def _find_holders(stories: Sequence[Sequence[Report]]) -> dict[str, list[int]]:
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for index, story in enumerate(stories):
        for word in frozenset[str]().union(*(report.title for report in story)):
            if len(word) > 1 and not word.isdecimal():
                holders[word].append(index)
    return holders


def _is_everyday(word: str) -> bool:
    return load_common_words().chance(word) >= _EVERYDAY


def _weight(word: str) -> float:
    return 1.0 if is_latin(word) else _A_PAIR_OF_SYLLABLES


def _is_bare(story: Sequence[Report]) -> bool:
    report, *others = story
    return not (others or report.lead) and len({save.member for save in report.link.saves}) == 1


def _may_be_one(story: Sequence[Report], other: Sequence[Report]) -> bool:
    pairs = list(product(story, other))
    return any(_is_close(a.link, b.link) for a, b in pairs) and not any(
        are_apart(a, b) for a, b in pairs
    )


def _is_close(a: LinkRecord, b: LinkRecord) -> bool:
    return Kind.PAPER not in (a.kind, b.kind) and abs(told_at(a) - told_at(b)) <= _AT_MOST_APART
