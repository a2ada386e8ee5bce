"""Guilds whose events another process hears: asked for, and known for a minute."""

from __future__ import annotations

import time
from collections.abc import Sequence

import discord

from adapters.discord.faults import reading
from bot.errors import MessageGone, PlaceClosed

KNOWN_FOR_S = 60.0  # who was let into a channel, or put out of it, is treated so a minute later
KNOWN_AT_MOST = 1000


class FarGuilds:
    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._known: dict[int, tuple[float, discord.Guild | None]] = {}
        self._all: tuple[float, Sequence[discord.Guild]] = (0.0, ())

    async def find(self, guild: int) -> discord.Guild | None:
        """Return a guild with its channels, roles and open threads; None if we are not in it."""
        until, found = self._known.get(guild, (0.0, None))
        if time.monotonic() < until:
            return found
        try:
            found = await self._fetch(guild)
        except (MessageGone, PlaceClosed):
            found = None
        if len(self._known) >= KNOWN_AT_MOST:
            self._known.clear()
        self._known[guild] = (time.monotonic() + KNOWN_FOR_S, found)
        return found

    async def list_all(self) -> Sequence[discord.Guild]:
        """Return all that we are in, without what they hold."""
        until, found = self._all
        if time.monotonic() >= until:
            with reading():
                found = [each async for each in self._client.fetch_guilds(limit=None)]
            self._all = (time.monotonic() + KNOWN_FOR_S, found)
        return found

    async def _fetch(self, guild: int) -> discord.Guild:
        """Put together what the gateway would have told of it."""
        http = self._client.http
        with reading():
            told: dict[str, object] = dict(await http.get_guild(guild))
            told["channels"] = await http.get_all_guild_channels(guild)
            told["threads"] = (await http.get_active_threads(guild))["threads"]
        # The library makes whole guilds of its gateway's words alone.
        return discord.Guild(data=told, state=self._client._connection)  # type: ignore[arg-type]
