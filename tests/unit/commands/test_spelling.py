"""Sentences name commands the way a platform calls them, and nothing else in them changes."""

import pytest

from bot.commands.spelling import speller

SPELL = speller(("links", "save"), lambda name: f"/jubo {name}")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("/links", "/jubo links"),
        (
            "‘/save 주소’를 쓰거나 /links에서 보세요",
            "‘/jubo save 주소’를 쓰거나 /jubo links에서 보세요",
        ),
        ("See /links.", "See /jubo links."),
        ("/jubo links", "/jubo links"),
        ("https://example.org/links/save", "https://example.org/links/save"),
        ("/linkset and /save.html", "/linkset and /save.html"),
        ("/invite me", "/invite me"),
    ],
)
def test_only_our_commands_are_put_differently(written: str, read: str) -> None:
    assert SPELL(written) == read


def test_without_commands_nothing_changes() -> None:
    assert speller((), str)("/links") == "/links"
