"""Posts as a row of lines and solid blocks: what can be cut, and what cannot. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from typing import Any, TypeAlias

from adapters.slack import limits
from adapters.slack.action_ids import button_value, make_action_id, option_value
from adapters.slack.limits import units
from adapters.slack.markup import is_inert, mrkdwn_of
from adapters.slack.runs import (
    Run,
    Runs,
    clean,
    made_strong,
    runs_of,
    shorten,
    text_of,
)
from bot.posts import (
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Fold,
    Heading,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Quote,
    Select,
    Text,
)

Json: TypeAlias = dict[str, Any]

HEADER_LEVELS = 2  # Slack has one size of header; what is below would look the same


class LineKind(StrEnum):
    SECTION = "section"
    BULLET = "bullet"
    NUMBER = "number"
    QUOTE = "quote"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of rich text. `number` counts the items before it in an ordered list."""

    kind: LineKind
    runs: Runs
    indent: int = 0
    number: int = 0


@dataclass(frozen=True, slots=True)
class Solid:
    """A block that is shown whole. A picture becomes one when it is uploaded."""

    block: Json | Picture
    text: str = ""
    mrkdwn: str = ""
    size: int = 0
    leads: bool = False  # belongs to what follows: a heading
    follows: bool = False  # belongs to what stands before: buttons


def size_of_block(block: object) -> int:
    """Return the length of all that people or Slack read in a block."""
    if isinstance(block, dict):
        read = (block[key] for key in ("text", "url", "value") if isinstance(block.get(key), str))
        return sum(map(units, read)) + sum(map(size_of_block, block.values()))
    return sum(map(size_of_block, block)) if isinstance(block, list) else 0


def flatten(blocks: Sequence[Block]) -> Iterator[list[Line | Solid]]:
    """Return what each block of a post becomes, in order."""
    flattener = _Flattener()
    for block in blocks:
        yield list(flattener.flatten(block, 0))


class _Flattener:
    """Counts actions, so that each has an id of its own in its message."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def flatten(self, block: Block, depth: int) -> Iterator[Line | Solid]:
        """`depth`: how deep a list would stand here; 0 outside of all lists."""
        match block:
            case Heading(inlines, level):
                yield from _heading(inlines, level if depth == 0 else HEADER_LEVELS + 1)
            case Context(inlines) if depth == 0:
                yield from _context(inlines)
            case Paragraph(inlines) | Context(inlines):
                yield from _line(Line(LineKind.SECTION, runs_of(inlines)))
            case Quote(inlines):
                yield from _line(Line(LineKind.QUOTE, runs_of(inlines)))
            case Bullets(items, is_ordered):
                kind = LineKind.NUMBER if is_ordered else LineKind.BULLET
                yield from self._list(kind, items, depth)
            case Fold(summary, inner):
                yield from self._fold(made_strong(runs_of(summary)), inner, depth)
            case Picture():
                alt = clean(block.alt)
                yield Solid(block, alt, mrkdwn_of((Run(alt),)), size=limits.IMAGE_ALT)
            case Buttons(buttons):
                yield from self._buttons(buttons)
            case Select():
                yield from self._select(block)

    def _list(self, kind: LineKind, items: Sequence[Item], depth: int) -> Iterator[Line | Solid]:
        indent = min(depth, limits.LIST_INDENT)
        for number, item in enumerate(items):
            inlines, blocks = _with_leading_text(item)
            yield from _line(Line(kind, runs_of(inlines), indent, number))
            for block in blocks:
                yield from self.flatten(block, depth + 1)

    def _fold(self, title: Runs, inner: Sequence[Block], depth: int) -> Iterator[Line | Solid]:
        """Slack cannot fold: the title stands in bold over what it would hide."""
        if depth:
            yield from _line(Line(LineKind.BULLET, title, min(depth, limits.LIST_INDENT)))
        else:
            yield from _line(Line(LineKind.SECTION, title))
        for block in inner:
            yield from self.flatten(block, depth + 1 if depth else 0)

    def _buttons(self, buttons: Sequence[Button]) -> Iterator[Solid]:
        for start in range(0, len(buttons), limits.ACTIONS_ELEMENTS):
            row = buttons[start : start + limits.ACTIONS_ELEMENTS]
            yield _actions([self._button(each) for each in row])

    def _button(self, button: Button) -> Json:
        shown: Json = {
            "type": "button",
            "action_id": make_action_id(button.action, next(self._numbers)),
            "text": plain(button.label, limits.BUTTON_TEXT),
        }
        value = button_value(button.value, button.form)
        return shown | ({"value": value} if value else {})

    def _select(self, select: Select) -> Iterator[Solid]:
        options = {
            value: {"text": plain(label, limits.OPTION_TEXT), "value": option_value(value)}
            for label, value in select.choices[: limits.SELECT_OPTIONS]
        }
        if not options:
            return
        menu: Json = {
            "type": "static_select",
            "action_id": make_action_id(select.action, next(self._numbers)),
            "placeholder": plain(select.label, limits.PLACEHOLDER),
            "options": list(options.values()),
        }
        chosen = options.get(select.chosen)
        yield _actions([menu | ({"initial_option": chosen} if chosen else {})])


def plain(text: str, limit: int) -> Json:
    shown = shorten(" ".join(clean(text).split()), limit)
    return {"type": "plain_text", "text": shown or "…", "emoji": True}


def _with_leading_text(item: Item) -> tuple[Inlines, Sequence[Block]]:
    """Return an item's own words with the paragraphs that come first below it."""
    inlines, blocks = item.inlines, item.blocks
    while blocks and isinstance(first := blocks[0], Paragraph | Context):
        inlines = (*inlines, Text("\n"), *first.inlines)
        blocks = blocks[1:]
    return inlines, blocks


def _line(line: Line) -> Iterator[Line]:
    if text_of(line.runs).strip():
        yield line


def _heading(inlines: Inlines, level: int) -> Iterator[Line | Solid]:
    runs = runs_of(inlines)
    text = text_of(runs).strip()
    is_header = level <= HEADER_LEVELS and not any(run.url for run in runs) and "\n" not in text
    if text and is_header and units(text) <= limits.HEADER_TEXT:
        block = {"type": "header", "text": plain(text, limits.HEADER_TEXT)}
        yield Solid(block, text, mrkdwn_of(runs), size=size_of_block(block), leads=True)
    else:
        yield from _line(Line(LineKind.SECTION, made_strong(runs)))


def _context(inlines: Inlines) -> Iterator[Line | Solid]:
    runs = runs_of(inlines)
    text, mrkdwn = text_of(runs), mrkdwn_of(runs)
    has_links = any(run.url for run in runs)
    if units(mrkdwn) > limits.CONTEXT_TEXT or (has_links and not is_inert(text)):
        yield from _line(Line(LineKind.SECTION, runs))
    elif text.strip():
        small: Json = {"type": "plain_text", "text": text, "emoji": True}
        if has_links:
            # `verbatim`: Slack looks for no names, channels or addresses in it.
            small = {"type": "mrkdwn", "text": mrkdwn, "verbatim": True}
        block = {"type": "context", "elements": [small]}
        yield Solid(block, text, mrkdwn, size=size_of_block(block))


def _actions(elements: list[Json]) -> Solid:
    block = {"type": "actions", "elements": elements}
    return Solid(block, size=size_of_block(block), follows=True)
