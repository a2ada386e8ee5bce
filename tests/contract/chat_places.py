"""A place on each chat platform, with what stands in it as its members see it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from adapters.slack.client import open_clients
from adapters.slack.identity import WhoWeAre
from adapters.slack.lookups import SlackLookups
from adapters.slack.platform import SlackPlatform
from adapters.web.hub import Hub
from adapters.web.platform import WebPlatform
from adapters.web.render import plain_text
from bot.domain.models import BOT as OURSELVES
from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.ports import ChatMessage, ChatPlatform, Target
from tests.adapters.discord.discord_listening import Heard, listening, until
from tests.fakes.chat_log import MemoryChatLog
from tests.fakes.clock import FakeClock
from tests.fakes.platform import FakePlatform, words_of
from tests.servers.discord_server import DiscordServer
from tests.servers.slack_server import (
    BOT,
    BOT_TOKEN,
    ELSEWHERE,
    GENERAL,
    MINA,
    TEAM,
    SlackServer,
)


@dataclass(frozen=True)
class Shown:
    """A message as a member sees it: `only_for` one, or for all; `below` another, or in sight."""

    words: str
    only_for: str | None = None
    below: str | None = None
    marks: tuple[str, ...] = ()


class ChatPlace(Protocol):
    """`gone` is no message of the place. `closed` is where we may not post, if there is such.

    `robot` is a program's account, ours where there is no other.
    """

    @property
    def platform(self) -> ChatPlatform: ...

    here: Target
    closed: Target | None
    gone: MessageId
    member: MemberId
    robot: MemberId

    async def say(self, text: str) -> MessageId:
        """Say something as the member."""

    async def shown(self) -> Sequence[Shown]:
        """Return what we said here or to the member, and what is marked, oldest first."""


class MemoryPlace:
    """The fake that services are tested with."""

    here = Target(LOCAL, Place(ChannelId("general")))
    closed: Target | None = None
    gone = MessageId("sent:nothing")
    member = MemberId("mina")
    robot = MemberId("robot")

    def __init__(self) -> None:
        self.platform = FakePlatform(robots={self.robot})

    async def say(self, text: str) -> MessageId:
        return MessageId(f"said:{text}")

    async def shown(self) -> Sequence[Shown]:
        return [
            Shown(
                words_of(sent.post),
                sent.only_for,
                sent.thread,
                tuple(self.platform.reactions.get(MessageId(f"sent:{key}"), ())),
            )
            for key, sent in self.platform.sent.items()
        ]


class WebPlace:
    here = Target(LOCAL, Place(ChannelId("reading")))
    closed: Target | None = None
    gone = MessageId("nothing")
    member = MemberId("mina")
    robot = OURSELVES

    def __init__(self) -> None:
        self.chat, self.clock = MemoryChatLog(), FakeClock()
        self.platform = WebPlatform(chat=self.chat, hub=Hub(), clock=self.clock)

    async def say(self, text: str) -> MessageId:
        said = MessageId(f"said-{text}")
        at = self.clock.now()
        await self.chat.append(
            ChatMessage(said, self.here.place, self.member, "Mina", at, text=text)
        )
        return said

    async def shown(self) -> Sequence[Shown]:
        return [
            Shown(
                plain_text(each.post),
                each.only_for,
                each.thread,
                tuple(emoji for emoji, _ in each.reactions),
            )
            for each in await self.chat.list_messages(self.here.place.channel, limit=99)
            if each.post
        ]


class SlackPlace:
    here = Target(WorkspaceId(f"slack:{TEAM}"), Place(ChannelId(GENERAL)))
    closed: Target | None = Target(WorkspaceId(f"slack:{TEAM}"), Place(ChannelId(ELSEWHERE)))
    gone = MessageId(f"{GENERAL}/1600000000.000100")
    member = MemberId(MINA)
    robot = MemberId(BOT)

    def __init__(self, slack: SlackServer, platform: SlackPlatform) -> None:
        self.slack, self.platform = slack, platform

    async def say(self, text: str) -> MessageId:
        return MessageId(f"{GENERAL}/{await self.slack.say(text)}")

    async def shown(self) -> Sequence[Shown]:
        return [
            Shown(
                each["text"],
                each.get("ephemeral_to"),
                f"{GENERAL}/{each['thread_ts']}" if "thread_ts" in each else None,
                tuple(mark["name"] for mark in each.get("reactions", ())),
            )
            for each in await self.slack.messages()
            if each.get("bot_id")
        ]


@dataclass
class DiscordPlace:
    """A channel of its own: the local Discord keeps what was said in earlier tests."""

    server: DiscordServer
    platform: ChatPlatform
    here: Target
    closed: Target | None
    gone: MessageId
    member: MemberId
    robot: MemberId
    since: datetime

    @classmethod
    async def open(cls, server: DiscordServer, heard: Heard) -> DiscordPlace:
        opened = await server.do("channel", name="contract")
        channel = ChannelId(str(opened["id"]))
        await until(lambda: heard.connection.client.get_channel(int(channel)) is not None)
        workspace = WorkspaceId(f"discord:{server.guild}")
        return cls(
            server,
            heard.connection.platform,
            here=Target(workspace, Place(channel)),
            closed=Target(workspace, Place(ChannelId("100000000000000777"))),
            gone=MessageId(f"{channel}/{int(channel) + 1}"),
            member=MemberId(server.users["alice"]),
            robot=MemberId(server.users["robot"]),
            since=datetime.now().astimezone(),
        )

    async def say(self, text: str) -> MessageId:
        channel = self.here.place.channel
        said = await self.server.do("message", channel=channel, user=self.member, content=text)
        return MessageId(f"{channel}/{said['id']}")

    async def shown(self) -> Sequence[Shown]:
        channel = self.here.place.channel
        direct = self.server.dms["alice"]
        found = [self._shown(each) for each in await self._read(channel)]
        for each in await self._read(channel):
            thread = await self._read(each["id"])  # it has its first message's id
            found += [self._shown(reply, f"{channel}/{each['id']}") for reply in thread]
        whispered = await self._read(direct)
        return [
            *(each for each in found if each is not None),
            *(Shown(each["content"], self.member) for each in whispered if self._is_new(each)),
        ]

    async def _read(self, channel: str) -> list[dict[str, Any]]:
        found = await self.server.read(f"/channels/{channel}/messages")
        return found[::-1] if isinstance(found, list) else []  # there is no such channel

    def _is_new(self, message: dict[str, Any]) -> bool:
        return datetime.fromisoformat(message["timestamp"]) >= self.since

    def _shown(self, message: dict[str, Any], below: str | None = None) -> Shown | None:
        if message["author"]["id"] != self.server.bot or message["type"] not in (0, 19):
            return None
        answered = message.get("message_reference")
        if answered:
            below = f"{answered['channel_id']}/{answered['message_id']}"
        marks = tuple(each["emoji"]["name"] for each in message.get("reactions", ()))
        return Shown(message["content"], None, below, marks)


@asynccontextmanager
async def open_slack_place(slack: SlackServer) -> AsyncIterator[SlackPlace]:
    async with open_clients(token=BOT_TOKEN, api_url=slack.api_url) as clients:
        lookups = SlackLookups(clients, WhoWeAre(clients.reading))
        yield SlackPlace(slack, SlackPlatform(clients, lookups))


@asynccontextmanager
async def open_discord_place(server: DiscordServer) -> AsyncIterator[DiscordPlace]:
    async with listening(server) as heard:
        yield await DiscordPlace.open(server, heard)
