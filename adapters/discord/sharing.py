"""Discord's shards, shared out among several nodes: each is listened to by one of them at a time.

A shard is held by a lease. Who must take itself for dead lets go of its shards at once; who goes in
order gives them up. What was said in between is made good by catching up, as after any connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import discord
from discord.gateway import DiscordWebSocket

from adapters.discord.client import ShardedClient
from adapters.discord.far_guilds import FarGuilds
from adapters.discord.shares import next_move
from bot.errors import TransientError
from bot.ports import NodeId, Sharing

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
LOOKS_TO_WATCH = 4  # between two looks at the others: whether our own lease still holds
# Source: docs.discord.com, "Gateway", Rate Limiting: so many greetings in five seconds.
GREETING_S = 5.0
GREET_AGAIN_S = 0.5
_SHARDS = "discord:shard:"
_GREETINGS = "discord:greeting:"
_LISTENERS = "discord:listener:"  # who is dead to Discord, but alive, needs no share


class SharedClient(ShardedClient):
    """Listens with those shards alone that `ShardSharing` opens here.

    The guilds of the others are asked for where they are needed.
    """

    def __init__(self, sharing: Sharing, *, gateway_url: str, shards: int) -> None:
        super().__init__(gateway_url=gateway_url, shards=shards)
        self._far = FarGuilds(self)
        self._heard: set[int] = set()  # shards whose guilds are known
        self._ours: set[int] = set()
        self.greetings = Greetings(sharing)

    async def launch_shards(self) -> None:
        """Open none yet."""
        self.count_shards(self.shard_count or 1)

    def count_shards(self, count: int) -> None:
        self.shard_count = count
        self._connection.shard_count = count
        self._connection.shard_ids = range(count)

    def _shard(self, shards: int, *, at_once: int) -> None:
        super()._shard(shards, at_once=at_once)
        self.greetings.at_once = max(1, at_once)

    def _starts(self) -> int:
        return 1

    async def open_shard(self, shard: int) -> None:
        self._ours.add(shard)
        await self.launch_shard(DiscordWebSocket.DEFAULT_GATEWAY, shard)

    async def close_shard(self, shard: int) -> None:
        """Close it, also where it is just being opened again."""
        self._ours.discard(shard)
        self._heard.discard(shard)
        found = self.get_shard(shard)
        if found is not None and not found.is_closed():
            await found.disconnect()

    async def close_strays(self) -> None:
        """Close what the library brought back at the moment at which we let go of it."""
        for shard in set(self.shards) - self._ours:
            await self.close_shard(shard)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        del initial
        shard = shard_id or 0
        await self.greetings.wait(shard)
        if shard not in self._ours:
            raise asyncio.CancelledError  # the library lets a shard go for nothing else

    def dispatch(self, event: str, /, *args: object, **kwargs: object) -> None:
        if event == "shard_ready":
            self._heard.update(each for each in args if isinstance(each, int))
        super().dispatch(event, *args, **kwargs)

    async def find_guild(self, guild: int) -> discord.Guild | None:
        await self.wait_until_logged_in()
        if self.hears(guild):
            return self.get_guild(guild)
        return await self._far.find(guild)

    def hears(self, guild: int) -> bool:
        # Source: docs.discord.com, "Gateway", Sharding.
        return (guild >> 22) % (self.shard_count or 1) in self._heard

    async def list_guilds(self) -> Sequence[discord.Guild]:
        if len(self._heard) == self.shard_count:
            return self.guilds
        return await self._far.list_all()


class Greetings:
    """Lets the nodes greet the gateway one after the other, or as many at once as Discord says."""

    def __init__(self, sharing: Sharing, *, every_s: float = GREETING_S) -> None:
        self._sharing = sharing
        self._every_s = every_s
        self._until: dict[str, float] = {}
        self.at_once = 1

    async def wait(self, shard: int) -> None:
        """Wait for our turn: another node that has it tells nobody when it is over."""
        name = f"{_GREETINGS}{shard % self.at_once}"
        while not await self._take(name):  # noqa: ASYNC110 - see above
            await asyncio.sleep(min(GREET_AGAIN_S, self._every_s))

    async def pass_on(self) -> None:
        """Give up what is over."""
        now = asyncio.get_running_loop().time()
        for name in [each for each, until in self._until.items() if until <= now]:
            await self._sharing.nodes.give_up(name, self._sharing.node)
            del self._until[name]

    async def _take(self, name: str) -> bool:
        if name in self._until:
            return False
        self._until[name] = asyncio.get_running_loop().time() + self._every_s
        try:
            if await self._sharing.nodes.take(name, self._sharing.node):
                return True
        except TransientError:
            log.warning("no turn to greet the gateway yet", exc_info=True)
        del self._until[name]
        return False


class ShardSharing:
    def __init__(
        self, client: SharedClient, sharing: Sharing, *, look_every_s: float = LOOK_EVERY_S
    ) -> None:
        self._look_every_s = look_every_s
        self._client = client
        self._sharing = sharing
        self._term = -1  # in which we took what is ours
        self._opening: dict[int, asyncio.Task[None]] = {}  # ours, open or about to be

    async def run(self) -> None:
        """Keep to a fair share of the shards until cancelled; then give up all of them."""
        async with self._leaving():
            while True:
                await self._look_safely()
                for _ in range(LOOKS_TO_WATCH):
                    await asyncio.sleep(self._look_every_s / LOOKS_TO_WATCH)
                    if not self._sharing.holds(self._term):
                        await self._close(*self._opening)
                    await self._client.close_strays()

    async def _look_safely(self) -> None:
        try:
            await self._client.greetings.pass_on()
            await self._look()
        except TransientError:
            log.warning("shards not looked at, will look again", exc_info=True)
        except Exception:  # nothing else would look after the shards
            log.exception("sharing out shards broke, will look again")

    async def _look(self) -> None:
        us, term = self._sharing.node, self._sharing.term()
        nodes = set((await self._sharing.nodes.list_leases(_LISTENERS)).values())
        if us not in nodes and await self._sharing.nodes.take(f"{_LISTENERS}{us}", us):
            nodes.add(us)
        holders = await self._list_holders()
        if us not in nodes or not self._sharing.holds(term):
            return
        if self._term != term:  # meanwhile others may have had what is ours now
            await self._close(*self._opening)
            self._term = term
        count = self._client.shard_count or 1
        await self._close(*(each for each in self._opening if holders.get(each) != us))
        move = next_move(count, holders, nodes=nodes, us=us)
        for shard in move.leave:
            await self._close(shard)
            await self._sharing.nodes.give_up(self._name(shard), us)
        ours = {each for each, node in holders.items() if node == us} - {*move.leave}
        for shard in move.take:
            if await self._sharing.nodes.take(self._name(shard), us):
                ours.add(shard)
        for shard in sorted(ours - {*self._opening}):
            log.info("listening with a shard", extra={"shard": shard, "of": count})
            self._opening[shard] = asyncio.create_task(self._client.open_shard(shard))

    async def _list_holders(self) -> Mapping[int, NodeId]:
        """Return who has which shard. All nodes count alike: as those who listen already do."""
        holders: dict[int, dict[int, NodeId]] = {}
        for name, node in (await self._sharing.nodes.list_leases(_SHARDS)).items():
            shard, _, count = name.removeprefix(_SHARDS).partition("/")
            holders.setdefault(int(count), {})[int(shard)] = node
        if holders and self._client.shard_count not in holders and not self._opening:
            self._client.count_shards(max(holders))
        return holders.get(self._client.shard_count or 1, {})

    def _name(self, shard: int) -> str:
        return f"{_SHARDS}{shard}/{self._client.shard_count}"

    async def _close(self, *shards: int) -> None:
        for shard in shards:
            log.info("letting go of a shard", extra={"shard": shard})
            opening = self._opening.pop(shard)
            opening.cancel()
            await asyncio.wait((opening,))
            await self._client.close_shard(shard)

    @asynccontextmanager
    async def _leaving(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            ours = list(self._opening)
            await self._close(*ours)
            us = self._sharing.node
            try:
                for name in (f"{_LISTENERS}{us}", *map(self._name, ours)):
                    await self._sharing.nodes.give_up(name, us)
            except TransientError:
                log.warning("shards not given up, others take them soon")
