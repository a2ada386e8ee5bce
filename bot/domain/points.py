"""The bullets of a summary: in reading order, and as plain sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.domain.models import Engine, Point, Summary
from bot.text.inline import plain

_LABEL_CHARS = 24
_SAYS = re.compile(r"[다요음함됨임.!]$|:\s")  # a Korean predicate, a full stop, "name: what it is"


def walk(points: Iterable[Point], depth: int = 0) -> Iterator[tuple[int, Point]]:
    """Yield each bullet in reading order with how deep it hangs, from 0."""
    for point in points:
        yield depth, point
        yield from walk(point.points, depth + 1)


def plain_point(point: Point, engine: Engine) -> str:
    """Return a bullet as a reader sees it. What came from a page is no Markdown."""
    return point.text if engine is Engine.EXTRACTIVE else plain(point.text)


def sentences_of(summary: Summary) -> Iterator[str]:
    """Yield the bullets in reading order, at any depth, except those that only name a part."""
    for _, point in walk(summary.points):
        sentence = " ".join(plain_point(point, summary.engine).split())
        if sentence and not _is_label(point):
            yield sentence


def beyond_title(title: str, summary: Summary) -> Iterator[str]:
    """Yield the bullets as `sentences_of` does, without those that the title says already."""
    said = title.casefold()
    return (line for line in sentences_of(summary) if line.casefold().rstrip(".") not in said)


def _is_label(point: Point) -> bool:
    """Tell a bullet that only names what hangs below it: a heading, not a sentence."""
    if point.is_fold or not point.points:
        return point.is_fold
    return len(point.text) <= _LABEL_CHARS and not _SAYS.search(point.text)
