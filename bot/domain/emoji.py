"""Save emoji: one thing however a platform spells it (skin tones, joiners, variation selectors)."""

from __future__ import annotations

import re

from bot.domain.models import KIND_EMOJI, Kind

BOOKMARK = "🔖"  # saves, and keeps the kind that was found
UNDO = "❌"
LOOKING, DONE, TROUBLE = "👀", "✅", "⚠️"
SAVE_EMOJI = (BOOKMARK, *KIND_EMOJI.values())

_SKIN_TONES = re.compile("[\U0001f3fb-\U0001f3ff]")
# The gender signs of a joined emoji, its joiner and the variation selector change how an emoji
# looks, not which one it is. People also leave the joiner out.
_DRESS = re.compile("[\u200d\ufe0e\ufe0f\u2640\u2642]")


def without_skin_tone(emoji: str) -> str:
    """Return an emoji as it is drawn, but for its skin tone."""
    return _SKIN_TONES.sub("", emoji)


def bare_emoji(emoji: str) -> str:
    """Return an emoji without skin tone, joiners and variation selectors: a key to compare by."""
    return _DRESS.sub("", without_skin_tone(emoji))


_KINDS = {bare_emoji(emoji): kind for kind, emoji in KIND_EMOJI.items()}
# The developer is drawn as a person, a man or a woman, depending on the keyboard.
_KINDS |= {person + "💻": Kind.DEV for person in ("🧑", "👨", "👩")}


def kind_of_emoji(emoji: str) -> Kind | None:
    return _KINDS.get(bare_emoji(emoji))


def is_save_emoji(emoji: str) -> bool:
    return bare_emoji(emoji) == BOOKMARK or kind_of_emoji(emoji) is not None


def is_undo_emoji(emoji: str) -> bool:
    return bare_emoji(emoji) == UNDO
