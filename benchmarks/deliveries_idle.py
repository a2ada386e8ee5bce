"""What a bot that has nothing to do costs: processor time and transactions of its database."""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from tests.servers.postgres_server import own_server
from tests.servers.subscribed_bot import Subscribed, open_subscribed

SETTLE_S = 30.0
CHANNELS = 5
HEADER = "| database | % of a core | transactions/s | goal |\n|---|--:|--:|---|"
GOAL = "≤ 2 %, ≤ 10/s"
MOST_PERCENT, MOST_TRANSACTIONS = 2.0, 10.0

_WAL_HEADER, _FRAME_HEADER = 32, 24


async def run(folder: Path, *, seconds: float) -> int:
    (folder / "server").mkdir()
    rows, is_right = [], True
    with own_server(folder / "server") as server:
        for name, url in (("SQLite", ""), ("PostgreSQL", server.create())):
            opening = open_subscribed(
                folder / name,
                database_url=url,
                slack_count=CHANNELS,
                discord_count=CHANNELS,
                per_channel=1,
                lease_s=10.0,
                post_timeout_s=10.0,
            )
            async with opening as subscribed:
                percent, transactions = await _measure(subscribed, url, seconds)
            rows.append(f"| {name} | {percent:.2f} | {transactions:.1f} | {GOAL} |")
            is_right &= percent <= MOST_PERCENT and transactions <= MOST_TRANSACTIONS
    print(HEADER, *rows, sep="\n")
    return 0 if is_right else 1


async def _measure(subscribed: Subscribed, url: str, seconds: float) -> tuple[float, float]:
    bot = await subscribed.start_bot()
    await subscribed.until_all_ended(within_s=120.0)
    await asyncio.sleep(SETTLE_S)
    assert bot.process is not None
    count = _postgres_counter(url) if url else _sqlite_counter(subscribed)
    pid, began = bot.process.pid, time.monotonic()
    used, done = _processor_s(pid), count()
    await asyncio.sleep(seconds)
    took = time.monotonic() - began
    return 100 * (_processor_s(pid) - used) / took, (count() - done) / took


def _processor_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _postgres_counter(url: str) -> Callable[[], int]:
    """Return what counts the transactions of the database, reading ones too."""
    connection = psycopg.connect(url, autocommit=True)

    def count() -> int:
        connection.execute("SELECT pg_stat_clear_snapshot()")
        row = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database"
            " WHERE datname = current_database()"
        ).fetchone()
        assert row is not None
        return int(row[0])

    return count


def _sqlite_counter(subscribed: Subscribed) -> Callable[[], int]:
    """Return what counts commits: the frames of the log that end one. Reading writes none."""
    log = Path(subscribed.database_url.removeprefix("sqlite:///") + "-wal")

    def count() -> int:
        data = log.read_bytes()
        (page,) = struct.unpack(">I", data[8:12])
        salts, step = data[16:24], _FRAME_HEADER + page
        starts = range(_WAL_HEADER, len(data) - step + 1, step)
        ours = (each for each in starts if data[each + 8 : each + 16] == salts)
        return sum(data[each + 4 : each + 8] != bytes(4) for each in ours)

    return count
