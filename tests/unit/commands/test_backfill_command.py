"""`/save channel: since:` as a member sees it, and the button that ends it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.commands.backfilling import BackfillingCommands
from bot.commands.saving import SavingCommands
from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import LOCAL, ChannelId, LinkFilter, Place
from bot.domain.visibility import OPERATOR
from bot.events import Event
from bot.ports import Storage
from bot.services.saving import SavingService
from storage import open_storage
from tests.factories import GENERAL, NOON, make_command, make_press
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import make_dispatcher, make_posting


@dataclass
class Chat:
    storage: Storage
    platform: FakePlatform = field(default_factory=FakePlatform)

    def __post_init__(self) -> None:
        saving = SavingService(self.storage.links)
        readers = Readers(self.storage, FakePageFetcher(), FakeClock(NOON))
        self.service = readers.make_backfilling()
        backfilling = BackfillingCommands(self.service)
        commands = SavingCommands(
            saving,
            readers.reading,
            unread=readers.unread,
            pasting=readers.make_pasting(),
            noting=readers.make_noting(),
            backfilling=backfilling,
        )
        routers = [commands.router, backfilling.router]
        self._dispatcher = make_dispatcher(
            routers, platform=self.platform, workspaces=self.storage.workspaces
        )

    async def send(self, event: Event) -> str:
        """Return all that was said so far."""
        await self._dispatcher.dispatch(event)
        return self.platform.words

    async def send_while_running(self, event: Event) -> str:
        histories = {"local": FakeHistory([GENERAL])}
        self.service.connect(posting=make_posting(self.platform), histories=histories)
        return await self.send(event)

    async def backfills(self) -> list[Backfill]:
        return list(await self.storage.backfills.list_open())


@pytest.fixture
async def chat(tmp_path: Path) -> AsyncIterator[Chat]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield Chat(storage)


@pytest.mark.parametrize("channel", ["<#C0123|reading>", "C0123", "#C0123"])
async def test_a_channel_and_a_day_begin_it(chat: Chat, channel: str) -> None:
    words = await chat.send(make_command("save", f"channel:{channel} since:2024-10-01"))

    (backfill,) = await chat.backfills()
    assert backfill.place.channel == "C0123"
    assert backfill.since == datetime(2024, 9, 30, 15, tzinfo=UTC)  # midnight in Seoul
    assert (backfill.asked_in, backfill.member_name) == (GENERAL, "Mina")
    assert "from 2024-10-01 on" in words
    assert all(sent.only_for == "mina" for sent in chat.platform.posts)


async def test_a_channel_alone_means_the_last_thirty_days(chat: Chat) -> None:
    await chat.send(make_command("save", "channel:C0123"))

    (backfill,) = await chat.backfills()
    assert backfill.since == NOON - timedelta(days=30)


async def test_a_day_alone_means_this_channel(chat: Chat) -> None:
    await chat.send(make_command("save", "since:2024-10-01"))

    (backfill,) = await chat.backfills()
    assert backfill.place.channel == GENERAL.channel


async def test_a_day_alone_in_a_direct_message_asks_for_the_channel(chat: Chat) -> None:
    direct = Place(ChannelId("direct"), is_private=True, is_direct=True)

    words = await chat.send(make_command("save", "since:2024-10-01", place=direct))

    assert "Which channel?" in words
    assert await chat.backfills() == []


async def test_addresses_and_a_channel_are_both_done(chat: Chat) -> None:
    await chat.send(make_command("save", "https://one.example/ channel:C0123"))

    links = await chat.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    assert len(links) == 1
    assert len(await chat.backfills()) == 1


async def test_the_same_call_again_begins_nothing_new(chat: Chat) -> None:
    await chat.send(make_command("save", "channel:C0123"))
    await chat.send(make_command("save", "channel:C0123"))

    assert len(await chat.backfills()) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("channel:C0123 since:2031-01-01", "still to come"),
        ("channel:C0123 since:soon", "soon"),
        ("channel:?! since:2024-10-01", "not a channel"),
        ("chanel:C0123", "I do not know"),
    ],
)
async def test_what_cannot_be_meant_is_said(chat: Chat, arguments: str, sentence: str) -> None:
    words = await chat.send(make_command("save", arguments))

    assert sentence in words
    assert await chat.backfills() == []


async def test_a_second_one_of_a_channel_is_refused_until_the_first_is_stopped(chat: Chat) -> None:
    await chat.send(make_command("save", "channel:C0123"))
    refused = await chat.send(make_command("save", "channel:C0123", event="second"))
    (first,) = await chat.backfills()

    await chat.send(make_press("backfill", f"stop {first.id}"))
    ended = await chat.send(make_press("backfill", f"stop {first.id}", event="press-2"))
    await chat.send(make_command("save", "channel:C0123", event="third"))

    assert "already" in refused
    assert "I stop after" in ended
    assert "has ended already" in ended
    stopped = await chat.storage.backfills.get(LOCAL, first.id)
    assert stopped.state is BackfillState.STOPPED
    assert len(await chat.backfills()) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("#reading", "no channel “reading”"), ("<#C0123|reading>", "Invite me to it")],
)
async def test_a_channel_that_is_not_found_is_refused_to_who_asks_alone(
    chat: Chat, typed: str, sentence: str
) -> None:
    words = await chat.send_while_running(make_command("save", f"channel:{typed}"))

    assert sentence in words
    assert ("Choose the channel from the list" in words) is typed.startswith("#")
    assert all(sent.only_for == "mina" for sent in chat.platform.posts)
    assert await chat.backfills() == []


async def test_a_channel_that_was_chosen_is_not_to_be_chosen_again(chat: Chat) -> None:
    command = replace(make_command("save"), options=(("channel", "C0123"),))

    words = await chat.send_while_running(command)

    assert "Invite me to it" in words
    assert "from the list" not in words


async def test_a_button_of_another_kind_or_time_is_answered(chat: Chat) -> None:
    words = await chat.send(make_press("backfill", "stop unknown"))

    assert "older version" in words or "command again" in words
