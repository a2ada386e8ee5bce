"""The commands fit Discord's limits in both languages, and the invitation asks for no more."""

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import discord
from hypothesis import given
from hypothesis import strategies as st

import adapters.discord
from adapters.discord.commands import commands_of
from adapters.discord.forms import form_of, needs_form
from adapters.discord.invite import REASONS, invite_url
from bot.commands.catalogue import SPECS
from bot.specs import CommandSpec, Option, Takes
from bot.texts import Texts

TEXTS = Texts.load()
NAME = re.compile(r"[-_\w]{1,32}")


def parts(command: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield command
    for each in chain(command.get("options", ()), command.get("choices", ())):
        yield from parts(each)


def longest(part: dict[str, Any], key: str) -> int:
    """Discord counts the longest of all languages."""
    localized = part.get(f"{key}_localizations") or {}
    return max(len(text) for text in (part.get(key, ""), *localized.values()))


def test_commands_fit_the_limits() -> None:
    commands = commands_of(SPECS, TEXTS)

    assert len([each for each in commands if each["type"] == 1]) <= 100
    for command in commands:
        total = 0
        for part in parts(command):
            assert len(part.get("options", ())) <= 25
            assert len(part.get("choices", ())) <= 25
            assert longest(part, "name") <= (100 if "value" in part else 32)
            if command["type"] == 1 and "value" not in part:
                assert NAME.fullmatch(part["name"])
                assert part["name"] == part["name"].lower()
                assert 1 <= longest(part, "description") <= 100
            total += longest(part, "name") + longest(part, "description")
            total += len(part.get("value", ""))
        assert total <= 8000


def test_no_description_is_cut_off() -> None:
    """A text that is too long for Discord is to be written anew, not cut in mid-sentence."""
    keys = chain(
        (f"command.{spec.name}" for spec in SPECS),
        (f"option.{option.name}" for spec in SPECS for option in spec.options),
    )
    long = [key for key in keys for lang in ("ko", "en") if len(TEXTS.get(lang, key)) > 100]

    assert not long


def test_everything_is_offered_bare_and_below_jubo_in_korean_too() -> None:
    commands = {each["name"]: each for each in commands_of(SPECS, TEXTS)}

    below = {each["name"] for each in commands["jubo"]["options"]}
    assert below == {spec.name for spec in SPECS}
    assert set(commands) == {*below, "jubo", "Save link"}
    assert commands["Save link"]["name_localizations"] == {"ko": "링크 저장"}
    for spec in SPECS:
        described = commands[spec.name]["description_localizations"]
        assert described == {"ko": TEXTS.get("ko", f"command.{spec.name}")}


def test_what_a_form_asks_for_is_not_required_of_a_call() -> None:
    """Discord would refuse a bare call before we could open the form."""
    commands = {each["name"]: each for each in commands_of(SPECS, TEXTS)}

    question, *_ = commands["ask"]["options"]
    assert not question["required"]


@given(
    st.lists(
        st.builds(
            Option,
            st.sampled_from(["since", "until", "topic", "style"]),
            st.sampled_from(Takes),
            is_required=st.booleans(),
        ),
        unique_by=lambda option: option.name,
    )
)
def test_required_options_come_first(options: Sequence[Option]) -> None:
    spec = CommandSpec("digest", tuple(options))

    (command, *_) = commands_of([spec], TEXTS)
    required = [each["required"] for each in command["options"]]
    assert required == sorted(required, reverse=True)
    assert {each["name"] for each in command["options"]} == {each.name for each in options}


def test_the_invitation_asks_for_what_the_list_gives_reasons_for() -> None:
    address = urlsplit(invite_url("100000000000000099"))
    query = parse_qs(address.query)

    asked = discord.Permissions(int(query["permissions"][0]))
    assert asked == discord.Permissions(**dict.fromkeys(REASONS, True))
    assert sum(is_asked for _, is_asked in asked) == len(REASONS)
    assert query["client_id"] == ["100000000000000099"]
    assert query["scope"] == ["bot applications.commands"]
    assert not asked.administrator


def test_code_looks_at_no_permission_that_the_invitation_leaves_out() -> None:
    folder = Path(adapters.discord.__file__).parent
    sources = "".join(
        path.read_text(encoding="utf-8") for path in folder.glob("*.py") if path.name != "invite.py"
    )

    flags = discord.Permissions.VALID_FLAGS
    used = {name for name in flags if re.search(rf"\.{name}\b(?!\()|\b{name}=", sources)}
    assert used - set(REASONS) <= {"administrator"}


async def test_forms_fit_the_limits_and_no_label_is_cut_off() -> None:
    for spec in filter(needs_form, SPECS):
        for language in ("ko", "en"):
            form = form_of(spec, TEXTS.bind(language)).to_dict()

            inputs = [row["components"][0] for row in form["components"]]
            assert len(form["title"]) <= 45
            assert 1 <= len(inputs) <= 5
            for each in inputs:
                assert each["label"] == TEXTS.get(language, f"option.{each['custom_id']}")
                assert len(each["label"]) <= 45
