"""Save emoji: one thing however a platform spells it (skin tones, joiners, variation selectors)."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class SaveEmoji:
    """The emoji that a workspace saves with. A custom one is written `:name:`."""

    bookmark: str = BOOKMARK  # keeps the kind that was found
    paper: str = KIND_EMOJI[Kind.PAPER]
    dev: str = KIND_EMOJI[Kind.DEV]
    news: str = KIND_EMOJI[Kind.NEWS]
    fun: str = KIND_EMOJI[Kind.FUN]
    undo: str = UNDO

    def kind_of(self, emoji: str) -> Kind | None:
        """Return the kind that an emoji sets; None for the bookmark and all that save nothing."""
        bare = bare_emoji(emoji)
        chosen = {bare_emoji(getattr(self, kind)): kind for kind in Kind}
        if bare in chosen:
            return chosen[bare]
        # The developer is drawn as a person, a man or a woman, depending on the keyboard.
        known = _KINDS.get(bare)
        return known if known and getattr(self, known) == KIND_EMOJI[known] else None

    def saves(self, emoji: str) -> bool:
        return bare_emoji(emoji) == bare_emoji(self.bookmark) or self.kind_of(emoji) is not None

    def undoes(self, emoji: str) -> bool:
        return bare_emoji(emoji) == bare_emoji(self.undo)

    def knows(self, emoji: str) -> bool:
        return self.saves(emoji) or self.undoes(emoji)

    def bare(self) -> frozenset[str]:
        """Return all that it knows, as keys to compare by."""
        kinds = (getattr(self, kind) for kind in Kind)
        chosen = map(bare_emoji, (self.bookmark, self.undo, *kinds))
        return frozenset({*chosen, *filter(self.knows, _KINDS)})
