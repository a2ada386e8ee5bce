"""Which emoji a workspace saves with."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.emoji import SAVE_EMOJI, UNDO, SaveEmoji, bare_emoji

EMOJI = st.sampled_from([*SAVE_EMOJI, UNDO, "👩‍💻", "🧑🏽‍💻", "👍", ":pin:", ":read:"])
CHOICES = st.builds(SaveEmoji, EMOJI, EMOJI, EMOJI, EMOJI, EMOJI, EMOJI)


@given(CHOICES, EMOJI)
def test_what_is_known_is_told_by_its_key_too(chosen: SaveEmoji, emoji: str) -> None:
    assert (bare_emoji(emoji) in chosen.bare()) == chosen.knows(emoji)
