"""Kills, refusals, freezes, a full disk, a moved clock: what is missing or there twice afterwards.

Counted where people read it: see `tests/servers/subscribed_channels.py`.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import time
from collections.abc import Collection
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tests.servers.moved_clock import make_moved_clock
from tests.servers.postgres_server import OwnServer, own_server
from tests.servers.running_bot import RunningBot
from tests.servers.subscribed_bot import Subscribed, frozen, open_subscribed
from tests.servers.subscribed_channels import Count
from tests.waiting import until

LEASE_S, POST_TIMEOUT_S = 10.0, 10.0  # as they are without a setting
PER_CHANNEL = 6
SLACK_SHARE = 0.8  # of all channels
REFUSED_ONE_IN = 10
FROZEN_S = 60.0
FULL_S = 30.0
HOUR = timedelta(hours=1)
WITHIN_S = 3600.0
HEADER = (
    "| database | what happened | digests | posts | missing | twice | out of order | strays "
    "| leaks | late | seconds | taken over after |\n|---|---|" + 10 * "--:|"
)


@dataclass(frozen=True, slots=True)
class Row:
    database: str
    what: str
    told: Count
    failed: int
    seconds: float
    taken_over_s: float | None = None

    def __str__(self) -> str:
        told = self.told
        counts = (told.missing, told.twice, told.disordered, [*told.strays, *told.untold])
        cells = [
            self.database,
            self.what,
            str(told.digests),
            str(told.posts),
            *(str(len(each)) for each in (*counts, told.leaks)),
            str(told.late),
            f"{self.seconds:.0f}",
            "" if self.taken_over_s is None else f"{self.taken_over_s:.1f} s",
        ]
        return f"| {' | '.join(cells)} |"

    @property
    def is_right(self) -> bool:
        return not self.told.wrong and self.failed == 0


async def run(folder: Path, databases: Collection[str], *, digests: int, kills: int) -> int:
    rows: list[Row] = []
    for database in databases:
        with ExitStack() as stack:
            server = None
            if database == "postgres":
                server = stack.enter_context(own_server(folder / "server"))
            for what in (_killed, _frozen):
                count = digests if what is _killed else max(100, digests // 5)
                name = f"{database}{what.__name__}"
                (folder / name).mkdir()
                row = await what(folder / name, server, digests=count, kills=kills)
                rows.append(row)
                print(row, row.told.wrong or "", file=sys.stderr, flush=True)
    print(HEADER, *rows, sep="\n")
    return 0 if all(row.is_right for row in rows) else 1


def _open(
    folder: Path, server: OwnServer | None, digests: int
) -> AbstractAsyncContextManager[Subscribed]:
    channels = -(-digests // PER_CHANNEL)
    slack = round(channels * SLACK_SHARE)
    return open_subscribed(
        folder,
        database_url=server.create() if server else "",
        slack_count=slack,
        discord_count=channels - slack,
        per_channel=PER_CHANNEL,
        lease_s=LEASE_S,
        post_timeout_s=POST_TIMEOUT_S,
    )


async def _killed(folder: Path, server: OwnServer | None, *, digests: int, kills: int) -> Row:
    """Kill at random; of two nodes one for good, in the middle."""
    async with _open(folder / "it", server, digests) as subscribed:
        began = time.monotonic()
        bots = await _start(subscribed, 2 if server else 1)
        taken_over_s = None
        async with subscribed.refusing(one_in=REFUSED_ONE_IN):
            for number, moment in enumerate(subscribed.moments(kills), start=1):
                await subscribed.until_ended(moment, within_s=WITHIN_S)
                bot = subscribed.chance.choice(bots)
                if server and number == kills // 2:
                    bots.remove(bot)
                    taken_over_s = await _kill_for_good(subscribed, bot)
                    continue
                await subscribed.kill(bot)
                await bot.start()
            await subscribed.until_all_ended(within_s=WITHIN_S)
        good = ", one of two for good" if server else ""
        what = f"killed {kills} times{good}; one post in {REFUSED_ONE_IN * 3} refused or cut off"
        return await _row(subscribed, server, what, began, taken_over_s)


async def _kill_for_good(subscribed: Subscribed, bot: RunningBot) -> float:
    """Return how long the others took to claim all that it had in its hands."""
    node = subscribed.node_of(bot)
    await until(lambda: subscribed.held_by(node) > 0, within_s=WITHIN_S)
    await bot.kill()
    killed_at = time.monotonic()
    await until(lambda: subscribed.held_by(node) == 0, within_s=WITHIN_S)
    return time.monotonic() - killed_at


async def _frozen(folder: Path, server: OwnServer | None, *, digests: int, kills: int) -> Row:
    """Freeze, restart the database or fill the disk, and move the clock."""
    del kills
    clock = make_moved_clock(folder)
    async with _open(folder / "it", server, digests) as subscribed:
        began = time.monotonic()
        bots = await _start(subscribed, 2 if server else 1, **clock.environment)
        first, second, third, fourth = subscribed.moments(4)
        await subscribed.until_ended(first, within_s=WITHIN_S)
        with frozen(bots[0]):
            await asyncio.sleep(FROZEN_S)
        await subscribed.until_ended(second, within_s=WITHIN_S)
        if server:
            await asyncio.to_thread(server.restart)
        else:
            _limit_files(bots[0], 0)
            await asyncio.sleep(FULL_S)
            _limit_files(bots[0], resource.RLIM_INFINITY)
        await subscribed.until_ended(third, within_s=WITHIN_S)
        clock.move(HOUR)
        await subscribed.until_ended(fourth, within_s=WITHIN_S)
        clock.move(-HOUR)
        await subscribed.until_all_ended(within_s=WITHIN_S)
        trouble = "database restarted" if server else f"disk full for {FULL_S:.0f} s"
        what = f"frozen for {FROZEN_S:.0f} s, {trouble}, clock an hour ahead, then back"
        return await _row(subscribed, server, what, began)


async def _start(subscribed: Subscribed, count: int, **environment: str) -> list[RunningBot]:
    starts = (subscribed.start_bot(**environment) for _ in range(count))
    return list(await asyncio.gather(*starts))


def _limit_files(bot: RunningBot, size: int) -> None:
    assert bot.process is not None
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


async def _row(
    subscribed: Subscribed,
    server: OwnServer | None,
    what: str,
    began: float,
    taken_over_s: float | None = None,
) -> Row:
    seconds = time.monotonic() - began
    told, failed = await subscribed.count(), subscribed.failed()
    name = "PostgreSQL" if server else "SQLite"
    return Row(name, what, told, failed, seconds, taken_over_s)
