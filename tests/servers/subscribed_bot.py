"""Bots that deliver to many channels while they are killed, frozen and refused.

`open_subscribed` starts the local Slack and Discord and fills a database; each bot is a process.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from storage import open_storage
from tests.servers.discord_server import DiscordServer, run_discord
from tests.servers.running_bot import RunningBot, free_port
from tests.servers.slack_server import HTTP_TOKEN, SIGNING_SECRET, SlackServer, run_slack
from tests.servers.subscribed_channels import (
    Channel,
    Count,
    Due,
    Thread,
    count,
    last_minute,
    open_discord_channels,
    read_discord,
    read_slack,
    seed,
    slack_channels,
    slack_entry,
)

PARTS = "slack,discord,worker"
LOOK_EVERY_S = 0.05
FAULTS_AHEAD = 3

# What each platform may do to a post, as its local server takes it.
SLACK_FAULTS: tuple[dict[str, Any], ...] = (
    {"is_applied": True, "is_dropped": True},
    {"is_dropped": True},
    {"status": 429, "headers": {"Retry-After": "1"}},
    {"status": 429},
    {"status": 500},
    {"status": 500, "is_applied": True},
    {"status": 503, "body": {"ok": False, "error": "service_unavailable"}},
    {"delay_ms": 500},
)
DISCORD_FAULTS: tuple[dict[str, Any], ...] = (
    {"drop": "after"},
    {"drop": "before"},
    {"status": 429, "headers": {"Retry-After": "1"}, "body": {"retry_after": 1.0, "global": False}},
    {"status": 429},
    {"status": 500},
    {"status": 500, "is_applied": True},
    {"status": 503},
    {"delay_ms": 500},
)
_ENDED = "SELECT count(*) FROM deliveries WHERE state NOT IN ('planned', 'prepared')"
_FAILED = "SELECT count(*) FROM deliveries WHERE state IN ('failed', 'empty')"
_HELD = "SELECT count(*) FROM deliveries WHERE state = 'planned' AND node = '{}'"
_NODE = "SELECT id FROM nodes WHERE name LIKE '%:{}'"


@dataclass
class Subscribed:
    """`chance` decides when things happen, so that a run can be repeated about as it was."""

    slack: SlackServer
    discord: DiscordServer
    channels: Sequence[Channel]
    dues: Sequence[Due]
    database_url: str
    folder: Path
    settings: Mapping[str, str]
    chance: random.Random
    bots: list[RunningBot] = field(default_factory=list)

    async def start_bot(self, **environment: str) -> RunningBot:
        """Start one more. On SQLite there is one."""
        listen = f"127.0.0.1:{free_port()}"
        settings = {**self.settings, **environment, "JUBO_SLACK_HTTP": listen}
        home = self.folder / ("home" if self.is_sqlite else f"node{len(self.bots)}")
        bot = RunningBot(home, settings, PARTS)
        self.bots.append(bot)
        await bot.start()
        return bot

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    # What the bots know

    def ended(self) -> int:
        """Return how many deliveries are over."""
        return int(self._ask(_ENDED) or 0)

    def failed(self) -> int:
        return int(self._ask(_FAILED) or 0)

    def node_of(self, bot: RunningBot) -> str:
        assert bot.process is not None
        return str(self._ask(_NODE.format(bot.process.pid)))

    def held_by(self, node: str) -> int:
        """Return how many deliveries a node has in its hands; -1 while nobody can tell."""
        held = self._ask(_HELD.format(node))
        return -1 if held is None else int(held)

    def _ask(self, query: str) -> Any:
        """Return the one value; None while the database is away."""
        try:
            if self.is_sqlite:
                path = self.database_url.removeprefix("sqlite:///")
                with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
                    return database.execute(query).fetchone()[0]
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                found = connection.execute(query.encode()).fetchone()
                return found[0] if found else None
        except (sqlite3.OperationalError, psycopg.OperationalError):
            return None

    async def until_ended(self, least: int, *, within_s: float) -> None:
        deadline = time.monotonic() + within_s
        while (ended := self.ended()) < least:
            if time.monotonic() > deadline:
                where = self.folder / "log.txt"
                raise AssertionError(f"{ended} of {least} over after {within_s} s; see {where}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def until_all_ended(self, *, within_s: float) -> None:
        await self.until_ended(len(self.dues), within_s=within_s)

    # What happens to them

    def moments(self, times: int) -> list[int]:
        """Return after how many deliveries something happens, so often."""
        return sorted(self.chance.sample(range(1, len(self.dues)), times))

    async def kill(self, bot: RunningBot) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.3))  # at any instruction
        await bot.kill()

    @asynccontextmanager
    async def refusing(self, *, one_in: int = 1) -> AsyncIterator[None]:
        """Have the platforms drop, refuse and delay a post each for every so many digests."""
        task = asyncio.create_task(self._refuse(one_in))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _refuse(self, one_in: int) -> None:
        """By the clock they would pile up before the last digests."""
        played = 0
        while True:
            while played < self.ended() // one_in + FAULTS_AHEAD:
                played += 1
                await self.slack.fault("chat.postMessage", **self.chance.choice(SLACK_FAULTS))
                how = self.chance.choice(DISCORD_FAULTS)
                await self.discord.do("fault", method="POST", match="/messages$", **how)
            await asyncio.sleep(LOOK_EVERY_S)

    # What came of it

    async def count(self) -> Count:
        return count(self.dues, {each: await self._read(each) for each in self.channels})

    async def _read(self, channel: Channel) -> list[Thread]:
        if channel.scheme == "slack":
            return await read_slack(self.slack, channel)
        return await read_discord(self.discord, channel)


@contextmanager
def frozen(bot: RunningBot) -> Iterator[None]:
    assert bot.process is not None
    bot.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        bot.process.send_signal(signal.SIGCONT)


@asynccontextmanager
async def open_subscribed(
    folder: Path,
    *,
    database_url: str = "",
    slack_count: int,
    discord_count: int,
    per_channel: int,
    lease_s: float,
    post_timeout_s: float,
    chance_seed: int = 7,
) -> AsyncIterator[Subscribed]:
    """`database_url`: "" is SQLite in the folder. Every digest was due a moment ago."""
    (folder / "home").mkdir(parents=True)
    url = database_url or f"sqlite:///{folder / 'home' / 'jubo.db'}"
    channels = slack_channels(slack_count)
    async with AsyncExitStack() as stack:
        entries = [slack_entry(each) for each in channels]
        slack_url = stack.enter_context(run_slack(folder, channels=entries))
        http = httpx.AsyncClient(base_url=slack_url, timeout=60)
        slack = SlackServer(slack_url, await stack.enter_async_context(http))
        discord = stack.enter_context(run_discord())
        channels += await open_discord_channels(discord, discord_count)
        async with open_storage(url) as storage:
            due_at = last_minute()
            dues = await seed(storage, channels, per_channel=per_channel, due_at=due_at)
        settings = {
            "JUBO_DATABASE_URL": url,
            "JUBO_LEASE_S": str(lease_s),
            "JUBO_POST_TIMEOUT_S": str(post_timeout_s),
            "SLACK_API_URL": slack.api_url,
            "SLACK_BOT_TOKEN": HTTP_TOKEN,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "DISCORD_TOKEN": discord.token,
            "DISCORD_API_URL": discord.rest,
            "DISCORD_GATEWAY_URL": discord.gateway,
        }
        subscribed = Subscribed(
            slack, discord, channels, dues, url, folder, settings, random.Random(chance_seed)
        )
        try:
            yield subscribed
        finally:
            (folder / "log.txt").write_text("\n".join(each.log for each in subscribed.bots))
            for bot in subscribed.bots:
                if bot.process is not None and bot.process.returncode is None:
                    await bot.kill()
