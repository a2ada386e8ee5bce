"""Whether two numbers have changed places: each is said of what the other one is of."""

from __future__ import annotations

from itertools import combinations

from bot.domain.guard.assertions import Assertion, Word
from bot.domain.guard.readings import NUMBER

_NEAR = 3
_MOST_NUMBERS = 8


def exchanges_numbers(claim: Assertion, carrier: Assertion) -> bool:
    mine, others = _once(claim), _once(carrier)
    numbers = [key for key, word in mine.items() if word.kind == NUMBER and key in others]
    return any(
        _is_exchanged(first, second, (mine, claim), (others, carrier))
        for first, second in combinations(numbers[:_MOST_NUMBERS], 2)
    )


def _once(assertion: Assertion) -> dict[str, Word]:
    """Return the words that it has once, by their keys."""
    keys = [word.key for word in assertion.words]
    return {word.key: word for word in assertion.words if keys.count(word.key) == 1}


def _is_exchanged(
    first: str,
    second: str,
    claim: tuple[dict[str, Word], Assertion],
    carrier: tuple[dict[str, Word], Assertion],
) -> bool:
    """Tell that both numbers stand where the other one stood: next to its words, not to their own.

    Only words that are nearer to one number than to the other tell.
    """
    mine, others = claim[0], carrier[0]
    words = [
        key
        for key, word in mine.items()
        if key in others and word.kind != NUMBER and key not in (first, second)
    ]
    kept = moved = 0
    for key in words:
        here = _nearer(mine[key], mine[first], mine[second])
        there = _nearer(others[key], others[first], others[second])
        if here and there:
            kept += here == there
            moved += here != there
    return moved > 1 and kept == 0


def _nearer(word: Word, first: Word, second: Word) -> int:
    """Return 1 if a word is near to the first, -1 if to the second, 0 if to neither or to both."""
    one, other = abs(word.place - first.place), abs(word.place - second.place)
    if min(one, other) > _NEAR or one == other:
        return 0
    return 1 if one < other else -1
