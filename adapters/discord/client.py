"""The gateway's client: what it asks to hear, how little it remembers, where it connects."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import aiohttp
import discord
import yarl
from discord.gateway import DiscordWebSocket

from adapters.discord.far_guilds import FarGuilds
from bot.errors import TransientError

log = logging.getLogger(__name__)

API_URL = "https://discord.com/api/v10"
_VERSION = re.compile(r"/v\d+$")

# Nothing about members or presence: those are privileged, and nothing here needs them.
INTENTS = discord.Intents(
    guilds=True,
    guild_messages=True,
    guild_reactions=True,
    dm_messages=True,
    dm_reactions=True,
    message_content=True,
)
# How long the library waits for one more guild before it says that it is ready. Later ones are
# announced on their own.
GUILDS_WITHIN_S = 1.0
OPEN_WITHIN_S = 60.0
ASK_WITHIN_S = 5.0

# What voice would need is not installed, and would be warned about at each start.
discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False

Handler = Callable[..., Awaitable[None]]


class NoStartsLeft(Exception):
    """Discord lets a bot start only so often a day."""

    def __init__(self, reset_after_s: float) -> None:
        super().__init__(f"no connection may be opened for {reset_after_s:.0f} s")
        self.reset_after_s = reset_after_s


class DiscordClient(discord.Client):
    """Tells the handlers that `listen_to` sets of each event. One connection for all guilds."""

    def __init__(self, *, gateway_url: str = "") -> None:
        super().__init__(
            intents=INTENTS,
            max_messages=None,
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            allowed_mentions=discord.AllowedMentions.none(),
            guild_ready_timeout=GUILDS_WITHIN_S,
        )
        self._is_open = asyncio.Event()
        self._is_logged_in = asyncio.Event()
        self._told: Mapping[str, Handler] = {}
        self._handling: set[asyncio.Task[None]] = set()
        self._gateway_url = gateway_url

    def reopen(self) -> None:
        """Get ready to start once more after `close`."""
        self.clear()
        self.rest()
        self.http.connector = discord.utils.MISSING  # the old one went with its session

    def rest(self) -> None:
        """Have everybody wait who wants something of Discord: no connection is open."""
        self._is_open.clear()
        self._is_logged_in.clear()

    async def setup_hook(self) -> None:
        """Get to know the gateway; who is logged in may send."""
        self._is_logged_in.set()
        shards, url, limits = await self.http.get_bot_gateway()
        # The library comes back to this address when it cannot resume.
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self._gateway_url or url)
        self._shard(shards, at_once=limits["max_concurrency"])
        # Source: docs.discord.com, "Session Start Limit Object": past it the token is reset.
        if limits["remaining"] < self._starts():
            raise NoStartsLeft(limits["reset_after"] / 1000)

    def _shard(self, shards: int, *, at_once: int) -> None:
        """Connect as often as that: not here."""

    def _starts(self) -> int:
        """Return how many connections are opened to begin with."""
        return self.shard_count or 1

    async def wait_until_logged_in(self) -> None:
        """Wait until requests may be sent.

        Raises:
            TransientError: Discord is away for longer than that.

        """
        await _wait(self._is_logged_in)

    async def find_guild(self, guild: int) -> discord.Guild | None:
        """Return a guild with its channels, roles and open threads; None if we are not in it.

        Before the guilds are known, each would look as if we were not in it: that is waited for.

        Raises:
            TransientError: Discord is away for long.

        """
        await _wait(self._is_open)
        return self.get_guild(guild)

    async def list_guilds(self) -> Sequence[discord.Guild]:
        """Return all that we are in."""
        return self.guilds

    def listen_to(self, handlers: Mapping[str, Handler]) -> None:
        """Set what is called for each event, by the library's own names without `on_`."""
        self._told = handlers

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        """Tell the handler, in a task that somebody waits for: the library's own are forgotten."""
        super().dispatch(event, *args, **kwargs)
        if event == "ready":
            self._is_open.set()
        if event in self._told:
            task = asyncio.create_task(self._tell(event, *args))
            self._handling.add(task)
            task.add_done_callback(self._handling.discard)

    async def finish_handling(self, *, within_s: float) -> None:
        """Wait for handlers that still run: what they write down must not be torn off."""
        if self._handling:
            await asyncio.wait(self._handling, timeout=within_s)

    async def _tell(self, event: str, *args: Any) -> None:
        try:
            await self._told[event](*args)
        except Exception:  # one event never stops the others
            log.exception("event of Discord not handled", extra={"event": event})


class ShardedClient(DiscordClient, discord.AutoShardedClient):
    """Several connections, each for a part of the guilds, as Discord asks of large bots."""

    def __init__(self, *, gateway_url: str = "", shards: int = 0) -> None:
        """`shards`: how many; 0: as many as Discord recommends."""
        super().__init__(gateway_url=gateway_url)
        self._wanted = shards

    def _shard(self, shards: int, *, at_once: int) -> None:
        del at_once  # the library opens one after the other
        self.shard_count = self._wanted or shards


class SendingClient(DiscordClient):
    """Sends and reads, and hears nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._far = FarGuilds(self)

    async def setup_hook(self) -> None:
        self._is_logged_in.set()

    async def connect(self, *, reconnect: bool = True) -> None:
        """Stay logged in until somebody ends that."""
        del reconnect
        await asyncio.Event().wait()

    async def find_guild(self, guild: int) -> discord.Guild | None:
        await self.wait_until_logged_in()
        return await self._far.find(guild)

    async def list_guilds(self) -> Sequence[discord.Guild]:
        await self.wait_until_logged_in()
        return await self._far.list_all()


async def make_client(
    *, token: str, api_url: str, gateway_url: str, shards: int = 0
) -> DiscordClient:
    """Return the client that hears all, with so many shards; 0: as many as Discord recommends.

    Where it cannot be asked now, that is left to the client that can ask later.
    """
    if shards:
        return ShardedClient(gateway_url=gateway_url, shards=shards)
    headers = {"Authorization": f"Bot {token}"}
    try:
        async with (
            asyncio.timeout(ASK_WITHIN_S),
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{rest_base(api_url)}/gateway/bot") as answer,
        ):
            is_small = (await answer.json()).get("shards", 1) == 1
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        is_small = False
    kind = DiscordClient if is_small else ShardedClient
    return kind(gateway_url=gateway_url)


async def _wait(event: asyncio.Event) -> None:
    try:
        async with asyncio.timeout(OPEN_WITHIN_S):
            await event.wait()
    except TimeoutError as error:
        raise TransientError("Discord is not connected") from error


def rest_base(api_url: str = "") -> str:
    """Return the address that paths are added to, with the version that the library speaks."""
    base = api_url.rstrip("/") or API_URL
    return base if _VERSION.search(base) else f"{base}/v10"


def point_at(api_url: str) -> None:
    """Send every request of the library to this server: one a process, as it keeps it globally."""
    discord.http.Route.BASE = rest_base(api_url)
