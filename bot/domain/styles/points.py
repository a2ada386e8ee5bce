"""Bullets as blocks: what a page says, or what a person wrote with light Markdown."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.models import Engine, Point
from bot.posts import Block, Bullets, Fold, Inlines, Item, Text
from bot.text.inline import parse_inline


def marked(text: str) -> Inlines:
    """Return a line that a person wrote, its light Markdown read."""
    return tuple(
        Text(span.text, strong=span.strong, emphasis=span.emphasis, code=span.code)
        for span in parse_inline(text)
    )


def point_blocks(points: Iterable[Point], engine: Engine) -> list[Block]:
    """Return bullets with what is nested in them; parts that readers unfold stay where they are."""
    blocks: list[Block] = []
    for point in points:
        inlines = (Text(point.text),) if engine is Engine.EXTRACTIVE else marked(point.text)
        inner = tuple(point_blocks(point.points, engine))
        if point.is_fold and inner:
            blocks.append(Fold(inlines, inner))
        elif inlines:
            blocks.append(Bullets((Item(inlines, inner),)))
    return merge(blocks)


def merge(blocks: Iterable[Block]) -> list[Block]:
    """Join neighbouring lists: to a reader they are one."""
    merged: list[Block] = []
    for block in blocks:
        last = merged[-1] if merged else None
        if isinstance(last, Bullets) and isinstance(block, Bullets):
            merged[-1] = Bullets(last.items + block.items)
        else:
            merged.append(block)
    return merged
