"""A command's options as a Slack modal, and what came back in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.specs import CommandSpec, Option, Takes
from bot.texts import Texts

FORM = "command"  # the callback id of every form of ours

# Source: docs.slack.dev/reference/block-kit, under each element.
MAX_TITLE = 24
MAX_OPTION_TEXT = 75
MAX_OPTIONS = 100
MAX_TYPED = 3000
MAX_LABEL = 2000

_CHANNELS = {"include": ["public", "private"], "exclude_bot_users": True}
_TYPED = "value"  # each input is a block named like its option, with one element of this name


@dataclass(frozen=True, slots=True)
class Origin:
    """Which command the form is of, and where it was called. `options`: what it carries along."""

    command: str
    channel: str
    options: tuple[tuple[str, str], ...] = ()


def make_form(
    spec: CommandSpec,
    origin: Origin,
    *,
    texts: Texts,
    language: str,
    values: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the form, filled in with `values`; None: with what the command takes by itself."""

    def say(key: str) -> str:
        return texts.get(language, key)

    options = spec.options
    if values is not None:
        options = tuple(replace(each, default=values.get(each.name, "")) for each in options)
    kept = {"command": origin.command, "channel": origin.channel}
    carried = {each.name: each.default for each in options if each.is_typed_only and each.default}
    return {
        "type": "modal",
        "callback_id": FORM,
        "private_metadata": json.dumps(kept | ({"options": carried} if carried else {})),
        "title": _plain(f"/{spec.name}", limit=MAX_TITLE),
        "submit": _plain(say("slack.form_send"), limit=MAX_TITLE),
        "close": _plain(say("slack.form_close"), limit=MAX_TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": option.name,
                "label": _plain(_begin(say(f"option.{option.name}")), limit=MAX_LABEL),
                "optional": not option.is_required,
                "element": {**_element(option, texts, language), "action_id": _TYPED},
            }
            for option in options
            if not option.is_typed_only
        ],
    }


def origin_of(view: Mapping[str, Any]) -> Origin | None:
    """Return where a form came from; None if it is none of ours or of another age."""
    try:
        kept = json.loads(view.get("private_metadata") or "")
        carried = dict(kept.get("options") or {})
        return Origin(
            command=str(kept["command"]),
            channel=str(kept["channel"]),
            options=tuple((str(name), str(value)) for name, value in carried.items()),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def options_of(view: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what was chosen, by option; what was left empty is not there."""
    return tuple(_chosen(view.get("state") or {}))


def _chosen(state: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, elements in (state.get("values") or {}).items():
        answer = elements.get(_TYPED) or {}
        value = (
            answer.get("value")
            or (answer.get("selected_option") or {}).get("value")
            or answer.get("selected_conversation")
            or answer.get("selected_date")
            or ",".join(each["value"] for each in answer.get("selected_options") or ())
            or ",".join(answer.get("selected_conversations") or ())
        )
        if value and str(value).strip():
            yield name, str(value).strip()


def _element(option: Option, texts: Texts, language: str) -> dict[str, Any]:
    match option.takes:
        case Takes.CHOICE:
            return _select(option, texts, language)
        case Takes.CHOICES:
            return _multi_select(option, texts, language)
        case Takes.CHANNEL:
            return {"type": "conversations_select", "filter": _CHANNELS}
        case Takes.CHANNELS:
            chosen = {"initial_conversations": _several(option.default)} if option.default else {}
            return {"type": "multi_conversations_select", "filter": _CHANNELS, **chosen}
        case Takes.DAY:
            day = {"initial_date": option.default} if option.default else {}
            return {"type": "datepicker", **day}
        case Takes.WORDS:
            typed = {"initial_value": option.default} if option.default else {}
            return {
                "type": "plain_text_input",
                "multiline": option.is_long,
                "max_length": MAX_TYPED,
                **typed,
            }


def _select(option: Option, texts: Texts, language: str) -> dict[str, Any]:
    offered = {value: _choice(value, texts, language) for value in option.choices[:MAX_OPTIONS]}
    chosen = {"initial_option": offered[option.default]} if option.default in offered else {}
    return {"type": "static_select", "options": list(offered.values()), **chosen}


def _multi_select(option: Option, texts: Texts, language: str) -> dict[str, Any]:
    offered = {value: _choice(value, texts, language) for value in option.choices[:MAX_OPTIONS]}
    filled = [offered[each] for each in _several(option.default) if each in offered]
    chosen = {"initial_options": filled} if filled else {}
    return {"type": "multi_static_select", "options": list(offered.values()), **chosen}


def _several(value: str) -> list[str]:
    return [each for each in value.split(",") if each]


def _choice(value: str, texts: Texts, language: str) -> dict[str, Any]:
    key = f"choice.{value}"
    words = texts.get(language, key) if texts.has(key) else value
    return {"text": _plain(words, limit=MAX_OPTION_TEXT), "value": value}


def _begin(words: str) -> str:
    """Return words of a sentence as the beginning of one."""
    return words[:1].upper() + words[1:]


def _plain(text: str, *, limit: int) -> dict[str, Any]:
    return {"type": "plain_text", "text": text[:limit], "emoji": True}
