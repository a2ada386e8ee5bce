"""Let very many subscriptions be due at one time, on a platform that keeps to its limits.

    python -m benchmarks.monday [--subscriptions 100000] [--platform discord|slack]

The real ticker, queue, preparation, delivery and SQLite work from an hour before, in one process,
on the loop of `simulated_time`. Only the platform is made up: it counts what arrives, answers as
late as a network does, and refuses what comes too fast.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from adapters.documents import MatplotlibCharts
from benchmarks.made_platform import MadePlatform
from benchmarks.monday_subscriptions import MONDAY, seed
from benchmarks.simulated_time import SimulatedClock, SimulatedLoop
from bot.bootstrap.delivering import TICK_EVERY_S
from bot.config import Settings
from bot.domain.deliveries import DeliveryState
from bot.domain.digests import Chart, Digest
from bot.domain.jobs import Job, JobKind
from bot.ports import Storage
from bot.posts import Post
from bot.services.deadlines import Deadlines
from bot.services.delivering import DeliveringService
from bot.services.digesting import DigestingService
from bot.services.drawing import Charts
from bot.services.issuing import IssuingService
from bot.services.membership import Membership, new_node_id
from bot.services.pacing import Pacing
from bot.services.posting import PostingService
from bot.services.ticking import TickingService
from bot.texts import Texts
from storage import SqlStorage
from storage.databases.database import open_database
from storage.jobs.sqlite_jobs import SqlJobs
from storage.migrations import migrate

POLLS = 500
LONGEST_S = 12 * 3600  # later than that nothing is sent any more
COUNTS = {"wall": time.monotonic, "core": time.process_time}


class CountingCharts(MatplotlibCharts):
    drawn = 0

    def draw(self, chart: Chart) -> bytes:
        self.drawn += 1
        return super().draw(chart)


class WatchedDatabase:
    """A database whose threads the loop waits for."""

    def __init__(self, database: Any, loop: SimulatedLoop) -> None:
        self._database = database
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._database, name)
        return self._watch(found, name) if callable(found) else found

    def _watch(self, function: Any, name: str) -> Any:
        if name in ("read", "write"):

            @asynccontextmanager
            async def transact() -> AsyncIterator[Any]:
                with self._loop.working():
                    async with function() as connection:
                        yield connection

            return transact

        async def call(*args: Any, **kwargs: Any) -> Any:
            with self._loop.working():
                return await function(*args, **kwargs)

        return call


class HeadOnly(DigestingService):
    """Posts one part: what tells most of a limit is how little a request costs."""

    def chat(self, digest: Digest, *, picture: bytes = b"") -> Post:
        return replace(super().chat(digest, picture=picture), thread=())


@dataclass(frozen=True, slots=True)
class Sample:
    name: str
    megabytes: float
    cpu_s: float
    wall_s: float


class Samples:
    def __init__(self) -> None:
        self.taken: list[Sample] = []

    def take(self, name: str) -> None:
        sample = Sample(name, resident_mb(), time.process_time(), time.perf_counter())
        print(f"{name}: {sample.megabytes:.0f} MB", flush=True)
        self.taken.append(sample)

    def spent(self, *, began: str, ended: str) -> tuple[float, float]:
        """Return the seconds of processor and wall in between."""
        by_name = {each.name: each for each in self.taken}
        first, last = by_name[began], by_name[ended]
        return last.cpu_s - first.cpu_s, last.wall_s - first.wall_s


def resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


async def poll_us(storage: Storage, at: datetime, scheme: str) -> float:
    """Return the median microseconds that it takes to find that nothing is due."""
    times = []
    for _ in range(POLLS):
        begin = time.perf_counter()
        found = await storage.subscriptions.list_due(at, limit=200, schemes={scheme})
        times.append(time.perf_counter() - begin)
        assert not found
    return statistics.median(times) * 1e6


async def run(args: argparse.Namespace, folder: Path) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulatedLoop)
    clock = SimulatedClock(MONDAY - timedelta(hours=2), loop)
    async with open_database(f"sqlite:///{folder / 'jubo.db'}") as real:
        await migrate(real)
        database: Any = WatchedDatabase(real, loop)
        jobs = SqlJobs(database, clock=clock)
        storage = SqlStorage(database, jobs=jobs)
        begin = time.perf_counter()
        await seed(storage, clock, count=args.subscriptions, scheme=args.platform)
        print(f"seeded in {time.perf_counter() - begin:.0f} s", flush=True)
        idle_us = await poll_us(storage, clock.now(), args.platform)
        rows = await deliver(args, storage, clock, loop)
    print_table([*rows, ("idle poll", f"{idle_us:.0f} µs (goal 1,000)")])


class Bot:
    """As `bot.bootstrap` joins it, with other clocks, a made-up platform and no other work."""

    def __init__(
        self,
        args: argparse.Namespace,
        storage: Storage,
        clock: SimulatedClock,
        loop: SimulatedLoop,
    ) -> None:
        self._loop = loop
        self._jobs = storage.jobs
        self.platform = MadePlatform(args.platform, args.subscriptions)
        self.charts = CountingCharts()
        self.prepared_at = 0.0
        self.stop = asyncio.Event()
        platforms: dict[str, Any] = {args.platform: self.platform}  # nobody calls the rest of it
        posting = PostingService(
            platforms,
            storage.ledger,
            clock=clock,
            pacing=Pacing(monotonic=loop.time),
            monotonic=loop.time,
        )
        make_digesting = DigestingService if args.threads else HeadOnly
        texts = Texts.load()
        digesting = make_digesting(storage.links, storage.notes, storage.signals, texts=texts)
        charts = Charts(self.charts)
        issuing = IssuingService(storage.deliveries, digesting, charts, posting, texts=texts)
        lease_s = Settings.model_fields["lease_s"].default
        self.membership = Membership(
            storage.nodes, new_node_id(), lease_s=lease_s, clock=clock, monotonic=loop.time
        )
        self._delivering = DeliveringService(
            storage.subscriptions,
            storage.deliveries,
            issuing,
            posting,
            alive=self.membership,
            texts=texts,
            clock=clock,
            lease_s=lease_s,
            send_s=Deadlines().scheduled_s,
        )
        self._ticking = TickingService(
            storage.subscriptions,
            storage.deliveries,
            storage.jobs,
            posting,
            clock=clock,
            monotonic=loop.time,
        )

    async def work(self) -> None:
        handlers = {JobKind.DELIVER: self._delivering.handle, JobKind.PREPARE: self._prepare}
        async with self.membership.belong(), asyncio.TaskGroup() as group:
            group.create_task(self._tick())
            group.create_task(self._jobs.work(handlers, stop=self.stop))

    async def _prepare(self, job: Job) -> None:
        await self._delivering.prepare(job)
        self.prepared_at = self._loop.time()

    async def _tick(self) -> None:
        # Not by the bot's own timers: their library asks the machine what time it is.
        while not self.stop.is_set():
            next_at = self._loop.time() + TICK_EVERY_S
            await self._ticking.tick()
            await asyncio.sleep(max(0.0, next_at - self._loop.time()))


async def deliver(
    args: argparse.Namespace, storage: Storage, clock: SimulatedClock, loop: SimulatedLoop
) -> list[tuple[str, str]]:
    """Let it be Monday, from eight until all is sent; return what was measured."""
    total: int = args.subscriptions
    bot = Bot(args, storage, clock, loop)
    samples = Samples()
    clock.set(MONDAY - timedelta(hours=1))
    eight = loop.time()
    nine = eight + 3600
    gc.freeze()  # as the program does when it is ready
    loop.forget_turns()
    samples.take("an hour before")
    async with asyncio.TaskGroup() as group:
        group.create_task(bot.work())
        await asyncio.sleep(nine - loop.time())
        samples.take("when due")
        for share in (0.25, 0.5, 0.75):
            most_missing = (1 - share) * total
            await until(partial(bot.platform.misses_at_most, most_missing))
            samples.take(f"{share:.0%} sent")
        while (await storage.deliveries.count()).get(DeliveryState.DELIVERED, 0) < total:
            if loop.time() > nine + LONGEST_S:
                break
            await asyncio.sleep(1)
        samples.take("all sent")
        bot.stop.set()
    platform = bot.platform
    outcomes = await storage.deliveries.count()
    ahead = samples.spent(began="an hour before", ended="when due")
    after = samples.spent(began="when due", ended="all sent")
    took_s = platform.last_at - nine
    return [
        ("subscriptions", f"{total:,}"),
        ("requests, of them refused", f"{platform.requests:,}, {platform.refused:,}"),
        ("missing, twice", f"{platform.missing:,}, {platform.twice:,}"),
        ("ended", ", ".join(f"{state} {n:,}" for state, n in outcomes.items())),
        ("all prepared", f"{bot.prepared_at - eight:.0f} s after eight"),
        ("first arrived", f"{platform.first_at - nine:.1f} s after nine"),
        ("last arrived", f"{took_s:.1f} s after nine"),
        ("  to requests ÷ limit", f"{took_s / platform.least_s:.3f} (goal 1.1)"),
        ("longest turn of the loop", f"{loop.longest_turn_s * 1e3:.0f} ms (goal 250)"),
        ("  of it on a core", f"{loop.longest_turn_cpu_s * 1e3:.0f} ms"),
        ("  when", f"{loop.longest_turn_at - eight:.0f} s after eight"),
        *((f"resident, {each.name}", f"{each.megabytes:.0f} MB") for each in samples.taken),
        ("charts drawn", f"{bot.charts.drawn:,}"),
        ("on a core, before and after nine", f"{ahead[0]:.0f} s, {after[0]:.0f} s"),
        ("on the wall", f"{ahead[1]:.0f} s, {after[1]:.0f} s"),
    ]


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(LONGEST_S):
        if is_so():
            return
        await asyncio.sleep(1)


def print_table(rows: Sequence[tuple[str, str]]) -> None:
    for name, value in rows:
        print(f"{name:38} {value}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--platform", choices=["discord", "slack"], default="discord")
    parser.add_argument("--count", choices=COUNTS, default="wall", help="how work is counted")
    parser.add_argument("--threads", action="store_true", help="post what stands below, too")
    args = parser.parse_args()
    make_loop = partial(SimulatedLoop, COUNTS[args.count])
    with (
        tempfile.TemporaryDirectory(prefix="jubo-monday-") as folder,
        asyncio.Runner(loop_factory=make_loop) as runner,
    ):
        runner.run(run(args, Path(folder)))


if __name__ == "__main__":
    main()
