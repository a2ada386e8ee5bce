"""What people type after a command."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.commands.options import parse_midnight, read_call, split_options
from bot.errors import UserError
from bot.specs import CommandSpec, Option
from tests.factories import make_command

KNOWN = ("kind", "since")


@pytest.mark.parametrize(
    ("typed", "words", "options"),
    [
        ("rank fusion", "rank fusion", {}),
        ("rank kind:paper fusion", "rank fusion", {"kind": "paper"}),
        ("Since:2025-01-06", "", {"since": "2025-01-06"}),
        ("https://example.org/a kind:dev", "https://example.org/a", {"kind": "dev"}),
        ("", "", {}),
    ],
)
def test_words_and_options_are_told_apart(typed: str, words: str, options: dict[str, str]) -> None:
    assert split_options(typed, known=KNOWN) == (words, options)


def test_an_option_that_nobody_knows_is_named() -> None:
    with pytest.raises(UserError) as refused:
        split_options("colour:red", known=KNOWN)

    assert (refused.value.message_key, refused.value.values) == (
        "option.unknown",
        {"option": "colour:red", "names": "kind:, since:"},
    )


@pytest.mark.parametrize("words", ["paper: attention", "note: kind:dev", "  since:yesterday "])
def test_words_in_a_field_of_their_own_hold_no_options(words: str) -> None:
    spec = CommandSpec("links", (Option("words", is_main=True), Option("kind"), Option("since")))
    event = replace(make_command("links"), options=(("words", words), ("kind", "paper")))

    call = read_call(event, spec)

    assert (call.words, call.options) == (words.strip(), {"kind": "paper"})


def test_a_day_begins_at_midnight_of_its_zone() -> None:
    assert parse_midnight("2025-01-06", ZoneInfo("Asia/Seoul")) == datetime(
        2025, 1, 5, 15, tzinfo=UTC
    )


@pytest.mark.parametrize("day", ["6 January", "2025-13-01", "", "0001-01-01"])
def test_a_day_that_cannot_be_told_is_refused(day: str) -> None:
    with pytest.raises(UserError) as refused:
        parse_midnight(day, ZoneInfo("Asia/Seoul"))

    assert refused.value.message_key == "links.bad_date"
