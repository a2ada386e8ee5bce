"""The bullets of a summary as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.domain.models import Engine, Point, Summary
from bot.text.inline import plain

_LABEL_CHARS = 24
_SAYS = re.compile(r"[다요음함됨임.!]$|:\s")  # a Korean predicate, a full stop, "name: what it is"


def plain_point(point: Point, engine: Engine) -> str:
    """Return a bullet as a reader sees it. What came from a page is no Markdown."""
    return point.text if engine is Engine.EXTRACTIVE else plain(point.text)


def sentences_of(summary: Summary) -> Iterator[str]:
    """Yield the bullets in reading order, at any depth, except those that only name a part."""
    for point in _telling(summary.points):
        if sentence := " ".join(plain_point(point, summary.engine).split()):
            yield sentence


def _telling(points: Iterable[Point]) -> Iterator[Point]:
    for point in points:
        if not _is_label(point):
            yield point
        yield from _telling(point.points)


def _is_label(point: Point) -> bool:
    """Tell a bullet that only names what hangs below it: a heading, not a sentence."""
    if point.is_fold or not point.points:
        return point.is_fold
    return len(point.text) <= _LABEL_CHARS and not _SAYS.search(point.text)
