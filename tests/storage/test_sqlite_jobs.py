"""What the queue on SQLite does beside the contract of `Jobs`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.jobs import RULES, Job, JobKind, NewJob
from bot.errors import TransientError
from storage import open_storage
from storage.databases.database import open_database
from storage.jobs.sqlite_jobs import SqlJobs
from tests.fakes.clock import FakeClock
from tests.waiting import until


async def test_a_clock_that_is_set_back_makes_no_job_rest_longer(tmp_path: Path) -> None:
    url, clock, stop = f"sqlite:///{tmp_path / 'jubo.db'}", FakeClock(), asyncio.Event()
    ran: list[str] = []

    async def handle(job: Job) -> None:
        ran.append(job.key)

    async with open_storage(url):
        pass
    async with open_database(url) as database:
        jobs = SqlJobs(database, clock=clock, look_every_s=0.01)
        rests_for = timedelta(minutes=5)
        await jobs.enqueue(
            NewJob(JobKind.DELIVER, "now"),
            NewJob(JobKind.DELIVER, "rests", run_at=clock.now() + rests_for),
        )
        working = asyncio.create_task(jobs.work({JobKind.DELIVER: handle}, stop=stop))
        await until(lambda: ran == ["now"])
        clock.move(hours=-1)
        await jobs.enqueue(NewJob(JobKind.DELIVER, "after it was set back"))
        await until(lambda: ran == ["now", "after it was set back"])

        clock.move(minutes=5, seconds=1)

        await until(lambda: ran[2:] == ["rests"])
        stop.set()
        await working


async def test_what_failed_and_is_due_at_once_runs_again(tmp_path: Path) -> None:
    url, stop, may_fail = f"sqlite:///{tmp_path / 'jubo.db'}", asyncio.Event(), asyncio.Event()
    ran: list[int] = []
    none = timedelta(0)
    rule = replace(RULES[JobKind.DELIVER], first_pause=none, longest_pause=none)

    async def handle(job: Job) -> None:
        ran.append(job.tries)
        if job.tries == 1:
            await may_fail.wait()
            raise TransientError("not now")

    async with open_storage(url):
        pass
    async with open_database(url) as database:
        jobs = SqlJobs(database, rules={**RULES, JobKind.DELIVER: rule}, clock=FakeClock())
        await jobs.enqueue(NewJob(JobKind.DELIVER, "a"))
        working = asyncio.create_task(jobs.work({JobKind.DELIVER: handle}, stop=stop))
        await until(lambda: ran == [1])
        async with database.write():  # the failure and the next look share a commit after this
            may_fail.set()
            await asyncio.sleep(0)
            await jobs.enqueue()
            for _ in range(9):
                await asyncio.sleep(0)

        await until(lambda: ran == [1, 2])
        stop.set()
        await working
        assert not await jobs.list_jobs(limit=9)
