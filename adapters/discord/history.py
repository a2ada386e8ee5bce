"""What was said and reacted with while nobody listened."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import discord
from discord.utils import time_snowflake

from adapters.discord import limits
from adapters.discord.client import DiscordClient
from adapters.discord.events import answered_by, is_to_us
from adapters.discord.faults import reading
from adapters.discord.places import guild_of, locate, message_id, split_id
from adapters.discord.reaction_events import emoji_of
from adapters.discord.words import addressed, shared_files, whole
from bot.domain.emoji import bare_emoji
from bot.domain.models import MemberId, MessageId, Place, WorkspaceId
from bot.errors import MessageGone, PlaceClosed
from bot.ports import HistoryPage, HomeStore, MemberReaction, PastMessage

LISTED_FOR_S = 60.0
# What is said in an archived thread opens it again, so there is something new only in those that
# Discord archived since: after a week of silence at most.
ARCHIVED_LATELY = timedelta(days=30)

# What holds messages, or threads.
_HOLDING = (discord.TextChannel, discord.VoiceChannel, discord.StageChannel, discord.ForumChannel)
_READ = discord.Permissions(view_channel=True, read_message_history=True)

Wanted: TypeAlias = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Cursor:
    """How far reading is: up to a message of a channel, then of each of its threads by id.

    Ids only grow, so it holds as long as anybody likes.
    """

    channel: int
    after: int

    @classmethod
    def parse(cls, text: str, *, channel: int, since: int) -> _Cursor:
        return cls(*json.loads(text)) if text else cls(channel, since)

    def __str__(self) -> str:
        return json.dumps([self.channel, self.after])


class DiscordHistory:
    """Direct messages are known from where we were spoken to: Discord lists no bot's."""

    def __init__(self, client: DiscordClient, homes: HomeStore) -> None:
        self._client = client
        self._homes = homes
        self._threads: dict[tuple[int, int], tuple[float, list[int]]] = {}

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        guild = await self._client.find_guild(guild_of(workspace))
        if guild is None:
            return ()
        held = [each for each in guild.channels if isinstance(each, _HOLDING)]
        with reading():
            us = guild.get_member(self._me) or await guild.fetch_member(self._me)
        readable: list[Any] = [each for each in held if each.permissions_for(us) >= _READ]
        with reading():
            readable += [each async for each in _private_threads(guild, readable)]
        return [locate(each).place for each in sorted(readable, key=lambda each: each.id)]

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[Place]:
        channels = await self._homes.list_directs(workspace)
        return [Place(each, is_private=True, is_direct=True) for each in channels]

    async def read(
        self,
        workspace: WorkspaceId,
        place: Place,
        *,
        since: datetime,
        cursor: str = "",
        wanted: Wanted | None = None,
    ) -> HistoryPage:
        """Return a page of the channel, or of one of its public threads."""
        await self._client.wait_until_logged_in()
        # One less: what was said in the very millisecond of `since` belongs to it.
        start = max(0, time_snowflake(since) - 1)
        here = int(place.channel)
        channel = await self._channel(here)
        if not _is_in(workspace, channel, is_direct=place.is_direct):
            raise PlaceClosed("discord.cannot_read")
        at = _Cursor.parse(cursor, channel=here, since=start)
        spot = channel if at.channel == here else await self._find(at.channel)
        found = await self._page(spot, at.after) if spot is not None else []
        messages = [await self._past(each, wanted) for each in found if _counts(each)]
        if len(found) == limits.HISTORY_PAGE:
            return HistoryPage(tuple(messages), str(_Cursor(at.channel, found[-1].id)))
        following = await self._next_thread(channel, past=at.channel, start=start)
        ahead = str(_Cursor(following, start)) if following else ""
        return HistoryPage(tuple(messages), ahead)

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId, *, wanted: Wanted | None = None
    ) -> Sequence[MemberReaction]:
        del workspace  # a message's id is nobody else's
        channel, number = split_id(message)
        with reading():
            shown = await self._client.get_partial_messageable(channel).fetch_message(number)
        return [each async for each in _reactions(shown, wanted)]

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    async def _channel(self, channel: int) -> Any:
        found = self._client.get_channel(channel)
        if found is not None:
            return found
        try:
            with reading():
                return await self._client.fetch_channel(channel)
        except MessageGone as error:
            raise PlaceClosed("discord.cannot_read") from error

    async def _find(self, thread: int) -> Any:
        """Return a thread, None if it was deleted meanwhile."""
        try:
            return await self._channel(thread)
        except PlaceClosed:
            return None

    async def _page(self, channel: Any, after: int) -> list[discord.Message]:
        """Return what follows, oldest first; forums hold nothing but threads."""
        if isinstance(channel, discord.ForumChannel):
            return []
        with reading():
            page = channel.history(limit=limits.HISTORY_PAGE, after=discord.Object(after))
            # The library turns a page around without looking: no order is promised with `after`.
            return sorted([each async for each in page], key=lambda each: each.id)

    async def _next_thread(self, channel: Any, *, past: int, start: int) -> int | None:
        """Return the next thread by id in which something may have been said since the start."""
        until, found = self._threads.get((channel.id, start), (0.0, []))
        # A thread that is opened meanwhile need not be found: what is said in it now is heard.
        if time.monotonic() > until or past == channel.id:
            with reading():
                found = sorted([each.id async for each in _threads(channel, start)])
            self._threads = {(channel.id, start): (time.monotonic() + LISTED_FOR_S, found)}
        done = 0 if past == channel.id else past
        return next((each for each in found if each > done), None)

    async def _past(self, message: discord.Message, wanted: Wanted | None) -> PastMessage:
        is_from_bot = message.author.bot or message.webhook_id is not None
        is_for_bot = not is_from_bot and is_to_us(message, me=self._me)
        return PastMessage(
            id=message_id(message.channel.id, message.id),
            member=MemberId(str(message.author.id)),
            member_name=message.author.display_name,
            text=addressed(message, self._me) if is_for_bot else whole(message),
            at=message.created_at,
            is_from_bot=is_from_bot,
            is_for_bot=is_for_bot,
            thread=locate(message.channel).thread,
            reactions=tuple([each async for each in _reactions(message, wanted)]),
            files=shared_files(message),
            edited_at=message.edited_at,
            answers=answered_by(message, me=self._me),
        )


