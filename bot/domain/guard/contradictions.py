"""Whether the sentences of a source that a claim is of say the opposite of it.

A claim is compared with what carries it: the sentences that speak of the same. It contradicts them
if it denies what they say or says what they deny, if it stands at the other end of a scale, or if
who does something and to whom is exchanged. Two of these make it right again: A is faster than B,
B is slower than A. Where no sentence clearly carries it, or one of those that do agrees, it is
none: a paraphrase may go far from the words of a page.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from bot.domain.guard.assertions import Assertion, Word, read_assertion
from bot.domain.guard.denials import SAID, UNTOLD
from bot.domain.guard.numbers_of import exchanges_numbers
from bot.domain.guard.readings import NUMBER
from bot.domain.guard.roles import SWAPPED, compare_roles
from bot.text.sentences import split_sentences

# Of what a claim speaks of, so much is in a sentence that carries it, by how rare the words are.
_LEAST_CARRIED = 0.6
# As good a carrier as the best one, nearly.
_NEARLY = 0.85
# What the title or the sentence before says may be meant, too.
_WEIGHT_OF_CONTEXT = 0.5
_FEWEST_KEYS = 2
_FEWEST_OF_CLAUSE = 3
# Words so near to each other belong together.
_NEAR = 3
_MOST_CARRIERS = 8
# Of characters; what goes on longer without a full stop says too many things to carry one.
_LONGEST_SENTENCE = 1_000


class Carriers:
    """The sentences of one source, to be found by what they speak of."""

    def __init__(self, text: str, *, title: str = "") -> None:
        self._text = text
        self._title = title

    @cached_property
    def _sentences(self) -> list[str]:
        found = dict.fromkeys(split_sentences(self._text))
        return [sentence for sentence in found if len(sentence) <= _LONGEST_SENTENCE]

    @cached_property
    def _assertions(self) -> list[Assertion]:
        return list(map(read_assertion, self._sentences))

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for place, assertion in enumerate(self._assertions):
            for key in assertion.keys:
                found[key].append(place)
        return dict(found)

    @cached_property
    def _title_keys(self) -> frozenset[str]:
        return read_assertion(self._title).keys

    def find(self, claim: Assertion) -> list[tuple[float, str, Assertion]]:
        """Return the sentences that carry a claim, the best first, with how well they do."""
        keys = claim.keys
        if len(keys) < _FEWEST_KEYS:
            return []
        total = len(self._sentences)
        weights = {key: math.log(1 + total / (1 + len(self._places.get(key, ())))) for key in keys}
        whole = sum(weights.values())
        said: defaultdict[int, float] = defaultdict(float)
        for key in keys:
            for place in self._places.get(key, ()):
                said[place] += weights[key]
        enough = (place for place, score in said.items() if score >= whole * _LEAST_CARRIED / 2)
        found = [
            ((said[place] + self._of_context(place, keys, weights)) / whole, place)
            for place in enough
        ]
        found.sort(key=lambda each: (-each[0], each[1]))
        return [
            (score, self._sentences[place], self._assertions[place])
            for score, place in found[:_MOST_CARRIERS]
            if score >= _LEAST_CARRIED and not self._assertions[place].is_question
        ]

    def _of_context(self, place: int, keys: frozenset[str], weights: dict[str, float]) -> float:
        before: frozenset[str] = self._assertions[place - 1].keys if place else frozenset()
        around = (before | self._title_keys) & keys - self._assertions[place].keys
        return _WEIGHT_OF_CONTEXT * sum(weights[key] for key in around)


def find_contradicted(sentence: str, sources: Sequence[Carriers]) -> str:
    """Return the sentence of a source that says the opposite; "" if none does, or not surely."""
    claim = read_assertion(sentence[:_LONGEST_SENTENCE])
    if claim.is_question:
        return ""
    if carriers := _nearly_best(claim, sources):
        return _contradicted_by_all(claim, carriers)
    for clause in _clauses(claim):
        if found := _contradicted_by_all(clause, _nearly_best(clause, sources)):
            return found
    return ""


def _clauses(claim: Assertion) -> Iterator[Assertion]:
    clauses = list(claim.clauses())
    if len(clauses) > 1:
        yield from (each for each in clauses if len(each.keys) >= _FEWEST_OF_CLAUSE)


def _nearly_best(claim: Assertion, sources: Sequence[Carriers]) -> list[tuple[str, Assertion]]:
    found = [each for source in sources for each in source.find(claim)]
    best = max((score for score, *_ in found), default=0.0)
    return [(text, assertion) for score, text, assertion in found if score >= best * _NEARLY]


def _contradicted_by_all(claim: Assertion, carriers: Sequence[tuple[str, Assertion]]) -> str:
    if carriers and all(contradict(claim, carrier) for _, carrier in carriers):
        return carriers[0][0]
    return ""


def contradict(claim: Assertion, carrier: Assertion) -> bool:
    if _differ_in_measure(claim, carrier):
        return True
    if claim.ranges and carrier.ranges:
        if {(b, a) for a, b in claim.ranges} & carrier.ranges - claim.ranges:
            return True
    elif exchanges_numbers(claim, carrier):
        return True
    signs = [*_compare_words(claim, carrier)]
    is_opposite = any(sign < 0 for sign in signs)
    if compare_roles(claim, carrier) == SWAPPED:
        return not is_opposite
    return is_opposite


def _differ_in_measure(claim: Assertion, carrier: Assertion) -> bool:
    """Tell whether a number of both measures another thing in each: 5 years, 5 months."""
    for value, measure in claim.measures - carrier.measures:
        others = {other for number, other in carrier.measures if number == value}
        if measure and others and "" not in others:
            return True
    return False


def _compare_words(claim: Assertion, carrier: Assertion) -> Iterator[int]:
    """Yield 1 or -1 for each word of a claim that the carrier says, or the opposite of."""
    shared = claim.keys & carrier.keys
    for word in claim.words:
        signs = [
            sign
            for other in carrier.words
            if (sign := _compare(word, other)) and _is_anchored(word, other, claim, carrier, shared)
        ]
        if signs:
            yield max(signs)


def _compare(word: Word, other: Word) -> int:
    """Return 1 for the same, -1 for the opposite, 0 where nothing can be told."""
    is_same = word.key == other.key
    ends = [word.ends[scale] * other.ends[scale] for scale in word.ends if scale in other.ends]
    if not (is_same or ends):
        return 0
    polarity = word.polarity * other.polarity
    if polarity == UNTOLD:
        if word.polarity != other.polarity:
            return 0
        polarity = SAID
    return polarity * max(ends, default=SAID)


def _is_anchored(
    word: Word, other: Word, claim: Assertion, carrier: Assertion, shared: frozenset[str]
) -> bool:
    """Tell whether both are said of the same: a word that both have stands near to each."""
    mine, others = _near(word, claim), _near(other, carrier)
    return bool((mine & others & shared) - {word.key, other.key})


def _near(word: Word, assertion: Assertion) -> frozenset[str]:
    """Return what stands beside a word in its clause; numbers and their units take no room."""
    clause = [each for each in assertion.words if each.clause == word.clause]
    if len(clause) == 1:  # by Lee, not by Kim
        return frozenset(each.key for each in _around(word, assertion.words))
    numbers = {each.place for each in clause if each.kind == NUMBER}
    plain = [each for each in clause if each is word or not {each.place, each.place - 1} & numbers]
    return frozenset(each.key for each in (*_around(word, clause), *_around(word, plain)))


def _around(word: Word, words: Sequence[Word]) -> Sequence[Word]:
    at = words.index(word)
    return words[max(0, at - _NEAR) : at + _NEAR + 1]
