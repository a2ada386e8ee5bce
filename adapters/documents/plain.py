"""A post as text for a terminal: bullets, indentation, addresses after titles. No colours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len  # Hangul and emoji fill two cells

from adapters.documents.safe_text import one_line, safe_inline
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Heading,
    Inline,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
)

_WIDTH = 88
_MIN_WIDTH = 24  # deep nesting does not squeeze text into a column of single words
_RULES = {1: "=", 2: "-"}
_BULLETS = ("•", "◦", "▪")


def write_plain(post: Post) -> str:
    return "\n".join(_blocks(post.blocks, width=_WIDTH)).rstrip() + "\n"


def _blocks(blocks: Sequence[Block], *, width: int, depth: int = 0) -> list[str]:
    """Return lines; an empty one stands between two blocks, but not before lists inside lists."""
    lines: list[str] = []
    for block in blocks:
        written = _block(block, width=width, depth=depth)
        if lines and written and not (depth and isinstance(block, Bullets | Fold)):
            lines.append("")
        lines += written
    return lines


def _block(block: Block, *, width: int, depth: int) -> list[str]:
    match block:
        case Heading(inlines, level):
            return list(_heading(_line(inlines), level))
        case Paragraph(inlines) | Context(inlines):
            return _wrap(_line(inlines), width)
        case Quote(inlines):
            return _indent(_wrap(_line(inlines), width - 2), "│ ", "│ ")
        case Bullets(items, is_ordered):
            bullet = _BULLETS[min(depth, len(_BULLETS) - 1)]
            marks = (f"{n}." if is_ordered else bullet for n in range(1, len(items) + 1))
            written = (
                _item(item, mark, width=width, depth=depth)
                for item, mark in zip(items, marks, strict=False)
            )
            return [line for lines in written for line in lines]
        case Fold(summary, blocks):
            title = _indent(_wrap(_line(summary), width - 2), "▾ ", "  ")
            return title + _indent(_blocks(blocks, width=width - 2, depth=depth + 1), "  ", "  ")
        case Picture(alt=alt):
            return _wrap(one_line(alt).strip(), width)
        case Buttons() | Select():
            return []  # nobody answers in a file


def _heading(title: str, level: int) -> Iterator[str]:
    yield title
    if level in _RULES:
        yield _RULES[level] * min(cell_len(title), _WIDTH)


def _item(item: Item, mark: str, *, width: int, depth: int) -> list[str]:
    first = f"{mark} "
    rest = " " * cell_len(first)
    inner = width - cell_len(first)
    lines = _indent(_wrap(_line(item.inlines), inner), first, rest)
    return lines + _indent(_blocks(item.blocks, width=inner, depth=depth + 1), rest, rest)


def _line(inlines: Inlines) -> str:
    return "".join(_inline(inline) for inline in inlines)


def _inline(inline: Inline) -> str:
    shown = safe_inline(inline)
    if isinstance(shown, Anchor) and shown.text != shown.url:
        return f"{shown.text} <{shown.url}>"
    return shown.text


def _indent(lines: Sequence[str], first: str, rest: str) -> list[str]:
    marks = [first, *[rest] * (len(lines) - 1)]
    return [f"{mark}{line}".rstrip() for mark, line in zip(marks, lines, strict=False)]


def _wrap(text: str, width: int) -> list[str]:
    """Break at spaces; a word or an address that is too long keeps a line to itself, whole."""
    lines: list[str] = []
    room = 0
    for word in text.split():
        needed = cell_len(word) + 1
        if not lines or needed > room:
            lines.append(word)
            room = max(width, _MIN_WIDTH) - needed + 1
        else:
            lines[-1] += f" {word}"
            room -= needed
    return lines or [""]
