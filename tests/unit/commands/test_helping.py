"""/help lists what can be typed, and says of each command what it takes."""

from __future__ import annotations

import pytest

from bot.commands.catalogue import SPECS
from bot.commands.helping import HELP, HelpCommands
from bot.posts import Heading
from bot.specs import CommandSpec
from bot.texts import LANGUAGES
from tests.factories import make_command
from tests.fakes.platform import FakePlatform, Sent, words_of
from tests.fakes.talking import TEXTS, make_dispatcher


async def ask_for_help(
    typed: str = "",
    *,
    name: str = "help",
    language: str = "en",
    specs: tuple[CommandSpec, ...] = SPECS,
    before_commands: str = "/",
) -> Sent:
    platform = FakePlatform(before_commands=before_commands)
    dispatcher = make_dispatcher([HelpCommands(specs).router], platform=platform)
    await dispatcher.dispatch(make_command(name, typed, language=language))
    (answer,) = platform.posts
    return answer


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_command_is_listed_once_to_the_caller_alone(language: str) -> None:
    answer = await ask_for_help(language=language)

    lines = words_of(answer.post).splitlines()
    assert answer.only_for == "mina"
    for spec in SPECS:
        meaning = TEXTS.get(language, f"command.{spec.name}")
        assert lines.count(f"/{spec.name}  — {meaning}") == 1
    assert sum(isinstance(block, Heading) for block in answer.post.blocks) == 5


async def test_what_is_not_there_is_not_listed() -> None:
    answer = await ask_for_help(specs=(HELP,))

    assert TEXTS.get("en", "command.digest") not in words_of(answer.post)


async def test_jubo_alone_is_help() -> None:
    assert (await ask_for_help(name="jubo")).post == (await ask_for_help()).post


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)
async def test_a_command_is_explained_with_its_options_and_an_example(
    spec: CommandSpec, language: str
) -> None:
    words = words_of((await ask_for_help(spec.name, language=language)).post)

    assert TEXTS.get(language, f"command.{spec.name}_usage") in words
    assert TEXTS.get(language, f"command.{spec.name}_example") in words
    for option in spec.options:
        assert TEXTS.get(language, f"option.{option.name}") in words
        for choice in option.choices:
            assert TEXTS.get(language, f"choice.{choice}") in words


@pytest.mark.parametrize("typed", ["/digest", "DIGEST"])
async def test_the_name_is_taken_as_people_write_it(typed: str) -> None:
    assert (await ask_for_help(typed)).post == (await ask_for_help("digest")).post


async def test_help_on_what_is_no_command_says_so() -> None:
    answer = await ask_for_help("dance")

    assert words_of(answer.post) == TEXTS.get("en", "command.unknown", name="dance")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("typed", ["", "help", "nonsense"])
async def test_commands_are_named_as_they_are_called_on_the_platform(
    language: str, typed: str
) -> None:
    answer = await ask_for_help(typed, language=language, before_commands="/jubo ")

    assert "/jubo help" in words_of(answer.post)
    assert "/help" not in words_of(answer.post)
