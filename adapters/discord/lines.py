"""Blocks as lines of Discord's Markdown, not yet written: each knows what it hangs below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adapters.discord.markdown import Token, shorten, tokens_of, write
from bot.posts import (
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
    Quote,
    Select,
    Text,
    text_of,
)

DEEPEST = 5  # levels of lists; what is deeper is shown on the last
_HEADINGS = 3  # Discord knows no smaller ones
_REMINDER = 60  # characters of what a list goes on below
_INDENT = "  "
_SMALL = "-# "
_QUOTED = "> "


@dataclass(frozen=True, slots=True)
class Line:
    """`prefix` opens the line, `again` each further part of it.

    `keeps_next`: a title, which stays with what follows. `has_gap`: an empty line stands before it,
    except where a message begins. `above`: the list items that it hangs below, outermost first.
    """

    tokens: tuple[Token, ...]
    words: str  # as they were, without marks and addresses
    prefix: str = ""
    again: str = ""
    keeps_next: bool = False
    has_gap: bool = False
    above: tuple[Line, ...] = ()

    def write(self) -> str:
        return self.prefix + write(self.tokens, starts_line=True)


def lines_of(blocks: Sequence[Block]) -> list[Line]:
    """Return the lines of blocks; pictures, buttons and menus have none."""
    lines: list[Line] = []
    before: Block | None = None
    for block in blocks:
        own = list(_block(block))
        if not own:
            continue
        if before is not None and _has_gap(before, block):
            own[0] = replace(own[0], has_gap=True)
        lines += own
        before = block
    return lines


def remind(lines: Sequence[Line]) -> list[str]:
    """Return the beginnings of list items, for a message that goes on below them."""
    reminders = []
    for line in lines:
        reminder = tokens_of((Text(f"{shorten(line.words, _REMINDER).rstrip('…')} …"),))
        reminders.append(line.prefix + write(reminder, starts_line=True))
    return reminders


def _has_gap(before: Block, block: Block) -> bool:
    """Headings bring their own room; small print and lists belong to what is above them."""
    match before, block:
        case (Heading(), _) | (_, Heading() | Context()):
            return False
        case (Paragraph(inlines), Bullets()):
            return not _is_title(inlines)
        case _:
            return True


def _block(block: Block) -> Iterator[Line]:
    match block:
        case Heading(inlines, level):
            mark = "#" * min(max(level, 1), _HEADINGS)
            yield from _line(inlines, prefix=f"{mark} ", keeps_next=True)
        case Paragraph(inlines):
            yield from _line(inlines, keeps_next=_is_title(inlines))
        case Context(inlines):
            yield from _line(inlines, prefix=_SMALL)
        case Quote(inlines):
            for row in _rows(inlines):
                yield from _line(row, prefix=_QUOTED)
        case Bullets():
            yield from _bullets(block, "", ())
        case Fold(summary, blocks):
            yield from _line(_strong(summary), keeps_next=True)
            yield from lines_of(blocks)
        case Picture() | Buttons() | Select():
            pass


def _bullets(bullets: Bullets, indent: str, above: tuple[Line, ...]) -> Iterator[Line]:
    for number, item in enumerate(bullets.items, start=1):
        mark = f"{number}. " if bullets.is_ordered else "- "
        yield from _item(item, mark, indent, above)


def _item(item: Item, mark: str, indent: str, above: tuple[Line, ...]) -> Iterator[Line]:
    inner = indent + " " * len(mark) if len(above) < DEEPEST else indent
    own = next(
        _line(item.inlines, prefix=f"{indent}{mark}", again=indent + " " * len(mark), above=above),
        None,
    )
    if own is not None:
        yield own
    below = (*above, own) if own is not None and len(above) < DEEPEST else above
    for block in item.blocks:
        yield from _inside_item(block, inner if own is not None else indent, below)


def _inside_item(block: Block, indent: str, above: tuple[Line, ...]) -> Iterator[Line]:
    """Only lists work inside a list: the rest becomes items, or lines that go on below."""
    match block:
        case Bullets():
            yield from _bullets(block, indent, above)
        case Fold(summary, blocks):
            yield from _item(Item(_strong(summary), blocks), "- ", indent, above)
        case Heading(inlines):
            yield from _line(_strong(inlines), prefix=indent, again=indent, above=above)
        case Paragraph(inlines):
            yield from _line(inlines, prefix=indent, again=indent, above=above)
        case Context(inlines):
            yield from _line(_slanted(inlines), prefix=indent, again=indent, above=above)
        case Quote(inlines):
            quoted = (Text("“"), *inlines, Text("”"))
            yield from _line(quoted, prefix=indent, again=indent, above=above)
        case Picture() | Buttons() | Select():
            pass


def _line(
    inlines: Inlines,
    *,
    prefix: str = "",
    again: str | None = None,
    keeps_next: bool = False,
    above: tuple[Line, ...] = (),
) -> Iterator[Line]:
    """Yield one line, or none where there are no words."""
    tokens = tokens_of(inlines)
    if tokens:
        yield Line(
            tokens,
            text_of(inlines),
            prefix=prefix,
            again=prefix if again is None else again,
            keeps_next=keeps_next,
            above=above,
        )


def _rows(inlines: Inlines) -> Iterator[Inlines]:
    """Return running text by its lines: those of a quote are sentences or items of a list."""
    row: list[Inline] = []
    for each in inlines:
        first, *rest = each.text.split("\n") if isinstance(each, Text) else [each.text]
        row.append(replace(each, text=first))
        for text in rest:
            yield tuple(row)
            row = [replace(each, text=text)]
    yield tuple(row)


def _is_title(inlines: Inlines) -> bool:
    return all(isinstance(each, Text) and each.strong for each in inlines)


def _strong(inlines: Inlines) -> Inlines:
    return tuple(replace(each, strong=True) if isinstance(each, Text) else each for each in inlines)


def _slanted(inlines: Inlines) -> Inlines:
    return tuple(
        replace(each, emphasis=True) if isinstance(each, Text) else each for each in inlines
    )
