"""/help lists what can be typed, from the table that routes it."""

from __future__ import annotations

import pytest

from bot.commands.helping import HelpCommands
from bot.commands.router import Dispatcher
from bot.texts import LANGUAGES, Texts
from tests.factories import make_command
from tests.fakes.platform import FakePlatform


@pytest.mark.parametrize("language", LANGUAGES)
async def test_help_shows_every_command_and_itself_to_its_caller_alone(language: str) -> None:
    platform, texts = FakePlatform(), Texts.load()
    commands = HelpCommands(["save", "digest"])
    dispatcher = Dispatcher([commands.router], platform=platform, texts=texts)

    await dispatcher.dispatch(make_command("help", language=language), language="en")

    (answer,) = platform.posts
    assert answer.only_for == "mina"
    for name in ("save", "digest", "help"):
        assert texts.get(language, f"command.{name}_usage") in platform.words
        assert texts.get(language, f"command.{name}") in platform.words
    assert texts.get(language, "command.links_usage") not in platform.words
