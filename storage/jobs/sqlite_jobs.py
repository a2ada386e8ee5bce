"""The port `Jobs` on SQLite: a table in the bot's own file, worked on by one process."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial

from sqlalchemy import case, func, select

from bot.clock import SystemClock
from bot.domain.jobs import RULES, Job, JobId, JobKind, JobState, NewJob, Rule
from bot.ports import Clock, Handler
from storage.databases.database import Database
from storage.jobs.runs import STOP_WITHIN_S
from storage.jobs.sqlite_rows import as_job, drop_job, keep_jobs, revive_job
from storage.jobs.sqlite_worker import LOOK_EVERY_S, JobWorker
from storage.rows import batches
from storage.schema import jobs as table

AT_ONCE = 200  # in one transaction; others wait for it

_RANK = {JobState.FAILED: 0, JobState.RUNNING: 1, JobState.WAITING: 2}


class SqlJobs:
    def __init__(
        self,
        database: Database,
        *,
        rules: Mapping[JobKind, Rule] = RULES,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        look_every_s: float = LOOK_EVERY_S,
        stop_within_s: float = STOP_WITHIN_S,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._worker = JobWorker(
            database,
            rules=rules,
            clock=self._clock,
            chance=chance,
            look_every_s=look_every_s,
            stop_within_s=stop_within_s,
        )

    async def enqueue(self, *jobs: NewJob) -> int:
        added = 0
        for some in batches(jobs, AT_ONCE):
            work = partial(keep_jobs, new=some, now=self._clock.now())
            added += await self._database.write_briefly(work)
        self._worker.wake()
        return added

    async def work(self, handlers: Mapping[JobKind, Handler], *, stop: asyncio.Event) -> None:
        """Be the only one who does."""
        await self._worker.run(handlers, stop=stop)

    async def list_jobs(
        self, *, states: Collection[JobState] = tuple(JobState), limit: int
    ) -> Sequence[Job]:
        query = (
            select(table)
            .where(table.c.state.in_(states))
            .order_by(case(_RANK, value=table.c.state), table.c.run_at, table.c.id)
            .limit(limit)
        )
        return await self._database.read_briefly(
            lambda connection: [as_job(row) for row in connection.execute(query)]
        )

    async def count(self) -> Mapping[tuple[JobKind, JobState], int]:
        kind, state = table.c.kind, table.c.state
        query = select(kind, state, func.count()).group_by(kind, state)
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        return {(JobKind(kind), JobState(state)): number for kind, state, number in rows}

    async def retry(self, job: JobId) -> bool:
        now = self._clock.now()
        is_there = await self._database.write_briefly(
            lambda connection: revive_job(connection, job, now=now)
        )
        self._worker.wake()
        return is_there

    async def cancel(self, job: JobId) -> bool:
        is_there = await self._database.write_briefly(lambda connection: drop_job(connection, job))
        self._worker.wake()  # it looks whether what it runs is still wanted
        return is_there
