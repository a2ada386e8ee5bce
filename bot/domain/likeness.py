"""How surely two links report one happening, by their words alone."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from bot.domain.models import LinkRecord
from bot.domain.story_words import Rarity, Report, is_latin

# Two reports of one event stand close in time; what is far apart is a return to a subject.
_DAYS_FREE = 3
_PER_DAY = 0.1
_MOST_FOR_DAYS = 2.0
# A site tells an event once, and then what came of it.
_SAME_HOST = 2.0
# One name that few others have, in both titles, and the title of one explains it.
_SAME_NAME = 2.5
# Short titles ("Introduction", "Release notes") are equal without being one story.
_LEAST_WORDS = 3
# A Korean text with one name in Latin letters is not all about it.
_LEAST_PART = 0.5


@dataclass(frozen=True, slots=True)
class _Weights:
    bias: float
    cosine: float
    evidence: float = 0.0
    covered: float = 0.0


# By how many of the two links have more than a title. Near a logistic regression on one half of
# the labelled pairs of `benchmarks/stories`, in which each set of pairs counted the same; the
# other weights above were chosen by hand on that half.
_WEIGHTS = (
    _Weights(bias=-15.6, cosine=6.3, evidence=2.9),
    _Weights(bias=-16.9, cosine=10.5, evidence=2.9, covered=5.8),
    _Weights(bias=-9.3, cosine=18.7),
)


class Comparison:
    """Compares the links of one period. Symmetric: the order of a pair changes nothing."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self.reports = reports
        self.rarity = Rarity(reports)
        self._weighed = [_Weighed(each, self.rarity) for each in reports]

    def score(self, left: int, right: int) -> float:
        """Return the log-odds that two links are one story."""
        a, b = self.reports[left], self.reports[right]
        texts = bool(a.lead) + bool(b.lead)
        is_named = self._names(a, b) or self._names(b, a)
        weights = _WEIGHTS[texts]
        both = [self._weighed[left], self._weighed[right]]
        if a.is_korean != b.is_korean:  # what both can say is in Latin letters and numbers
            both = [each.latin for each in both]
        first, second = both
        days = abs(told_at(a.link) - told_at(b.link)) / timedelta(days=1)
        return (
            weights.bias
            + weights.cosine * _dot(first.vector, second.vector)
            + weights.evidence * math.log1p(self._evidence(first, second))
            + weights.covered * max(self._covered(first, second), self._covered(second, first))
            + _SAME_NAME * is_named
            - min(_MOST_FOR_DAYS, _PER_DAY * max(0.0, days - _DAYS_FREE))
            - _SAME_HOST * (a.host == b.host)
        )

    def says_enough(self, left: int, right: int) -> bool:
        """Tell whether what both say is more than a heading that any page may have."""
        a, b = self.reports[left], self.reports[right]
        if a.lead or b.lead or self._names(a, b) or self._names(b, a):
            return True
        return _count(a.title & b.title) >= _LEAST_WORDS

    def is_one_title(self, left: int, right: int) -> bool:
        """Tell whether two sites say the same in their titles, though all the others may, too."""
        a, b = self.reports[left], self.reports[right]
        return a.title == b.title and a.host != b.host and _count(a.title) > _LEAST_WORDS

    def _names(self, a: Report, b: Report) -> bool:
        """Tell whether one title is about a thing of a rare name, and the other says it, too."""
        return bool(a.name) and a.name <= b.title and any(map(self.rarity.is_rare, a.name))

    def _evidence(self, a: _Weighed, b: _Weighed) -> float:
        """Return the weight of all that both say, and one of them in its title."""
        return self.rarity.mass((a.title & b.words) | (b.title & a.words))

    def _covered(self, a: _Weighed, b: _Weighed) -> float:
        """Return how much of the title of the one the other says, by weight."""
        whole = self.rarity.mass(a.title)
        return self.rarity.mass(a.title & b.words) / whole if whole else 0.0


class _Weighed:
    """A link's words; its vector is of length 1, or less where only a small part is left of it."""

    def __init__(self, report: Report, rarity: Rarity) -> None:
        self.title: Set[str] = report.title
        self.words: Set[str] = report.words
        self.vector: Mapping[str, float] = rarity.weigh(report)

    @cached_property
    def latin(self) -> _Weighed:
        part = _Weighed.__new__(_Weighed)
        part.title, part.words = _latin(self.title), _latin(self.words)
        vector = {word: weight for word, weight in self.vector.items() if is_latin(word)}
        length = math.sqrt(math.fsum(weight**2 for weight in vector.values()))
        part.vector = {word: each / max(length, _LEAST_PART) for word, each in vector.items()}
        return part


def told_at(link: LinkRecord) -> datetime:
    """Return when a link was published, or saved: whichever came first."""
    return min(link.published_at or link.saved_at, link.saved_at)


def are_apart(a: Report, b: Report) -> bool:
    """Tell whether titles say that these are two things, however alike the rest is."""
    # Another number is another version, part or year: "Part 1" and "Part 2", "GPT-5" and "GPT-6".
    if any(
        not numbers & b.numbers[what] for what, numbers in a.numbers.items() if what in b.numbers
    ):
        return True
    if a.series and a.series == b.series and a.host == b.host and a.title != b.title:
        return True  # "Course: loops", "Course: tests"
    if a.paper and b.paper and a.paper != b.paper:
        return True
    # The same text with other facts tells of another thing, or of none.
    return a.is_near_copy != b.is_near_copy


def _latin(words: Set[str]) -> frozenset[str]:
    return frozenset(filter(is_latin, words))


def _count(words: Iterable[str]) -> float:
    """Return how many words they are about: of Korean ones each gives several pairs."""
    return sum(1.0 if is_latin(word) else 0.5 for word in words)


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return math.fsum(a[word] * b[word] for word in a.keys() & b.keys())
