"""Cases of every family, made of a seed."""

from __future__ import annotations

import random
from collections.abc import Sequence

from benchmarks.hostile import addresses, bodies, documents, names, redirects
from benchmarks.hostile.cases import Case, Maker

_FAMILIES: Sequence[Sequence[Maker]] = (
    addresses.MAKERS,
    redirects.MAKERS,
    names.MAKERS,
    bodies.MAKERS,
    documents.MAKERS,
)


def make_cases(seed: int, count: int) -> list[Case]:
    """Return `count` cases; the makers take turns, so that a short run has some of all."""
    chance = random.Random(seed)
    orders = [chance.sample(makers, len(makers)) for makers in _FAMILIES]
    cases = []
    for number in range(count):
        order = orders[number % len(orders)]
        make = order[(number // len(orders)) % len(order)]
        cases.append(make(random.Random(f"{seed}/{number}"), number))
    return cases
