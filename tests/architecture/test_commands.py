"""Every command has its words in both languages, and fits where platforms show it."""

from __future__ import annotations

import re

import pytest

from bot.commands.catalogue import SPECS
from bot.commands.options import split_options
from bot.domain.topics import SHIPPED_TOPICS, Topic
from bot.specs import CommandSpec, Option
from bot.texts import LANGUAGES, Texts

TEXTS = Texts.load()
OPTIONS = [
    pytest.param(spec, option, id=f"{spec.name}-{option.name}")
    for spec in SPECS
    for option in spec.options
]
# Source: docs.discord.com, "Application Commands".
NAME = re.compile(r"[a-z][a-z-]{0,31}")
LONGEST = 100
MOST = 25


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_a_command_says_what_it_does(spec: CommandSpec, language: str) -> None:
    assert NAME.fullmatch(spec.name)
    assert 0 < len(TEXTS.get(language, f"command.{spec.name}")) <= LONGEST
    assert len(spec.options) <= MOST


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_usage_and_example_name_only_options_that_are_there(
    spec: CommandSpec, language: str
) -> None:
    names = [option.name for option in spec.options if not option.is_main]

    for kind in ("usage", "example"):
        line = TEXTS.get(language, f"command.{spec.name}_{kind}")
        command, _, typed = line.replace("[", "").replace("]", "").partition(" ")
        assert command == f"/{spec.name}"
        split_options(typed, known=names)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("spec", "option"), OPTIONS)
def test_an_option_says_what_it_takes(spec: CommandSpec, option: Option, language: str) -> None:
    assert NAME.fullmatch(option.name)
    assert 0 < len(TEXTS.get(language, f"option.{option.name}")) <= LONGEST
    assert len(option.choices) <= MOST
    for choice in option.choices:
        assert 0 < len(TEXTS.get(language, f"choice.{choice}")) <= LONGEST
    assert not option.default or not option.choices or option.default in option.choices


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
def test_at_most_one_option_takes_the_words_and_names_differ(spec: CommandSpec) -> None:
    names = [option.name for option in spec.options]

    assert len(set(names)) == len(names)
    assert sum(option.is_main for option in spec.options) <= 1


def test_no_two_commands_share_a_name() -> None:
    assert len({spec.name for spec in SPECS}) == len(SPECS)


@pytest.mark.parametrize("topic", SHIPPED_TOPICS, ids=lambda topic: topic.id)
def test_a_choice_of_a_topic_is_called_like_the_topic(topic: Topic) -> None:
    for language, name in (("ko", topic.name_ko), ("en", topic.name_en)):
        assert TEXTS.get(language, f"choice.{topic.id}") == f"{topic.emoji} {name}"
