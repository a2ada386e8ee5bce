"""The Discord adapter on the local Discord, with everything behind it in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from adapters.discord import open_discord
from adapters.discord.connection import DiscordConnection
from bot.domain.models import ChannelId, MemberId, Place, WorkspaceId
from bot.errors import StorageUnavailable
from bot.events import Event
from bot.ports import Intake
from bot.specs import Choice, CommandSpec, Option, Takes
from bot.texts import Texts
from tests.fakes.clock import FakeClock
from tests.fakes.inbox import MemoryInbox
from tests.fakes.workspaces import FakeWorkspaces
from tests.servers.discord_server import DiscordServer

WITHIN_S = 45.0  # on a busy machine

SPECS = (
    CommandSpec(
        "digest",
        (
            Option("period", is_main=True, is_suggested=True),
            Option("style", Takes.CHOICE, choices=("weekly", "daily")),
        ),
        has_form=True,
    ),
    CommandSpec(
        "save",
        (Option("addresses", is_main=True, is_long=True), Option("since", Takes.DAY)),
        has_form=True,
        is_private=True,
    ),
    CommandSpec(
        "ask", (Option("question", is_main=True, is_required=True, is_long=True),), has_form=True
    ),
    CommandSpec("links", (Option("words", is_main=True), Option("kind", Takes.CHOICE))),
)

_Event = TypeVar("_Event", bound=Event)


@dataclass
class MemoryHomes:
    homes: dict[MemberId, WorkspaceId] = field(default_factory=dict)
    directs: dict[ChannelId, WorkspaceId] = field(default_factory=dict)

    async def find_home(self, member: MemberId) -> WorkspaceId | None:
        return self.homes.get(member)

    async def set_home(self, member: MemberId, workspace: WorkspaceId) -> None:
        self.homes[member] = workspace

    async def keep_direct(self, channel: ChannelId, workspace: WorkspaceId) -> None:
        self.directs[channel] = workspace

    async def find_direct(self, channel: ChannelId) -> WorkspaceId | None:
        return self.directs.get(channel)

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[ChannelId]:
        return sorted(each for each, home in self.directs.items() if home == workspace)


@dataclass
class SlowInbox(MemoryInbox):
    """Its database takes its time, or is away."""

    delay_s: float = 0.0
    is_away: bool = False
    asked: int = 0

    def __post_init__(self) -> None:
        MemoryInbox.__init__(self)

    async def put(self, event: Event) -> bool:
        self.asked += 1
        if self.is_away:
            raise StorageUnavailable
        await asyncio.sleep(self.delay_s)
        return await super().put(event)


class SuggestsPeriods:
    def __init__(self, *, delay_s: float = 0.0) -> None:
        self.delay_s = delay_s

    async def suggest(
        self,
        command: str,
        option: str,
        typed: str,
        *,
        workspace: WorkspaceId,
        place: Place,
        member: MemberId,
        language: str,
    ) -> tuple[Choice, ...]:
        await asyncio.sleep(self.delay_s)
        return (Choice(f"{command} {option} {language}", typed),)


@dataclass
class Heard:
    """What came out of the adapter."""

    connection: DiscordConnection
    inbox: MemoryInbox
    homes: MemoryHomes
    workspaces: FakeWorkspaces
    running: asyncio.Task[None]
    connected: list[WorkspaceId] = field(default_factory=list)
    wakes: int = 0

    @property
    def events(self) -> list[Event]:
        return self.inbox.events

    def of(self, kind: type[_Event]) -> list[_Event]:
        return [each for each in self.events if isinstance(each, kind)]

    async def one(self, kind: type[_Event]) -> _Event:
        """Wait for an event of this kind, and see that it is the only one."""
        await until(lambda: bool(self.of(kind)))
        (found,) = self.of(kind)
        return found


async def until(is_so: Callable[[], bool], *, within_s: float = WITHIN_S) -> None:
    async with asyncio.timeout(within_s):
        while not is_so():  # noqa: ASYNC110 - a real server is waited for
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listening(
    server: DiscordServer,
    *,
    inbox: MemoryInbox | None = None,
    suggests: SuggestsPeriods | None = None,
    specs: Sequence[CommandSpec] = SPECS,
    token: str = "",
    workspaces: int = 2,
    within_s: float = WITHIN_S,
) -> AsyncIterator[Heard]:
    """Connect and wait until both guilds are there; at the end stop as the program does."""
    heard: Heard
    inbox = inbox or MemoryInbox()
    homes, spaces = MemoryHomes(), FakeWorkspaces()

    def wake() -> None:
        heard.wakes += 1

    intake = Intake(
        inbox=inbox,
        reactions=inbox,
        workspaces=spaces,
        homes=homes,
        clock=FakeClock(),
        texts=Texts.load(),
        language="en",
        specs=specs,
        suggests=suggests or SuggestsPeriods(),
        on_event=wake,
        on_connected=lambda workspace: heard.connected.append(workspace),
    )
    async with open_discord(
        token=token or server.token, api_url=server.rest, gateway_url=server.gateway, intake=intake
    ) as connection:
        stop = asyncio.Event()
        running = asyncio.create_task(connection.run(stop))
        heard = Heard(connection, inbox, homes, spaces, running)
        try:
            await until(
                lambda: running.done() or len(set(heard.connected)) >= workspaces, within_s=within_s
            )
            yield heard
        finally:
            stop.set()
            await running


async def answer_to(server: DiscordServer, interaction: dict[str, Any]) -> dict[str, Any]:
    """Wait for what the bot said first to an interaction."""
    async with asyncio.timeout(WITHIN_S):
        while True:
            answer = await server.do("interaction", id=interaction["id"])
            if answer["type"] is not None:
                return answer
            await asyncio.sleep(0.01)
