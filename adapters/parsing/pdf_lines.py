"""Lines as they are printed, back to paragraphs as they were written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_RUNNING_LINES = 2  # at the head and at the foot of a page
_RUNNING_PAGES = 3
_PAGE_NUMBER = re.compile(
    r"\W*(?:p(?:age|\.)?\s*)?\d{1,4}(?:\s*(?:/|of)\s*\d{1,4})?\W*", re.IGNORECASE
)
_DIGITS = re.compile(r"\d+")

_HYPHENATED = re.compile(r"[^\W\d_]{2}[-\u00ad\u2010]$")
_CONTINUED = re.compile(r"[a-z]{2}")
_SENTENCE_END = re.compile(r"(?:[.!?:;。][\"'”’)\]]{0,4}|[다요음함])$")
_ITEM = re.compile(r"(?:[-–•·▪◦*○●■]|\(?\d{1,2}[.)]|[가-하][.)])\s")
_NUMBERED_HEADING = re.compile(
    r"(?:\d{1,2}(?:\.\d{1,2}){0,3}\.?|[IVX]{1,5}\.|제\s?\d+\s?[장절])\s+\S"
)
_WIDE = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]")
_SHORT = 0.75  # of a full line
_HEADING_CHARS = 80


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """Drop what stands at the edge of page after page: titles, names, numbers."""
    stripped = [[line.strip() for line in page if line.strip()] for page in pages]
    seen = Counter(shape for page in stripped for shape in set(map(_shape, _edges(page))))
    running = {shape for shape, times in seen.items() if times >= _RUNNING_PAGES}
    return [_inner(page, running) for page in stripped]


def join_lines(lines: Sequence[str]) -> str:
    """Return the paragraphs of one page. Words cut at the end of a line are whole again."""
    width = _full_width(lines)
    paragraphs: list[str] = []
    above = ""
    for line in lines:
        if not above or _ends_here(above, line, width):
            paragraphs.append(line)
        elif _HYPHENATED.search(above) and _CONTINUED.match(line):
            paragraphs[-1] = paragraphs[-1][:-1] + line
        else:
            paragraphs[-1] += f" {line}"
        above = line
    return "\n\n".join(paragraphs)


def _ends_here(above: str, line: str, width: float) -> bool:
    if _ITEM.match(line):
        return True
    is_short = _width(above) < _SHORT * width
    if is_short and _SENTENCE_END.search(above):
        return True
    is_heading = is_short and len(above) <= _HEADING_CHARS and not line[:1].islower()
    if _NUMBERED_HEADING.match(line) and _width(line) < _SHORT * width:
        return True
    return is_heading and not above.endswith((",", "-", "("))


def _full_width(lines: Sequence[str]) -> float:
    """Return how long a line is that fills its column: many do, few are longer."""
    lengths = sorted(map(_width, lines))
    return lengths[int(len(lengths) * 0.8)] if lengths else 0


def _width(line: str) -> int:
    """Return how wide a line is printed, in Latin letters: a Korean one takes the place of two."""
    return len(line) + len(_WIDE.findall(line))


def _edges(page: Sequence[str]) -> Sequence[str]:
    return [*page[:_RUNNING_LINES], *page[-_RUNNING_LINES:]]


def _inner(page: list[str], running: set[str]) -> list[str]:
    def is_running(line: str) -> bool:
        is_number = len(line) <= _HEADING_CHARS and bool(_PAGE_NUMBER.fullmatch(line))
        return is_number or _shape(line) in running

    start, end = 0, len(page)
    while start < min(_RUNNING_LINES, end) and is_running(page[start]):
        start += 1
    while end > max(start, len(page) - _RUNNING_LINES) and is_running(page[end - 1]):
        end -= 1
    return page[start:end] or page


def _shape(line: str) -> str:
    return _DIGITS.sub("#", line)
