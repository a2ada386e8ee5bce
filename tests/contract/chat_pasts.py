"""A channel with a past on each chat platform: members and programs speak and react in it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Protocol

from adapters.discord import limits as discord_limits
from adapters.discord.history import DiscordHistory
from adapters.slack import history as slack_history
from adapters.slack.client import SlackClients, open_clients
from adapters.slack.emoji_names import name_of
from adapters.slack.history import SlackHistory
from adapters.slack.identity import WhoWeAre
from bot.domain.emoji import bare_emoji
from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.ports import ChatHistory, MemberReaction, PastMessage
from tests.adapters.discord.discord_listening import Heard, listening, until
from tests.fakes.clock import FakeClock
from tests.fakes.history import FakeHistory
from tests.servers.discord_server import DiscordServer
from tests.servers.slack_server import (
    ALICE,
    BOT_TOKEN,
    ELSEWHERE,
    GENERAL,
    MINA,
    PRIVATE,
    TEAM,
    SlackServer,
)

DIRECT = Place(ChannelId("direct"), is_private=True, is_direct=True)


class ChatPast(Protocol):
    """`two` members are in the channel. `closed` and `private`: None where there is no such."""

    workspace: WorkspaceId
    place: Place
    private: Place | None
    closed: Place | None
    two: tuple[MemberId, MemberId]
    more_than_a_page: int

    def open_history(self) -> ChatHistory:
        """Return one that remembers nothing, as after a restart."""

    async def say(
        self, text: str, *, by: MemberId, below: MessageId | None = None
    ) -> MessageId: ...

    async def say_as_robot(self, text: str) -> None: ...

    async def say_privately(self, text: str) -> Place:
        """Write to us alone, so that we hear it; return where."""

    async def edit(self, message: MessageId, text: str, *, by: MemberId) -> None: ...

    async def delete(self, message: MessageId, *, by: MemberId) -> None: ...

    async def react(self, message: MessageId, emoji: str, *, by: MemberId) -> None: ...


class MemoryPast:
    workspace = LOCAL
    place = Place(ChannelId("general"))
    private: Place | None = None
    closed: Place | None = None
    two = (MemberId("mina"), MemberId("alice"))
    more_than_a_page = 5

    def __init__(self) -> None:
        self._clock = FakeClock()
        self._said: list[PastMessage] = []
        self._said_privately: list[PastMessage] = []

    def open_history(self) -> ChatHistory:
        said = {self.place.channel: self._said, DIRECT.channel: self._said_privately}
        directs = [DIRECT] if self._said_privately else []
        return FakeHistory(places=[self.place], directs=directs, messages=said)

    async def say(self, text: str, *, by: MemberId, below: MessageId | None = None) -> MessageId:
        return self._keep(PastMessage(self._next, by, text, self._clock.now(), thread=below))

    async def say_as_robot(self, text: str) -> None:
        robot = MemberId("robot")
        self._keep(PastMessage(self._next, robot, text, self._clock.now(), is_from_bot=True))

    async def say_privately(self, text: str) -> Place:
        mina, _ = self.two
        said = PastMessage(MessageId("direct/1"), mina, text, self._clock.now(), is_for_bot=True)
        self._said_privately.append(said)
        return DIRECT

    async def edit(self, message: MessageId, text: str, *, by: MemberId) -> None:
        del by
        (at,) = [number for number, each in enumerate(self._said) if each.id == message]
        self._said[at] = replace(self._said[at], text=text, edited_at=self._clock.now())

    async def delete(self, message: MessageId, *, by: MemberId) -> None:
        del by
        self._said[:] = [each for each in self._said if each.id != message]

    async def react(self, message: MessageId, emoji: str, *, by: MemberId) -> None:
        (at,) = [number for number, each in enumerate(self._said) if each.id == message]
        added = MemberReaction(bare_emoji(emoji), by)
        known = self._said[at]
        self._said[at] = replace(known, reactions=(*known.reactions, added))

    @property
    def _next(self) -> MessageId:
        return MessageId(f"general/{len(self._said)}")

    def _keep(self, message: PastMessage) -> MessageId:
        self._said.append(message)
        return message.id


class SlackPast:
    workspace = WorkspaceId(f"slack:{TEAM}")
    place = Place(ChannelId(GENERAL))
    private: Place | None = Place(ChannelId(PRIVATE), is_private=True)
    closed: Place | None = Place(ChannelId(ELSEWHERE))
    two = (MemberId(MINA), MemberId(ALICE))
    more_than_a_page = slack_history.PAGE + 5

    def __init__(self, slack: SlackServer, clients: SlackClients) -> None:
        self._slack, self._clients = slack, clients

    def open_history(self) -> ChatHistory:
        return SlackHistory(self._clients.reading, WhoWeAre(self._clients.reading))

    async def say(self, text: str, *, by: MemberId, below: MessageId | None = None) -> MessageId:
        thread = below.partition("/")[2] if below else None
        return MessageId(f"{GENERAL}/{await self._slack.say(text, by=by, thread=thread)}")

    async def say_as_robot(self, text: str) -> None:
        await self._clients.posting.chat_postMessage(channel=GENERAL, text=text)

    async def say_privately(self, text: str) -> Place:
        channel = await self._slack.open_direct(MINA)
        await self._slack.say(text, by=MINA, channel=channel)
        return Place(ChannelId(channel), is_private=True, is_direct=True)

    async def edit(self, message: MessageId, text: str, *, by: MemberId) -> None:
        await self._slack.edit(message.partition("/")[2], text, by=by)

    async def delete(self, message: MessageId, *, by: MemberId) -> None:
        await self._slack.delete(message.partition("/")[2], by=by)

    async def react(self, message: MessageId, emoji: str, *, by: MemberId) -> None:
        await self._slack.react(message.partition("/")[2], name_of(emoji), by=by)


class DiscordPast:
    """A channel of its own: the local Discord keeps what was said in earlier tests."""

    more_than_a_page = discord_limits.HISTORY_PAGE + 5

    def __init__(self, server: DiscordServer, heard: Heard, channel: str) -> None:
        self._server, self._heard = server, heard
        self._threads: dict[MessageId, str] = {}
        self.workspace = WorkspaceId(f"discord:{server.guild}")
        self.place = Place(ChannelId(channel))
        secret = ChannelId(server.channels["secret"])
        self.private: Place | None = Place(secret, is_private=True)
        self.closed: Place | None = Place(ChannelId(server.channels["second"]))
        self.two = (MemberId(server.users["alice"]), MemberId(server.users["bob"]))

    def open_history(self) -> ChatHistory:
        return DiscordHistory(self._heard.connection.client, self._heard.homes)

    async def say(self, text: str, *, by: MemberId, below: MessageId | None = None) -> MessageId:
        channel: str = await self._thread_of(below) if below else self.place.channel
        said = await self._server.do("message", channel=channel, user=by, content=text)
        return MessageId(f"{channel}/{said['id']}")

    async def say_as_robot(self, text: str) -> None:
        await self.say(text, by=MemberId(self._server.users["robot"]))

    async def say_privately(self, text: str) -> Place:
        alice, direct = self._server.users["alice"], self._server.dms["alice"]
        self._heard.homes.homes[MemberId(alice)] = self.workspace
        await self._server.do("message", channel=direct, user=alice, content=text)
        await until(lambda: bool(self._heard.homes.directs))
        return Place(ChannelId(direct), is_private=True, is_direct=True)

    async def edit(self, message: MessageId, text: str, *, by: MemberId) -> None:
        del by  # Discord lets nobody edit for others
        channel, _, number = message.partition("/")
        await self._server.do("edit", channel=channel, message=number, content=text)

    async def delete(self, message: MessageId, *, by: MemberId) -> None:
        del by
        channel, _, number = message.partition("/")
        await self._server.do("delete", channel=channel, message=number)

    async def react(self, message: MessageId, emoji: str, *, by: MemberId) -> None:
        channel, _, number = message.partition("/")
        await self._server.do("react", channel=channel, message=number, user=by, emoji=emoji)

    async def _thread_of(self, message: MessageId) -> str:
        if message not in self._threads:
            channel, _, number = message.partition("/")
            opened = await self._server.do("thread", channel=channel, message=number)
            self._threads[message] = str(opened["id"])
        return self._threads[message]


@asynccontextmanager
async def open_slack_past(slack: SlackServer) -> AsyncIterator[SlackPast]:
    async with open_clients(token=BOT_TOKEN, api_url=slack.api_url) as clients:
        yield SlackPast(slack, clients)


@asynccontextmanager
async def open_discord_past(server: DiscordServer) -> AsyncIterator[DiscordPast]:
    async with listening(server) as heard:
        channel = str((await server.do("channel", name="past"))["id"])
        await until(lambda: heard.connection.client.get_channel(int(channel)) is not None)
        yield DiscordPast(server, heard, channel)
