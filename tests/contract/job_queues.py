"""Queues to hold against the port `Jobs`, each with the time that it goes by."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from bot.clock import SystemClock
from bot.domain.jobs import RULES, JobKind, Rule
from bot.ports import Clock, Jobs
from storage.databases.database import open_database
from storage.databases.postgresql import find_url
from storage.jobs.procrastinate_jobs import ProcrastinateJobs, open_procrastinate
from storage.jobs.procrastinate_schema import prepare_jobs
from storage.jobs.sqlite_jobs import SqlJobs
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import MemoryJobs

# Short enough for a queue that goes by the real time. Without chance a pause is half as long.
QUICK = Rule(
    at_once=2,
    most_tries=2,
    first_pause=timedelta(seconds=0.2),
    longest_pause=timedelta(seconds=1),
    most_s=30.0,
)
ALONE = Rule(1, 2, QUICK.first_pause, QUICK.longest_pause, 0.2)
TEST_RULES = {**RULES, JobKind.DELIVER: QUICK, JobKind.REINDEX: ALONE}
STOP_WITHIN_S = 0.1


@dataclass(frozen=True, slots=True)
class Queue:
    """`again`: the same jobs as another process finds them, once this one is dead."""

    jobs: Jobs
    clock: Clock
    pass_time: Callable[[float], None]
    again: Callable[[], AbstractAsyncContextManager[Jobs]]


@asynccontextmanager
async def memory_queue() -> AsyncIterator[Queue]:
    clock = FakeClock()
    jobs = MemoryJobs(clock=clock, rules=TEST_RULES, stop_within_s=STOP_WITHIN_S)

    @asynccontextmanager
    async def again() -> AsyncIterator[Jobs]:
        yield jobs

    yield Queue(jobs, clock, lambda seconds: clock.move(seconds=seconds), again)


@asynccontextmanager
async def sqlite_queue(database_url: str) -> AsyncIterator[Queue]:
    clock = FakeClock()

    @asynccontextmanager
    async def again() -> AsyncIterator[SqlJobs]:
        async with open_database(database_url) as database:
            yield SqlJobs(
                database,
                rules=TEST_RULES,
                clock=clock,
                chance=lambda: 0.0,
                look_every_s=0.01,
                stop_within_s=STOP_WITHIN_S,
            )

    async with again() as jobs:
        yield Queue(jobs, clock, lambda seconds: clock.move(seconds=seconds), again)


@asynccontextmanager
async def postgres_queue(database_url: str) -> AsyncIterator[Queue]:
    """Time passes by itself: what goes by the server's clock is waited for."""
    url = find_url(database_url)
    assert url is not None

    @asynccontextmanager
    async def again() -> AsyncIterator[ProcrastinateJobs]:
        async with open_procrastinate(
            url, rules=TEST_RULES, chance=lambda: 0.0, stop_within_s=STOP_WITHIN_S
        ) as jobs:
            yield jobs

    async with open_database(database_url) as database:
        await prepare_jobs(database)
    async with again() as jobs:
        yield Queue(jobs, SystemClock(), lambda _: None, again)
