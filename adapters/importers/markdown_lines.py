"""Lines of a hand-written Markdown document, told apart: headings, bullets, folds and text.

A fold is HTML's `<details>` with its `<summary>`. Tags may stand anywhere in a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum, auto


class LineKind(Enum):
    HEADING = auto()
    BULLET = auto()
    TEXT = auto()
    BLANK = auto()
    RULE = auto()
    FOLD = auto()  # its text is the summary
    END_FOLD = auto()
    COMMENT = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """`number` counts from 1 in the file. `level` is a heading's; `indent` counts columns."""

    kind: LineKind
    number: int
    text: str = ""
    indent: int = 0
    level: int = 0


_TAG = re.compile(r"<(/?)(details|summary)\b[^<>]{0,200}>", re.IGNORECASE)
# Tags that only arrange what stands around them.
_LAYOUT = re.compile(
    r"(?:</?(?:p|div|center|span|blockquote|section|ul|ol|li|b|br|hr)\b[^<>]{0,200}>\s*)+",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--|-->")
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+|(?=[^\s#\w]))(.*)")
_RULE = re.compile(r"(?:[-*_=][ \t]*){3,}")
_BULLET = re.compile(
    r"(?:[-*+•‣∙▪◦–][ \t]+|\d{1,3}[.)][ \t]+"
    r"|[-*+•‣∙▪◦–](?=\[|[\u2600-\u27bf\U0001f300-\U0001faff]))(.*)"  # the space was forgotten
)
_CHECKBOX = re.compile(r"\[[ xX]?\][ \t]+")
_BREAK = re.compile(r"<br\s{0,3}/?>|&nbsp;", re.IGNORECASE)
_QUOTE = re.compile(r"(?:>[ \t]?)+")
_TAB_WIDTH = 4


def read_lines(text: str) -> Iterator[Line]:
    """Yield what stands in each line, in order; a line with tags in it yields several."""
    return _join_summaries(_read_pieces(text))


def _read_pieces(text: str) -> Iterator[Line | tuple[str, int, int]]:
    """Yield lines, and tags as (name, line number, indent)."""
    in_comment = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.expandtabs(_TAB_WIDTH) if "\t" in raw else raw
        indent = len(line) - len(line.lstrip())
        if in_comment or "<!--" in line:
            yield from _read_commented(line, number, in_comment=in_comment)
            in_comment = line.rfind("<!--") > line.rfind("-->") or (
                in_comment and "-->" not in line
            )
        elif "<" in line:
            yield from _read_tagged(line, number, indent)
        else:
            yield _classify(line, number, indent)


def _read_commented(
    line: str, number: int, *, in_comment: bool
) -> Iterator[Line | tuple[str, int, int]]:
    start = 0
    indent = len(line) - len(line.lstrip())
    for mark in [*_COMMENT.finditer(line), None]:
        piece = line[start : mark.start() if mark else None]
        if piece.strip():
            if in_comment:
                yield Line(LineKind.COMMENT, number, piece.strip(), indent)
            else:
                yield from _read_tagged(piece, number, indent)
        if mark:
            start = mark.end()
            in_comment = mark[0] == "<!--"


def _read_tagged(line: str, number: int, indent: int) -> Iterator[Line | tuple[str, int, int]]:
    start = 0
    for tag in _TAG.finditer(line):
        if line[start : tag.start()].strip():
            yield _classify(line[start : tag.start()], number, indent)
        yield f"{tag[1]}{tag[2].lower()}", number, indent
        start = tag.end()
    if not start or line[start:].strip():
        yield _classify(line[start:], number, indent)


def _join_summaries(pieces: Iterator[Line | tuple[str, int, int]]) -> Iterator[Line]:
    """Make one FOLD of `<details>` and the `<summary>` after it, which may come lines later."""
    fold: Line | None = None  # a fold that is not yielded yet: its summary may still come
    in_summary = False
    for piece in pieces:
        if isinstance(piece, Line):
            if fold and piece.kind is LineKind.BLANK:
                continue
            if fold and in_summary and not fold.text:
                fold = replace(fold, text=piece.text)
                continue
            # Anything after the summary's first line is inside: many forget to close it.
            if fold:
                yield fold
            fold, in_summary = None, False
            yield piece
            continue
        name, number, indent = piece
        if name == "summary":
            fold, in_summary = fold or Line(LineKind.FOLD, number, indent=indent), True
            continue
        if fold:
            yield fold
        fold = Line(LineKind.FOLD, number, indent=indent) if name == "details" else None
        in_summary = False
        if name == "/details":
            yield Line(LineKind.END_FOLD, number, indent=indent)
    if fold:
        yield fold


def _classify(line: str, number: int, indent: int) -> Line:
    text = line.strip()
    if text.startswith(">") and (quoted := _QUOTE.match(text)):
        text = text[quoted.end() :].strip()
    if "<b" in text or "&n" in text:
        text = _BREAK.sub(" ", text).strip()
    if not text or (text.startswith("<") and _LAYOUT.fullmatch(text)):
        return Line(LineKind.BLANK, number)
    if (heading := _HEADING.fullmatch(text)) and indent < _TAB_WIDTH:
        return Line(LineKind.HEADING, number, _without_closing(heading[2]), indent, len(heading[1]))
    if _RULE.fullmatch(text):
        return Line(LineKind.RULE, number)
    if bullet := _BULLET.fullmatch(text):
        body = _CHECKBOX.sub("", bullet[1].strip(), count=1) if bullet[1][:1] == "[" else bullet[1]
        return Line(LineKind.BULLET, number, body.strip(), indent)
    return Line(LineKind.TEXT, number, text, indent)


def _without_closing(heading: str) -> str:
    """Drop the optional `##` at a heading's end, which stands after a space."""
    text = heading.rstrip("#")
    return text.rstrip() if text != heading and text.endswith((" ", "\t")) else heading
