"""What a reader takes for one character: letters with their marks, joined emoji, flags."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import regex


def chop(
    text: str, limit: int, *, first: int | None = None, size: Callable[[str], int] = len
) -> Iterator[str]:
    """Cut text into parts of at most `limit`, the first of at most `first`, none inside a grapheme.

    A grapheme that is too long by itself (a letter under a thousand marks) is cut all the same.
    """
    part: list[str] = []
    used, room = 0, limit if first is None else first
    for grapheme in regex.findall(r"\X", text):
        for atom in [grapheme] if size(grapheme) <= limit else grapheme:
            cost = size(atom)
            if part and used + cost > room:
                yield "".join(part)
                part, used, room = [], 0, limit
            part.append(atom)
            used += cost
    if part:
        yield "".join(part)


def shorten(text: str, limit: int, *, size: Callable[[str], int] = len) -> str:
    """Return at most `limit` of a text, and say so with an ellipsis."""
    if size(text) <= limit:
        return text
    return next(chop(text, limit - 1, size=size)).rstrip() + "…"
