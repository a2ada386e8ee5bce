"""Buttons and menus as Discord's rows of components."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from adapters.discord import limits
from adapters.discord.markdown import shorten
from bot.posts import Block, Bullets, Button, Buttons, Fold, Select

log = logging.getLogger(__name__)

Row = dict[str, Any]

# Source: docs.discord.com, "Component Reference".
_ROW, _BUTTON, _SELECT = 1, 2, 3
_SECONDARY = 2  # the quiet grey one: none of ours is more urgent than the text
_NAMELESS = "…"


def custom_id(action: str, value: str = "") -> str:
    """Return what Discord gives back when somebody presses."""
    return f"{action}|{value}"


def rows_of(blocks: Iterable[Block]) -> list[Row]:
    """Return the rows for every button and menu of a post, in order, no two with one id."""
    rows: list[Row] = []
    seen: set[str] = set()
    for block in _controls(blocks):
        match block:
            case Buttons(buttons):
                parts = [_button(each) for each in buttons if _is_new(each, seen)]
                rows += [
                    _row(parts[start : start + limits.BUTTONS_IN_ROW])
                    for start in range(0, len(parts), limits.BUTTONS_IN_ROW)
                ]
            case Select(action=action):
                menu = _select(block)
                if menu["options"] and custom_id(action) not in seen:
                    seen.add(custom_id(action))
                    rows.append(_row([menu]))
    return rows


def _controls(blocks: Iterable[Block]) -> Iterator[Buttons | Select]:
    for block in blocks:
        match block:
            case Buttons() | Select():
                yield block
            case Fold(_, inner):
                yield from _controls(inner)
            case Bullets(items):
                for item in items:
                    yield from _controls(item.blocks)
            case _:
                pass


def _is_new(button: Button, seen: set[str]) -> bool:
    """Discord refuses a message in which an id is too long or stands twice."""
    own = custom_id(button.action, button.value)
    if len(own) > limits.CUSTOM_ID:
        log.error("button left out: its value is too long", extra={"action": button.action})
        return False
    if own in seen:
        return False
    seen.add(own)
    return True


def _row(components: Sequence[Row]) -> Row:
    return {"type": _ROW, "components": list(components)}


def _button(button: Button) -> Row:
    return {
        "type": _BUTTON,
        "style": _SECONDARY,
        "label": shorten(button.label, limits.BUTTON_LABEL) or _NAMELESS,
        "custom_id": custom_id(button.action, button.value),
    }


def _select(select: Select) -> Row:
    labels = {value: label for label, value in select.choices}
    options = [
        {
            "label": shorten(label, limits.CHOICE_LABEL) or _NAMELESS,
            "value": value,
            "default": value == select.chosen,
        }
        for value, label in labels.items()
        if 0 < len(value) <= limits.CHOICE_VALUE
    ]
    return {
        "type": _SELECT,
        "custom_id": custom_id(select.action),
        "placeholder": shorten(select.label, limits.PLACEHOLDER),
        "options": options[: limits.CHOICES],
    }
