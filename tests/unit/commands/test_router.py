"""Events find their handlers, and people hear of it when that fails."""

from __future__ import annotations

import pytest

from bot.commands.conversation import Conversation
from bot.commands.router import Dispatcher, Router
from bot.errors import TransientError
from bot.events import CommandCalled
from bot.texts import Texts
from tests.factories import make_command
from tests.fakes.platform import FakePlatform


async def begin_and_fail(event: CommandCalled, talk: Conversation) -> None:
    await talk.say_quietly("save.no_link")
    raise TransientError


async def test_giving_up_is_told_also_when_the_tries_before_said_something() -> None:
    platform = FakePlatform()
    router = Router(commands={"try": begin_and_fail})
    dispatcher = Dispatcher([router], platform=platform, texts=Texts.load())
    event = make_command("try")
    for _ in range(2):
        with pytest.raises(TransientError):
            await dispatcher.dispatch(event, language="en")

    await dispatcher.give_up(event, language="en")
    await dispatcher.give_up(event, language="en")

    assert len(platform.posts) == 2  # what the tries said, once, and that it did not work
    assert Texts.load().get("en", "error.try_again") in platform.words
