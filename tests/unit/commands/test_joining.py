"""The bot says hello where it was let in, once."""

from __future__ import annotations

import pytest

from bot.commands.joining import JoiningGreeting
from bot.domain.emoji import SaveEmoji
from bot.domain.models import LOCAL, ChannelId, Place
from bot.domain.settings import WorkspaceSettings
from bot.events import ChannelJoined
from bot.texts import LANGUAGES
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.platform import FakePlatform
from tests.fakes.talking import TEXTS, make_dispatcher
from tests.fakes.workspaces import FakeWorkspaces


def make_joining(event: str = "join-1", *, place: Place = GENERAL) -> ChannelJoined:
    return ChannelJoined(id=event, workspace=LOCAL, place=place, member=MINA, at=NOON)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_it_says_how_to_begin_with_the_emoji_of_the_workspace(language: str) -> None:
    platform = FakePlatform()
    workspaces = FakeWorkspaces({LOCAL: WorkspaceSettings(emoji=SaveEmoji(bookmark="⭐"))})
    dispatcher = make_dispatcher(
        [JoiningGreeting().router], platform=platform, workspaces=workspaces, language=language
    )

    await dispatcher.dispatch(make_joining())

    assert platform.words == TEXTS.get(language, "join.hello", bookmark="⭐")


async def test_a_channel_hears_it_once() -> None:
    platform = FakePlatform()
    dispatcher = make_dispatcher([JoiningGreeting().router], platform=platform)

    await dispatcher.dispatch(make_joining())
    await dispatcher.dispatch(make_joining("join-2"))
    await dispatcher.dispatch(make_joining("join-3", place=Place(ChannelId("random"))))

    assert [sent.place.channel for sent in platform.posts] == ["general", "random"]
