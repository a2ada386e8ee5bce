"""Posts as short text, for golden tests: what a reader sees, without any platform's markup."""

from __future__ import annotations

from collections.abc import Iterable

from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Buttons,
    Context,
    Fold,
    Heading,
    Inlines,
    Paragraph,
    Picture,
    Post,
    Quote,
    Select,
)


def compact(post: Post) -> str:
    """Return the post's lines; the replies of its thread follow, each after a line `@`."""
    lines = list(_lines(post.blocks, ""))
    for reply in post.thread:
        lines += ["@", *_lines(reply.blocks, "")]
    return "\n".join(lines)


def inline(inlines: Inlines) -> str:
    parts = []
    for each in inlines:
        if isinstance(each, Anchor):
            parts.append(f"<{each.text}>({each.url})")
        else:
            mark = "**" * each.strong + "_" * each.emphasis + "`" * each.code
            parts.append(f"{mark}{each.text}{mark[::-1]}")
    return "".join(parts)


def _lines(blocks: Iterable[Block], indent: str) -> Iterable[str]:
    for block in blocks:
        match block:
            case Heading():
                yield f"{indent}{'#' * block.level} {inline(block.inlines)}"
            case Paragraph() | Quote():
                yield indent + inline(block.inlines)
            case Context():
                yield f"{indent}({inline(block.inlines)})"
            case Fold():
                yield f"{indent}+ {inline(block.summary)}"
                yield from _lines(block.blocks, indent + "  ")
            case Bullets():
                yield from _bullets(block, indent)
            case Picture():
                yield f"{indent}[picture {block.name}: {block.alt}]"
            case Buttons():
                yield f"{indent}{[button.label for button in block.buttons]}"
            case Select():
                yield f"{indent}{[label for label, _ in block.choices]}"


def _bullets(block: Bullets, indent: str) -> Iterable[str]:
    for number, item in enumerate(block.items, 1):
        mark = f"{number}." if block.is_ordered else "-"
        yield f"{indent}{mark} {inline(item.inlines)}"
        yield from _lines(item.blocks, indent + "  ")
