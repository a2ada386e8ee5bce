"""From Discord into the inbox."""

from __future__ import annotations

import discord

from adapters.discord.client import DiscordClient
from adapters.discord.places import guild_of, workspace_of
from bot.domain.models import ChannelId, WorkspaceId
from bot.events import Event, MessagePosted
from bot.ports import Intake


class Keeper:
    def __init__(self, client: DiscordClient, intake: Intake) -> None:
        self._client = client
        self._intake = intake
        self._open: set[WorkspaceId] = set()
        self._directs: dict[ChannelId, WorkspaceId] = {}  # as written down by this process

    async def open(self, guild: discord.Guild) -> WorkspaceId:
        """Make the guild's workspace, or keep its name in step."""
        workspace = workspace_of(guild.id)
        await self._intake.workspaces.ensure(workspace, name=guild.name)
        self._open.add(workspace)
        return workspace

    async def keep(self, event: Event) -> None:
        """Write an event down and wake who works on it.

        Raises:
            TransientError: it was not written.

        """
        if await self.write(event):
            self.wake()

    def wake(self) -> None:
        self._intake.on_event()

    async def write(self, event: Event) -> bool:
        """Write an event down; False if it is a repeat.

        Raises:
            TransientError: it was not written.

        """
        number = guild_of(event.workspace)
        guild = self._client.get_guild(number) or await self._client.find_guild(number)
        if guild is not None and event.workspace not in self._open:
            await self.open(guild)  # it spoke before it was announced
        if guild is not None:
            await self._keep_direct(event)
        return await self._intake.inbox.put(event)

    async def _keep_direct(self, event: Event) -> None:
        """Discord lists no bot's direct messages: where we were spoken to is all that we know."""
        channel = event.place.channel
        is_new = self._directs.get(channel) != event.workspace
        if event.place.is_direct and isinstance(event, MessagePosted) and is_new:
            await self._intake.homes.keep_direct(channel, event.workspace)
            self._directs[channel] = event.workspace
