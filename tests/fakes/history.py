"""A channel's past in memory, read page by page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.models import ChannelId, MessageId, Place, WorkspaceId
from bot.errors import BotError, MessageGone
from bot.ports import HistoryPage, MemberReaction, PastMessage


@dataclass
class FakeHistory:
    """`fails`: what the next reads raise, by channel. The cursor is how many were read.

    `on_read` and `on_look` are called in every read of a page and look at a message, with its
    number, from 1, while what it showed is on its way.
    """

    places: list[Place] = field(default_factory=list)
    directs: list[Place] = field(default_factory=list)
    messages: dict[ChannelId, list[PastMessage]] = field(default_factory=dict)
    page_size: int = 2
    fails: dict[ChannelId, list[BotError]] = field(default_factory=dict)
    reads: list[tuple[ChannelId, datetime, str]] = field(default_factory=list)
    looks: list[MessageId] = field(default_factory=list)
    on_read: Callable[[int], Awaitable[None]] | None = None
    on_look: Callable[[int], Awaitable[None]] | None = None

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        return self.places

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[Place]:
        return self.directs

    async def read(
        self,
        workspace: WorkspaceId,
        place: Place,
        *,
        since: datetime,
        cursor: str = "",
        wanted: Callable[[str], bool] | None = None,
    ) -> HistoryPage:
        self.reads.append((place.channel, since, cursor))
        known = [each for each in self.messages.get(place.channel, []) if each.at >= since]
        if self.on_read is not None:
            await self.on_read(len(self.reads))
        if self.fails.get(place.channel):
            raise self.fails[place.channel].pop(0)
        begin = int(cursor or 0)
        end = begin + self.page_size
        rest = str(end) if end < len(known) else ""
        return HistoryPage(tuple(known[begin:end]), rest)

    async def list_reactions(
        self,
        workspace: WorkspaceId,
        message: MessageId,
        *,
        wanted: Callable[[str], bool] | None = None,
    ) -> Sequence[MemberReaction]:
        self.looks.append(message)
        said = (each for channel in self.messages.values() for each in channel)
        reactions = next((each.reactions for each in said if each.id == message), None)
        if self.on_look is not None:
            await self.on_look(len(self.looks))
        if reactions is None:
            raise MessageGone
        return reactions
