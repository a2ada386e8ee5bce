"""What a case is."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

Answer = bytes | Iterable[bytes]
Answers = Sequence[Sequence[str] | Exception]  # of a name, one look-up after the other


@dataclass(frozen=True)
class Case:
    """`url` may hold `{web}`, the address of the open server, and `{canary}`, a forbidden port.

    `pages`: what the server says at its paths; `{n}` in them is the case's number, as in `url`.
    `names`: what name servers answer. `tries`: how often it is fetched, the last time counts.
    `is_forbidden`: whatever comes of it, nothing may be read.
    """

    family: str
    form: str
    url: str
    pages: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    names: dict[str, Answers] = field(default_factory=dict)
    tries: int = 1
    is_forbidden: bool = True


Maker = Callable[[random.Random, int], Case]
