"""Lines as pages, each within a limit: no word, link or character is cut, nothing is lost.

A title stays with what follows it; where a list goes on, its page begins with what it hangs below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.discord.lines import Line, remind
from adapters.discord.markdown import Token, cut_word, length_of

_WORTH_FILLING = 300  # a long line goes on in a new page where less than this is left
_MARKS = 16  # room for the marks around one word


@dataclass(frozen=True, slots=True)
class Page:
    """`markdown` as it is sent, `words` as a person reads them."""

    markdown: str
    words: str


def paginate(lines: Sequence[Line], *, first: int, rest: int) -> list[Page]:
    """Return pages of at most `first` characters, then `rest` each; none where there is no line."""
    book = _Book(first, rest)
    for unit in _units(lines):
        book.add_unit(unit)
    return book.close()


def _units(lines: Iterable[Line]) -> Iterator[list[Line]]:
    unit: list[Line] = []
    for line in lines:
        unit.append(line)
        if not line.keeps_next:
            yield unit
            unit = []
    if unit:
        yield unit


class _Book:
    def __init__(self, first: int, rest: int) -> None:
        self._limit = first
        self._rest = rest
        self._pages: list[Page] = []
        self._written: list[str] = []
        self._words: list[str] = []
        self._size = 0

    def add_unit(self, unit: Sequence[Line]) -> None:
        size = sum(len(line.write()) + 1 + line.has_gap for line in unit)
        if self._size and self._size + size > self._limit and size <= self._rest:
            self._turn()
        for line in unit:
            self._add(line)

    def close(self) -> list[Page]:
        self._turn()
        return self._pages

    def _add(self, line: Line) -> None:
        written = line.write()
        if self._size_with(written, line) > self._limit and len(written) <= self._rest:
            self._turn()
        if self._size_with(written, line) <= self._limit:
            self._append(line, written)
            return
        if self._limit - self._size < _WORTH_FILLING:
            self._turn()
        room = self._limit - self._size_with("", line)
        for part in _cut(line, room=room, limit=self._rest):
            written = part.write()
            if self._size_with(written, part) > self._limit:
                self._turn()
            self._append(part, written)

    def _append(self, line: Line, written: str) -> None:
        if not self._written and line.above:
            reminders = remind(line.above)
            if len("\n".join([*reminders, written])) <= self._limit:
                for reminder in reminders:
                    self._put(reminder)
        elif self._written and line.has_gap:
            self._put("")
        self._put(written)
        self._words.append(line.words)

    def _put(self, written: str) -> None:
        self._size += len(written) + bool(self._written)
        self._written.append(written)

    def _size_with(self, written: str, line: Line) -> int:
        breaks = (1 + line.has_gap) if self._written else 0
        return self._size + breaks + len(written)

    def _turn(self) -> None:
        if self._written:
            markdown = "\n".join(self._written).strip()  # as Discord does
            self._pages.append(Page(markdown, "\n".join(self._words)))
            self._limit = self._rest
        self._written, self._words, self._size = [], [], 0


def _cut(line: Line, *, room: int, limit: int) -> Iterator[Line]:
    """Cut a line between its words: the first part fits `room`, each other `limit`."""
    prefix, words = line.prefix, line.words
    has_gap = line.has_gap
    part: list[Token] = []
    left = room - len(prefix)
    for token in _short(line.tokens, limit=min(room, limit) - len(line.prefix) - _MARKS):
        if part and length_of(token, after=part[-1]) > left:
            if part[-1].is_blank:
                part.pop()
            yield replace(line, tokens=tuple(part), words=words, prefix=prefix, has_gap=has_gap)
            prefix, words, has_gap = line.again, "", False
            part, left = [], limit - len(prefix)
        if part or not token.is_blank:
            left -= length_of(token, after=part[-1] if part else None)
            part.append(token)
    if part:
        yield replace(line, tokens=tuple(part), words=words, prefix=prefix, has_gap=has_gap)


def _short(tokens: Iterable[Token], *, limit: int) -> Iterator[Token]:
    for token in tokens:
        if token.is_link or len(token.text) <= limit:
            yield token
        else:
            yield from cut_word(token, limit=limit)