def _is_in(workspace: WorkspaceId, channel: Any, *, is_direct: bool) -> bool:
    if isinstance(channel, discord.DMChannel):
        return is_direct
    return not is_direct and channel.guild.id == guild_of(workspace)


def _counts(message: discord.Message) -> bool:
    """Tell whether somebody said it: the line that opens a thread repeats its first message."""
    is_repeat = message.type is discord.MessageType.thread_starter_message
    return not message.is_system() and not is_repeat


async def _threads(channel: Any, start: int) -> AsyncIterator[discord.Thread]:
    """Yield the public threads that may hold something said since the start, in any order."""
    if not isinstance(channel, discord.TextChannel | discord.ForumChannel):
        return
    for thread in await channel.guild.active_threads():
        is_here = thread.parent_id == channel.id and not thread.is_private()
        if is_here and (thread.last_message_id or start + 1) > start:
            yield thread
    since = discord.utils.snowflake_time(start)
    with suppress(discord.NotFound):  # a server that stands in for Discord may not list them
        async for thread in channel.archived_threads(limit=None):
            # Newest first, and whatever is said in an archived thread opens it.
            if thread.archive_timestamp < since:
                return
            yield thread


async def _private_threads(
    guild: discord.Guild, channels: Sequence[Any]
) -> AsyncIterator[discord.Thread]:
    """Yield those that we are in and that may hold something new; only text channels have them."""
    known = {each.id for each in channels}
    for thread in await guild.active_threads():
        if thread.is_private() and thread.parent_id in known:
            yield thread
    for channel in channels:
        if channel.type is not discord.ChannelType.text:
            continue
        # A server that stands in for Discord may not list them.
        with suppress(discord.NotFound, discord.Forbidden):
            async for thread in channel.archived_threads(private=True, joined=True):
                if thread.archive_timestamp > discord.utils.utcnow() - ARCHIVED_LATELY:
                    yield thread


async def _reactions(
    message: discord.Message, wanted: Wanted | None
) -> AsyncIterator[MemberReaction]:
    """Yield who reacted: each emoji costs a request of its own, so only where one is wanted."""
    shown = [(bare_emoji(emoji_of(each.emoji)), each) for each in message.reactions]
    if wanted is not None and not any(wanted(emoji) for emoji, _ in shown):
        return
    for emoji, reaction in shown:
        seen: set[int] = set()
        async for user in _users(reaction):
            if not user.bot and user.id not in seen:
                seen.add(user.id)
                member = MemberId(str(user.id))
                yield MemberReaction(emoji, member, member_name=user.display_name)


async def _users(reaction: discord.Reaction) -> AsyncIterator[discord.User | discord.Member]:
    if reaction.count == 1 and reaction.me:
        return  # our own mark
    kinds = [discord.ReactionType.normal] if reaction.count > reaction.burst_count else []
    if reaction.burst_count:
        kinds.append(discord.ReactionType.burst)
    for kind in kinds:
        with reading():
            async for user in reaction.users(type=kind):
                yield user
