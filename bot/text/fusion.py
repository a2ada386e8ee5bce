"""One order out of several: reciprocal rank fusion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

# The constant of its authors. Source: Cormack, Clarke, Buettcher, "Reciprocal rank fusion
# outperforms Condorcet and individual rank learning methods", SIGIR 2009.
_K = 60


def fuse(orders: Sequence[Sequence[int]]) -> list[tuple[int, float]]:
    """Return everything that is in any order, best first, with its score; ties by number."""
    scores: defaultdict[int, float] = defaultdict(float)
    for order in orders:
        for rank, each in enumerate(order, start=1):
            scores[each] += 1 / (_K + rank)
    return sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))


def lend_scores(fused: Sequence[tuple[int, float]], lent: Sequence[float]) -> dict[int, float]:
    """Return the fused order with the scores of one of its orders, given out from the best on.

    How far the best is ahead of the next then says what it said of that order. What is left over
    has the lowest; where there are none to lend, each keeps its own.
    """
    if not lent:
        return dict(fused)
    return {each: lent[min(place, len(lent) - 1)] for place, (each, _) in enumerate(fused)}
