"""What the queue on SQLite does beside the contract of `Jobs`."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.domain.jobs import Job, JobKind, NewJob
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
