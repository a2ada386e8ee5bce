"""The legend of an archive: which kind each of its emoji stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from adapters.importers.entry_heads import find_kind, split_emoji
from adapters.importers.markdown_lines import Line, LineKind
from adapters.importers.period_labels import YEAR_RANK, read_period_label
from bot.domain.models import Kind

_WORDS = (
    (Kind.PAPER, re.compile(r"paper|논문", re.IGNORECASE)),
    (Kind.DEV, re.compile(r"blog|github|dev|블로그|개발|코드", re.IGNORECASE)),
    (Kind.NEWS, re.compile(r"news|뉴스|소식|기사", re.IGNORECASE)),
    (Kind.FUN, re.compile(r"interest|fun|재미|흥미|기타", re.IGNORECASE)),
)
_EXPLANATION = re.compile(r"[^\w\[]{1,12}\s*[:：=\-–]\s*([^\[\]]{2,80})")
_MIN_KINDS = 2
_LONGEST_EXPLANATION = 60


def find_legend(lines: Sequence[Line]) -> Iterator[tuple[Line, Kind]]:
    """Yield the lines that explain an emoji, with its kind.

    `📜: Papers` does so anywhere; `📜 Papers` only in a list of several before all else.
    """
    opening = {line: kind for line in _opening(lines) if (kind := _kind_of_opening(line.text))}
    if len(set(opening.values())) < _MIN_KINDS:
        opening = {}
    for line in lines:
        if kind := opening.get(line) or _explained_kind(line):
            yield line, kind


def _opening(lines: Iterable[Line]) -> Sequence[Line]:
    """Return the text and bullets before the first link, month or week; none if none comes."""
    found: list[Line] = []
    for line in lines:
        label = read_period_label(line.text)
        if "](" in line.text or "://" in line.text or (label and label.rank > YEAR_RANK):
            return found
        if line.kind in (LineKind.TEXT, LineKind.BULLET):
            found.append(line)
    return ()


def _kind_of_opening(text: str) -> Kind | None:
    is_short = len(text) <= _LONGEST_EXPLANATION
    return find_kind(split_emoji(text)[0], {}) if is_short else None


def _explained_kind(line: Line) -> Kind | None:
    if line.kind not in (LineKind.TEXT, LineKind.BULLET) or "](" in line.text:
        return None
    emoji, _ = split_emoji(line.text[:20])
    return _kind_of_words(line.text) if emoji else None


def _kind_of_words(text: str) -> Kind | None:
    if match := _EXPLANATION.fullmatch(text.strip()):
        return next((kind for kind, words in _WORDS if words.search(match[1])), None)
    return None
