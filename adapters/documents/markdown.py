"""A post as Markdown that GitHub renders and that reads well as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote

from adapters.documents.html_text import html_line
from adapters.documents.markdown_text import label_of, line_of
from bot.posts import (
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Heading,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
)

_CLOSING_MARKS = re.compile(r"(?:^|(?<=\s))(#+)$")


def write_markdown(post: Post) -> str:
    return "\n".join(_blocks(post.blocks)).rstrip() + "\n"


def _blocks(blocks: Sequence[Block]) -> list[str]:
    """Return the lines of blocks with an empty line between two of them."""
    lines: list[str] = []
    for block in blocks:
        written = _block(block)
        if lines and written:
            lines.append("")
        lines += written
    return lines


def _block(block: Block) -> list[str]:
    match block:
        case Heading(inlines, level):
            title = _CLOSING_MARKS.sub(r"\\\1", line_of(inlines, starts_block=False))
            return [f"{'#' * min(level, 6)} {title}"]
        case Paragraph(inlines) | Context(inlines):
            return [line_of(inlines)]
        case Quote(inlines):
            return [f"> {line_of(inlines)}"]
        case Bullets(items, is_ordered):
            marks = (f"{n}. " if is_ordered else "- " for n in range(1, len(items) + 1))
            return [
                line for item, mark in zip(items, marks, strict=True) for line in _item(item, mark)
            ]
        case Fold(summary, blocks):
            # Only between empty lines does GitHub read Markdown inside HTML.
            head = f"<details><summary>{html_line(summary)}</summary>"
            return [head, "", *_blocks(blocks), "", "</details>"]
        case Picture(name, alt):
            return [f"![{label_of(alt)}]({quote(name)})"]
        case Buttons() | Select():
            return []  # nobody answers in a file


def _item(item: Item, mark: str) -> list[str]:
    lines = [f"{mark}{line_of(item.inlines)}".rstrip()]
    is_after_list = True
    for block in item.blocks:
        is_list = isinstance(block, Bullets)
        if not (is_list and is_after_list):
            lines.append("")
        lines += [f"{' ' * len(mark)}{line}" if line else "" for line in _block(block)]
        is_after_list = is_list
    return lines
