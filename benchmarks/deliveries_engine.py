"""The engine alone: planned, claimed, kept, begun, posted nowhere, ended. No digest is compiled.

As a program it is one node: `python -m benchmarks.deliveries_engine URL BEGIN_AT`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.bootstrap.delivering import TICK_EVERY_S
from bot.clock import SystemClock
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.digests import Digest, Period, Style
from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import LOCAL, ChannelId, MemberId, MessageId, Place
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, Piece, Rates, Storage, Target
from bot.posts import Post, say
from bot.services.delivering import DeliveringService
from bot.services.issuing import IssuingService
from bot.services.membership import Membership, new_node_id
from bot.services.posting import PostingService
from bot.services.ticking import TickingService
from bot.texts import Texts
from storage import open_storage
from tests.servers.postgres_server import OwnServer, own_server

LEASE_S = 10.0
READY_S = 12.0  # until the nodes begin
LOOK_EVERY_S = 0.1
ROUNDS = 3
ADDED_AT_ONCE = 1000
PLATFORM = "local"
HEADER = "| what | a second | goal | cores busy | anchor |\n|---|--:|---|--:|---|"
# Measured once on two cores, each with one commit a step and nothing else to do.
ANCHORS = {
    "SQLite": "a plain ledger: 202 with a commit for each step; 1,556 unsynced",
    "PostgreSQL, one node": "a plain ledger: 759",
    "PostgreSQL, jobs alone": "procrastinate as it comes: 700",
}


async def run(folder: Path, *, deliveries: int) -> int:
    (folder / "server").mkdir()
    sqlite = f"sqlite:///{folder / 'jubo.db'}"
    of: dict[str, Rate] = {}
    of["SQLite"] = await _measure(sqlite, deliveries, nodes=1)
    with own_server(folder / "server") as server:
        server.execute("ALTER SYSTEM SET fsync = on")
        server.reload()
        of["PostgreSQL, jobs alone"] = await _measure_jobs(server.create(), deliveries)
        # In turns: a shared machine is not as fast in one minute as in the next.
        ones, twos = [], []
        for _ in range(ROUNDS):
            ones.append(await _measure_new(server, deliveries, nodes=1))
            twos.append(await _measure_new(server, deliveries, nodes=2))
        of["PostgreSQL, one node"] = _middle(ones)
        of["PostgreSQL, two nodes"] = _middle(twos)
    goals = {
        "SQLite": 500.0,
        "PostgreSQL, one node": 250.0,
        "PostgreSQL, two nodes": 1.5 * of["PostgreSQL, one node"].a_second,
    }
    print(HEADER)
    for what, rate in of.items():
        goal = f"≥ {goals[what]:.0f}" if what in goals else ""
        busy = f"{rate.cores:.1f} of {os.cpu_count()}"
        print(f"| {what} | {rate.a_second:.0f} | {goal} | {busy} | {ANCHORS.get(what, '')} |")
    ratios = ", ".join(
        f"{two.a_second / one.a_second:.2f}" for one, two in zip(ones, twos, strict=True)
    )
    print(f"Two nodes to one, round by round: {ratios}")
    return 0 if all(of[what].a_second >= goal for what, goal in goals.items()) else 1


@dataclass(frozen=True, slots=True)
class Rate:
    """`cores`: how many were busy meanwhile, with all that ran. More nodes need free ones."""

    a_second: float
    cores: float


def _middle(rates: Sequence[Rate]) -> Rate:
    return sorted(rates, key=lambda rate: rate.a_second)[len(rates) // 2]


class Watch:
    """Counts from when it was made."""

    def __init__(self) -> None:
        self._began, self._busy_s = time.monotonic(), _busy_s()

    def stop(self, count: int) -> Rate:
        took_s = time.monotonic() - self._began
        return Rate(count / took_s, (_busy_s() - self._busy_s) / took_s)


def _busy_s() -> float:
    """Return the seconds that all cores together worked since the machine started."""
    line = Path("/proc/stat").read_text(encoding="ascii").partition("\n")[0]
    user, nice, system, _idle, _waiting, *interrupts = map(int, line.split()[1:8])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


async def _measure_new(server: OwnServer, deliveries: int, *, nodes: int) -> Rate:
    return await _measure(server.create(), deliveries, nodes=nodes)


async def _measure(url: str, deliveries: int, *, nodes: int) -> Rate:
    """Return how many were delivered a second, all due at once, by processes of their own."""
    async with open_storage(url) as storage:
        begin_at = datetime.now(UTC) + timedelta(seconds=READY_S)
        await _seed(storage, deliveries, due_at=begin_at)
        begin_at = max(begin_at, datetime.now(UTC) + timedelta(seconds=READY_S))
        command = (sys.executable, "-m", "benchmarks.deliveries_engine", url, begin_at.isoformat())
        processes = [await asyncio.create_subprocess_exec(*command) for _ in range(nodes)]
        try:
            await asyncio.sleep((begin_at - datetime.now(UTC)).total_seconds())
            watch = Watch()
            while (await storage.deliveries.count()).get(DeliveryState.DELIVERED, 0) < deliveries:
                assert all(each.returncode is None for each in processes)
                await asyncio.sleep(LOOK_EVERY_S)
            return watch.stop(deliveries)
        finally:
            for each in processes:
                if each.returncode is None:
                    each.kill()
                await each.wait()


async def _measure_jobs(url: str, count: int) -> Rate:
    """Return how many jobs a second one process sees through that do nothing."""
    stop, done = asyncio.Event(), Counter[JobKind]()

    async def handle(job: Job) -> None:
        done[job.kind] += 1
        if done.total() == count:
            stop.set()

    async with open_storage(url) as storage:
        await storage.jobs.enqueue(*(NewJob(JobKind.DELIVER, f"job:{n}") for n in range(count)))
        watch = Watch()
        await storage.jobs.work({JobKind.DELIVER: handle}, stop=stop)
        return watch.stop(count)


async def _seed(storage: Storage, count: int, *, due_at: datetime) -> None:
    await storage.workspaces.ensure(LOCAL, name=LOCAL)
    for start in range(0, count, ADDED_AT_ONCE):
        numbers = range(start, min(count, start + ADDED_AT_ONCE))
        some = (_subscription(number, due_at) for number in numbers)
        await asyncio.gather(*map(storage.subscriptions.add, some))


def _subscription(number: int, due_at: datetime) -> Subscription:
    return Subscription(
        id=f"s{number:07}",
        workspace=LOCAL,
        place=Place(ChannelId(f"c{number:07}")),
        cron=f"{due_at.minute} {due_at.hour} {due_at.day} * *",
        zone="UTC",
        days=7,
        style=Style.WEEKLY,
        language="en",
        made_by=MemberId("mina"),
        made_by_name="Mina",
        made_at=due_at - timedelta(days=1),
        posts_empty=True,
        next_run_at=due_at,
        covered_until=due_at - timedelta(days=7),
    )


# One node


class _Nowhere:
    """As much of a `ChatPlatform` as a post needs."""

    rates = Rates()

    def split(self, post: Post) -> Sequence[Piece]:
        return [Piece("", post)]

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        del target, piece
        return MessageId(key)


class _Made(IssuingService):
    """A digest that is there already."""

    def __init__(self) -> None:
        day = datetime(2026, 3, 2, tzinfo=UTC).date()
        period = Period("today", day, day + timedelta(days=1))
        self._digest = Digest(
            period=period, style=Style.WEEKLY, language="en", title="Today", sections=(), chart=None
        )

    async def make(
        self, subscription: Subscription, claim: Claim, *, told_at: datetime
    ) -> tuple[Delivery, Digest]:
        del subscription, told_at
        return claim.delivery, self._digest

    async def write(self, subscription: Subscription, delivery: Delivery, digest: Digest) -> Post:
        del subscription, delivery, digest
        return say("What we read", language="en")


@asynccontextmanager
async def _open_node(url: str) -> AsyncIterator[tuple[Storage, DeliveringService, TickingService]]:
    clock, node = SystemClock(), new_node_id()
    us = None if url.startswith("sqlite") else node
    async with open_storage(url, node=us, lease_s=LEASE_S) as storage:
        membership = Membership(storage.nodes, node, lease_s=LEASE_S, clock=clock)
        platforms: dict[str, Any] = {PLATFORM: _Nowhere()}  # nobody calls the rest of it
        posting = PostingService(platforms, storage.ledger, clock=clock)
        delivering = DeliveringService(
            storage.subscriptions,
            storage.deliveries,
            _Made(),
            posting,
            alive=membership,
            texts=Texts.load(),
            clock=clock,
            lease_s=LEASE_S,
            send_s=LEASE_S,
        )
        ticking = TickingService(
            storage.subscriptions,
            storage.deliveries,
            storage.jobs,
            posting,
            clock=clock,
            nodes=None if us is None else storage.nodes,
            node=node,
        )
        async with membership.belong():
            yield storage, delivering, ticking


async def _be_node(url: str, begin_at: datetime) -> None:
    """Deliver until killed."""
    async with _open_node(url) as (storage, delivering, ticking), asyncio.TaskGroup() as group:
        handlers = {JobKind.DELIVER: delivering.handle}
        group.create_task(storage.jobs.work(handlers, stop=asyncio.Event()))
        await asyncio.sleep((begin_at - datetime.now(UTC)).total_seconds())
        while True:
            await ticking.tick()
            await asyncio.sleep(TICK_EVERY_S)


if __name__ == "__main__":
    asyncio.run(_be_node(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
