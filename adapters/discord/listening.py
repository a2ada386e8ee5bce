"""Messages, edits, reactions and guilds: what nobody waits for an answer to."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import discord

from adapters.discord import events, reaction_events
from adapters.discord.faults import FAILURES
from adapters.discord.homes import Homes, question_of
from adapters.discord.keeping import Keeper
from adapters.discord.languages import Languages, language_of_guild
from adapters.discord.places import Spot, locate, message_id, workspace_of
from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.errors import BotError, TransientError
from bot.events import Event
from bot.ports import Intake

log = logging.getLogger(__name__)

_ONE = timedelta(microseconds=1)


class Listener:
    def __init__(
        self,
        client: discord.Client,
        intake: Intake,
        *,
        keeper: Keeper,
        homes: Homes,
        languages: Languages,
    ) -> None:
        self._client = client
        self._intake = intake
        self._keeper = keeper
        self._homes = homes
        self._languages = languages
        self._last = datetime.min.replace(tzinfo=UTC)

    async def take_up(self, guild: discord.Guild) -> None:
        """We are connected to this guild, for the first time or again."""
        try:
            workspace = await self._keeper.open(guild)
        except TransientError:
            log.warning("workspace not opened yet", extra={"guild": guild.id}, exc_info=True)
        else:
            self._intake.on_connected(workspace)

    async def join(self, guild: discord.Guild) -> None:
        """We were let into a guild."""
        log.info("joined a server", extra={"guild": guild.id})
        await self.take_up(guild)
        joined = events.let_in(guild, me=self._me, at=self._now())
        if joined is not None:
            await self._keep(joined)

    async def rename(self, before: discord.Guild, after: discord.Guild) -> None:
        if before.name != after.name:
            await self._keeper.open(after)

    async def hear(self, message: discord.Message) -> None:
        may_be_to_us = events.may_be_to_us(message, me=self._me)
        if not events.is_heard(message) or not (may_be_to_us or events.is_reply(message)):
            return
        workspace = await self._workspace(message) or await self._settle(message)
        if workspace is not None:
            event = events.posted(message, me=self._me, workspace=workspace)
            await self._keep(event if may_be_to_us else event.without_words())

    async def hear_edit(self, update: discord.RawMessageUpdateEvent) -> None:
        message = update.message
        if not events.is_heard(message) or message.edited_at is None:
            return
        workspace = await self._workspace(message)
        event = events.edited(message, workspace=workspace) if workspace else None
        if event is not None:
            await self._keep(event)

    async def hear_deletion(
        self, payload: discord.RawMessageDeleteEvent | discord.RawBulkMessageDeleteEvent
    ) -> None:
        at = self._now()
        if payload.guild_id is None:  # told by the channel's number alone
            place = Place(ChannelId(str(payload.channel_id)), is_private=True, is_direct=True)
            spot, workspace = Spot(place), await self._homes.find_of_channel(payload.channel_id)
        else:
            spot = self._spot(payload.guild_id, payload.channel_id)
            workspace = workspace_of(payload.guild_id)
        if workspace is None:
            return  # nobody asked us anything there
        gone = (
            payload.message_ids
            if isinstance(payload, discord.RawBulkMessageDeleteEvent)
            else {payload.message_id}
        )
        for number in sorted(gone):
            message = message_id(payload.channel_id, number)
            await self._keep(events.deleted(message, spot=spot, at=at, workspace=workspace))

    async def hear_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        at = self._now()  # before anything is waited for: reactions are told in their order
        if payload.user_id == self._me or (payload.member is not None and payload.member.bot):
            return
        if payload.guild_id is None:
            place = Place(ChannelId(str(payload.channel_id)), is_private=True, is_direct=True)
            spot, workspace = Spot(place), await self._homes.find(payload.user_id)
        else:
            spot = self._spot(payload.guild_id, payload.channel_id)
            workspace = workspace_of(payload.guild_id)
        if workspace is not None:
            await self._keep(
                reaction_events.reacted(payload, spot=spot, at=at, workspace=workspace)
            )

    async def hear_clearing(self, payload: reaction_events.Clearing) -> None:
        """Somebody took everybody's reactions away; Discord does not tell whose they were."""
        at = self._now()
        if payload.guild_id is None:
            return
        workspace = workspace_of(payload.guild_id)
        spot = self._spot(payload.guild_id, payload.channel_id)
        message = message_id(payload.channel_id, payload.message_id)
        try:
            standing = await self._intake.reactions.list_reactions(workspace, message)
        except TransientError:
            log.warning("reactions not known, will be read again", extra={"about": message})
            self._intake.on_connected(workspace)
            return
        for each in standing:
            if reaction_events.clears(payload, each):
                event = reaction_events.cleared(
                    payload, each, spot=spot, at=at, workspace=workspace
                )
                await self._keep(event)

    async def _workspace(self, message: discord.Message) -> WorkspaceId | None:
        if message.guild is not None:
            return workspace_of(message.guild.id)
        return await self._homes.find(message.author.id)

    async def _settle(self, message: discord.Message) -> WorkspaceId | None:
        """Find the home of who wrote to us for the first time, or ask for it."""
        try:
            found = await self._homes.settle(message.author.id)
            if isinstance(found, str):
                return found
            say = self._intake.texts.bind(self._language_of(message, found))
            about = message_id(message.channel.id, message.id)
            await message.channel.send(**question_of(found, say, about=about))
        except (BotError, *FAILURES):
            log.warning("direct message not taken up", exc_info=True)
        return None

    def _language_of(self, message: discord.Message, shared: Sequence[discord.Guild]) -> str:
        theirs = self._languages.guess(message.author.id, message.content)
        return theirs or next(filter(None, map(language_of_guild, shared)), self._intake.language)

    async def _keep(self, event: Event) -> None:
        try:
            await self._keeper.keep(event)
        except TransientError:
            log.warning("event not written, will be read again", extra={"event": event.id})
            self._intake.on_connected(event.workspace)

    def _spot(self, guild_id: int, channel_id: int) -> Spot:
        guild = self._client.get_guild(guild_id)
        channel = guild.get_channel_or_thread(channel_id) if guild else None
        return locate(channel or discord.Object(channel_id))

    @property
    def _me(self) -> int:
        return self._client.user.id if self._client.user else 0

    def _now(self) -> datetime:
        """Return the time, always later than before: two reactions never share an instant."""
        self._last = max(self._intake.clock.now(), self._last + _ONE)
        return self._last
