"""What Discord tells by id only: a reaction's message, names, threads, who may look in where."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import replace
from typing import Any, TypeVar

import discord

from adapters.discord.client import DiscordClient
from adapters.discord.faults import reading
from adapters.discord.files import Files
from adapters.discord.languages import Languages, language_of_guild
from adapters.discord.members import Members
from adapters.discord.places import guild_of, is_private, locate, split_id
from adapters.discord.words import whole
from bot.domain.models import ChannelId, MemberId, WorkspaceId
from bot.errors import MessageGone, PlaceClosed, TransientError, UserError
from bot.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    SharedFile,
)
from bot.ports import WorkspaceStore

SEEN_FOR_S = 60.0
STARTERS_AT_MOST = 2000
MEMBERS_AT_MOST = 2000

_Event = TypeVar("_Event", bound=Event)


class DiscordLookups:
    def __init__(
        self,
        client: DiscordClient,
        members: Members,
        files: Files,
        *,
        languages: Languages,
        workspaces: WorkspaceStore,
    ) -> None:
        self._client = client
        self._members = members
        self._files = files
        self._languages = languages
        self._workspaces = workspaces
        self._starters: OrderedDict[int, bool] = OrderedDict()  # threads: whether we started them
        self._private: dict[tuple[WorkspaceId, MemberId], tuple[float, frozenset[ChannelId]]] = {}

    async def complete(self, event: Event) -> Event | None:
        guild = await self._client.find_guild(guild_of(event.workspace))
        if guild is None:
            return None  # we were put out of it: there is nobody to answer
        if isinstance(event, MessageDeleted):
            return event  # whoever wrote it: nobody is asked, nobody is told
        if not (event.language or event.answer_by):  # interactions tell it themselves
            event = replace(event, language=await self._find_language(guild, event))
        try:
            return await self._complete(guild, event)
        except UserError as error:
            error.language = event.language
            raise

    async def _complete(self, guild: discord.Guild, event: Event) -> Event | None:
        if event.place.is_direct:
            await self._check_member(guild, event)
        elif not event.answer_by:  # who acts on a command brings the channel along
            event = await self._place(guild, event)
        match event:
            case MessagePosted():
                return await self._address(event)
            case ReactionAdded() | ReactionRemoved():
                return await self._complete_reaction(guild, event)
            case _:
                return event

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        until, channels = self._private.get((workspace, member), (0.0, frozenset()))
        if time.monotonic() < until:
            return channels
        guild = await self._client.find_guild(guild_of(workspace))
        person = await self._members.find(guild, int(member)) if guild else None
        if guild is None or person is None:
            return frozenset()
        channels = frozenset({*_closed_channels(guild, person), *await _threads(guild, person)})
        if len(self._private) >= MEMBERS_AT_MOST:
            self._private.clear()
        self._private[workspace, member] = (time.monotonic() + SEEN_FOR_S, channels)
        return channels

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:  # noqa: ARG002 - the port's shape
        return await self._files.fetch(file)

    async def _find_language(self, guild: discord.Guild, event: Event) -> str:
        """Prefer the member's own; the guild's only where its members chose none for us."""
        words = event.text if isinstance(event, MessagePosted | MessageEdited) else ""
        user = int(event.member or 0)
        if language := self._languages.guess(user, words):
            return language
        chosen = await self._workspaces.get_settings(event.workspace)
        return "" if chosen.language else language_of_guild(guild)

    async def _check_member(self, guild: discord.Guild, event: Event) -> None:
        """Who left a guild must not read its archive in direct messages."""
        if await self._members.find(guild, int(event.member)) is None:
            raise PlaceClosed("discord.not_member", name=guild.name)

    async def _place(self, guild: discord.Guild, event: _Event) -> _Event:
        """Find a thread that we had not heard of, such as one that was archived."""
        here = int(event.place.channel)
        if guild.get_channel_or_thread(here) is not None:
            return event
        with reading():
            channel: Any = await self._client.fetch_channel(here)
        channel.guild = guild  # the library may know it by its number only
        spot = locate(channel)
        return replace(event, place=spot.place, thread=spot.thread)

    async def _address(self, event: MessagePosted) -> MessagePosted:
        """In a thread that hangs on a message of ours, no mention is needed."""
        if event.is_for_bot or event.thread is None:
            return event
        parent, thread = split_id(event.thread)
        return replace(event, is_for_bot=await self._is_ours(parent, thread))

    async def _is_ours(self, parent: int, thread: int) -> bool:
        if thread not in self._starters:
            try:
                starter = await self._fetch(parent, thread)
                self._starters[thread] = starter.author == self._client.user
            except (MessageGone, PlaceClosed):
                self._starters[thread] = False
        if len(self._starters) > STARTERS_AT_MOST:
            self._starters.popitem(last=False)
        return self._starters.get(thread, False)

    async def _complete_reaction(
        self, guild: discord.Guild, event: ReactionAdded | ReactionRemoved
    ) -> Event | None:
        if not event.member_name:  # where Discord tells of the member, bots were left out already
            user = int(event.member)
            person = await self._members.find(guild, user) or await self._find_user(user)
            if person is not None and person.bot:
                return None
            event = replace(event, member_name=person.display_name if person else "")
        if isinstance(event, ReactionRemoved):
            return event
        message = await self._fetch(*split_id(event.message), guild=guild)
        return replace(event, message_text=whole(message))

    async def _find_user(self, user: int) -> discord.User | None:
        """Return somebody who left the guild, or a webhook's bot."""
        try:
            with reading():
                return await self._client.fetch_user(user)
        except MessageGone:
            return None

    async def _fetch(
        self, channel: int, message: int, *, guild: discord.Guild | None = None
    ) -> discord.Message:
        # The real channel where it is known: mentions are then written with members' names.
        near = guild.get_channel_or_thread(channel) if guild else None
        known = near or self._client.get_channel(channel)
        place = known or self._client.get_partial_messageable(channel)
        with reading():
            return await place.fetch_message(message)  # type: ignore[union-attr]  # it holds messages


def _closed_channels(guild: discord.Guild, person: discord.Member) -> list[ChannelId]:
    return [
        ChannelId(str(each.id))
        for each in guild.channels
        if is_private(each) and each.permissions_for(person).view_channel
    ]


async def _threads(guild: discord.Guild, person: discord.Member) -> list[ChannelId]:
    """Return the private threads, as far as we are in them, that this member is in too."""
    threads = [each for each in guild.threads if each.is_private()]
    inside = await asyncio.gather(*(_is_inside(each, person) for each in threads))
    return [
        ChannelId(str(each.id))
        for each, is_inside in zip(threads, inside, strict=True)
        if is_inside
    ]


async def _is_inside(thread: discord.Thread, person: discord.Member) -> bool:
    try:
        with reading():
            await thread.fetch_member(person.id)
    except (MessageGone, PlaceClosed, TransientError):
        return False  # what is not known to be theirs is not shown
    return True
