"""A connection to the local Slack, with a storage in memory behind it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.slack.client import open_clients
from adapters.slack.connection import SlackConnection
from adapters.slack.identity import WhoWeAre
from adapters.slack.lookups import SlackLookups
from bot.domain.models import ChannelId, MemberId, WorkspaceId
from bot.events import Event
from bot.ports import Intake
from bot.specs import CommandSpec, Option, Takes
from bot.texts import Texts
from tests.fakes.clock import FakeClock
from tests.fakes.inbox import MemoryInbox
from tests.fakes.platform import FakePlatform
from tests.fakes.workspaces import FakeWorkspaces
from tests.servers.slack_server import (
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    HTTP_APP,
    HTTP_BOT,
    HTTP_TOKEN,
    SIGNING_SECRET,
    SOCKET_APP,
    TEAM,
    SlackServer,
    until,
)

WORKSPACE = WorkspaceId(f"slack:{TEAM}")
SPECS = (
    CommandSpec(
        "digest",
        has_form=True,
        options=(
            Option("period", is_main=True),
            Option("style", takes=Takes.CHOICE, choices=("weekly", "daily"), default="daily"),
        ),
    ),
    CommandSpec("ask", options=(Option("question", is_main=True, is_required=True),)),
)


class GatedInbox(MemoryInbox):
    """Waits while its gate is closed; fails while `failure` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()
        self.failure: Exception | None = None
        self.puts = 0

    async def put(self, event: Event) -> bool:
        self.puts += 1
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return await super().put(event)


class NoHomes:
    async def find_home(self, member: MemberId) -> WorkspaceId | None:
        return None

    async def set_home(self, member: MemberId, workspace: WorkspaceId) -> None:
        return None

    async def keep_direct(self, channel: ChannelId, workspace: WorkspaceId) -> None:
        return None

    async def find_direct(self, channel: ChannelId) -> WorkspaceId | None:
        return None

    async def list_directs(self, workspace: WorkspaceId) -> tuple[()]:
        return ()


class NoSuggestions:
    async def suggest(self, *_: object, **__: object) -> tuple[()]:
        return ()


@dataclass
class Joined:
    """A connection as a test sees it: what came in, and how often it connected."""

    slack: SlackServer
    mode: str
    inbox: GatedInbox = field(default_factory=GatedInbox)
    connected: list[WorkspaceId] = field(default_factory=list)
    woken: int = 0
    url: str = ""

    @property
    def app(self) -> str:
        return SOCKET_APP if self.mode == "socket" else HTTP_APP

    @property
    def bot(self) -> str:
        return BOT if self.mode == "socket" else HTTP_BOT

    @property
    def events(self) -> Sequence[Event]:
        return self.inbox.events

    async def only_event(self) -> Event:
        """Return the one event there is, once a later one has followed it."""
        await until(lambda: self.events)
        await self.slack.command("/ask", "anything else?", app=self.app)
        await until(lambda: len(self.events) > 1)
        first, *others, last = self.events
        assert others == []
        assert getattr(last, "arguments", "") == "anything else?"
        return first

    def wake(self) -> None:
        self.woken += 1

    def intake(self) -> Intake:
        return Intake(
            inbox=self.inbox,
            reactions=self.inbox,
            workspaces=FakeWorkspaces(),
            homes=NoHomes(),
            clock=FakeClock(),
            texts=Texts.load(),
            language="en",
            specs=SPECS,
            suggests=NoSuggestions(),
            on_event=self.wake,
            on_connected=self.connected.append,
        )


@asynccontextmanager
async def open_connection(joined: Joined) -> AsyncIterator[SlackConnection]:
    """Prepare a connection of the mode's own app; the test runs it."""
    is_socket = joined.mode == "socket"
    token = BOT_TOKEN if is_socket else HTTP_TOKEN
    async with open_clients(token=token, api_url=joined.slack.api_url) as clients:
        me = WhoWeAre(clients.reading)
        listen = "" if is_socket else f"127.0.0.1:{_free_port()}"
        if listen:
            joined.url = f"http://{listen}/slack/events"
            await joined.slack.settings(bot_url=joined.url)
        yield SlackConnection(
            joined.intake(),
            clients,
            platform=FakePlatform(),
            lookups=SlackLookups(clients, me),
            me=me,
            app_token=APP_TOKEN if is_socket else "",
            signing_secret=SIGNING_SECRET,
            listen=listen,
        )


@asynccontextmanager
async def join(slack: SlackServer, mode: str) -> AsyncIterator[Joined]:
    """Run a connection until the test is over."""
    joined, stop = Joined(slack, mode), asyncio.Event()
    async with open_connection(joined) as connection, asyncio.TaskGroup() as group:
        group.create_task(connection.run(stop))
        await until(lambda: joined.connected)
        yield joined
        joined.inbox.gate.set()
        stop.set()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])
