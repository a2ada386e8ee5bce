"""A platform each of whose calls ends in time: one that hangs is one that failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import SendUnsure, TransientError
from bot.events import Event, SharedFile
from bot.ports import ChatPlatform, Piece, Rates, Target
from bot.posts import Post


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. Adapters may wait for a limit of the platform while they read or mark."""

    send_s: float = 30.0  # a picture takes a while
    # Nobody waits for what a clock ordered, but whoever goes on with it waits until no request can
    # arrive any more. Long enough for Slack's three calls that a picture takes.
    scheduled_s: float = 10.0
    mark_s: float = 60.0
    look_s: float = 60.0
    load_s: float = 120.0


class PunctualPlatform(ChatPlatform):
    """What takes too long is a `TransientError`, or `SendUnsure` where it may have arrived."""

    def __init__(self, platform: ChatPlatform, deadlines: Deadlines) -> None:
        self._platform = platform
        self._deadlines = deadlines

    @property
    def rates(self) -> Rates:
        return self._platform.rates

    @property
    def where(self) -> str:
        return self._platform.where

    @property
    def rewrites_answers(self) -> bool:
        return self._platform.rewrites_answers

    def split(self, post: Post) -> Sequence[Piece]:
        return self._platform.split(post)

    def call_of(self, command: str) -> str:
        return self._platform.call_of(command)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        try:
            async with asyncio.timeout(self._deadlines.send_s):
                return await self._platform.send(target, piece, key=key)
        except TimeoutError as error:
            raise SendUnsure(str(error)) from error

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        async with _within(self._deadlines.look_s):
            return await self._platform.find_sent(target, piece, key=key, since=since)

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        async with _within(self._deadlines.send_s):
            await self._platform.edit(target, message, post)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        async with _within(self._deadlines.mark_s):
            await self._platform.react(place, message, emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        async with _within(self._deadlines.mark_s):
            await self._platform.unreact(place, message, emoji)

    async def complete(self, event: Event) -> Event | None:
        async with _within(self._deadlines.look_s):
            return await self._platform.complete(event)

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        async with _within(self._deadlines.look_s):
            return await self._platform.list_private_channels(workspace, member)

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        async with _within(self._deadlines.load_s):
            return await self._platform.fetch_file(workspace, file)


@asynccontextmanager
async def _within(seconds: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError as error:
        raise TransientError(f"no answer within {seconds:g} s") from error
