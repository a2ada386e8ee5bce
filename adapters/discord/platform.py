"""Discord as the core sees it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import aiohttp

from adapters.discord import render
from adapters.discord.client import DiscordClient
from adapters.discord.limits import RATES
from adapters.discord.reacting import Reactor
from adapters.discord.sending import Sender
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.events import Event, SharedFile
from bot.ports import ChatPlatform, Piece, Rates, Target
from bot.posts import Post
from bot.texts import Texts


class Lookups(Protocol):
    """What an event means: see `ChatPlatform`, whose methods these are."""

    async def complete(self, event: Event) -> Event | None: ...

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]: ...

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes: ...


class DiscordPlatform(ChatPlatform):
    """`client` must be logged in before anything is sent.

    `answers`: see `requests.open_answers`.
    """

    def __init__(
        self,
        client: DiscordClient,
        lookups: Lookups,
        *,
        texts: Texts,
        answers: aiohttp.ClientSession,
    ) -> None:
        self._lookups = lookups
        self._sender = Sender(client, texts, answers=answers)
        self._reactor = Reactor(client)

    @property
    def rates(self) -> Rates:
        return RATES

    def split(self, post: Post) -> Sequence[Piece]:
        return render.split(post)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        return await self._sender.send(target, piece, key=key)

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        return await self._sender.find(target, piece, key=key, since=since)

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        await self._sender.edit(target, message, render.message_of(render.split(post)[0]))

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._reactor.add(message, emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._reactor.remove(message, emoji)

    async def complete(self, event: Event) -> Event | None:
        return await self._lookups.complete(event)

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        return await self._lookups.list_private_channels(workspace, member)

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        return await self._lookups.fetch_file(workspace, file)
