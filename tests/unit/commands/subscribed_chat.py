"""A chat with /subscribe and /subscriptions over a real store, for the tests of both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.commands.subscribing import SubscribingCommands
from bot.commands.subscription_views import PRESS
from bot.domain.digests import Chart
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.domain.subscriptions import Subscription
from bot.events import CommandCalled
from bot.ports import DeliveryStore
from bot.posts import Button, Buttons, Post
from bot.services.digesting import DigestingService
from bot.services.sources import SourceChecker
from bot.services.subscribing import SubscribingService
from storage import SqlStorage, open_storage
from tests.factories import GENERAL, NOON, make_archive, make_command, make_entry, make_press
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.fakes.platform import FakePlatform, Sent
from tests.fakes.talking import TEXTS, make_dispatcher

ELSEWHERE = Place(ChannelId("elsewhere"), is_private=True)


class Charts:
    """The port `ChartDrawer`: a picture that names what it shows."""

    def draw(self, chart: Chart) -> bytes:
        return chart.name.encode()


@dataclass
class Chat:
    """A channel with the commands; each call and press is answered by the posts it led to."""

    storage: SqlStorage
    platform: FakePlatform = field(default_factory=FakePlatform)
    history: FakeHistory = field(default_factory=FakeHistory)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    acts: int = 0

    def __post_init__(self) -> None:
        storage = self.storage
        self.subscribing = SubscribingService(
            storage.subscriptions, storage.deliveries, storage.jobs, clock=self.clock
        )
        commands = SubscribingCommands(
            self.subscribing,
            SourceChecker({"local": self.history}),
            DigestingService(storage.links, storage.notes, storage.signals, texts=TEXTS),
            Charts(),
        )
        self._dispatcher = make_dispatcher([commands.router], platform=self.platform)

    @property
    def deliveries(self) -> DeliveryStore:
        return self.storage.deliveries

    async def call(
        self,
        name: str,
        arguments: str = "",
        *,
        place: Place = GENERAL,
        language: str = "en",
        member: str = "Mina",
        options: tuple[tuple[str, str], ...] = (),
    ) -> list[Sent]:
        self.acts += 1
        command = make_command(
            name, arguments, event=f"call-{self.acts}", place=place, language=language
        )
        command = replace(
            command,
            member=MemberId(member.lower()),
            member_name=member,
            options=options,
            at=self.clock.now(),
        )
        return await self.dispatch(command)

    async def dispatch(self, command: CommandCalled) -> list[Sent]:
        known = len(self.platform.posts)
        await self._dispatcher.dispatch(command)
        return self.platform.posts[known:]

    async def press(
        self, value: str, *, member: str = "Alice", place: Place = GENERAL, event: str = ""
    ) -> list[Sent]:
        self.acts += 1
        press = make_press(PRESS, value, event=event or f"press-{self.acts}")
        press = replace(
            press,
            place=place,
            member=MemberId(member.lower()),
            member_name=member,
            at=self.clock.now(),
        )
        known = len(self.platform.posts)
        await self._dispatcher.dispatch(press)
        return self.platform.posts[known:]

    async def press_once(self, value: str, *, member: str = "Alice") -> Sent:
        answer, *replies = await self.press(value, member=member)
        assert all(reply.only_for == answer.only_for for reply in replies)
        return answer

    async def kept(self) -> list[Subscription]:
        return list(await self.storage.subscriptions.list_subscriptions(LOCAL))

    async def only(self) -> Subscription:
        (subscription,) = await self.kept()
        return subscription

    async def clear(self) -> None:
        for each in await self.kept():
            await self.storage.subscriptions.remove(LOCAL, each.id)


@asynccontextmanager
async def open_chat(folder: Path) -> AsyncIterator[Chat]:
    """Open a chat where one link was saved today."""
    async with open_storage(f"sqlite:///{folder / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        fresh = make_entry("https://fresh.example/", "It is new.", title="Fresh bread")
        await storage.archives.import_archive(LOCAL, make_archive(fresh))
        yield Chat(storage)


def buttons_of(post: Post) -> list[Button]:
    return [
        button for block in post.blocks if isinstance(block, Buttons) for button in block.buttons
    ]


def button_of(post: Post, label: str) -> Button:
    return next(each for each in buttons_of(post) if each.label == label)
