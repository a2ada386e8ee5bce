"""Why a story stands where it does in a digest: what counted, for how much, or what stopped it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """`key` names its sentence, `count` and `name` are what is filled in.

    `points`: what it adds to the score; 0 for what only explains.
    """

    key: str
    count: int = 0
    points: int = 0
    name: str = ""
