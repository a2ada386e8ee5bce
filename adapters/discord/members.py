"""Who is in which guild. We keep no list of members: each is asked for, and known for a while."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import discord

from adapters.discord.client import DiscordClient
from adapters.discord.faults import reading
from bot.errors import MessageGone

KNOWN_FOR_S = 60.0  # who left sees nothing of a guild a minute later
KNOWN_AT_MOST = 10_000


class Members:
    def __init__(self, client: DiscordClient) -> None:
        self._client = client
        self._known: dict[tuple[int, int], tuple[float, discord.Member | None]] = {}

    async def find(self, guild: discord.Guild, user: int) -> discord.Member | None:
        """Return None for who is not in the guild."""
        until, member = self._known.get((guild.id, user), (0.0, None))
        if time.monotonic() < until:
            return member
        try:
            with reading():
                member = await guild.fetch_member(user)
        except MessageGone:
            member = None
        if len(self._known) >= KNOWN_AT_MOST:
            self._known.clear()
        self._known[guild.id, user] = (time.monotonic() + KNOWN_FOR_S, member)
        return member

    def is_known_absent(self, guild: discord.Guild, user: int) -> bool:
        until, member = self._known.get((guild.id, user), (0.0, None))
        return time.monotonic() < until and member is None

    async def list_shared(self, user: int) -> Sequence[discord.Guild]:
        """Return the guilds that this member and we are both in, by name."""
        guilds = sorted(await self._client.list_guilds(), key=lambda each: (each.name, each.id))
        found = await asyncio.gather(*(self.find(each, user) for each in guilds))
        return [guild for guild, member in zip(guilds, found, strict=True) if member]
