"""The port `Jobs` on PostgreSQL: procrastinate's queue, which many nodes share."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from bot.clock import SystemClock
from bot.domain.jobs import RULES, Job, JobId, JobKind, JobState, NewJob, Rule
from bot.errors import StorageUnavailable
from bot.ports import Clock, Handler
from storage.databases.postgresql import conninfo_of
from storage.jobs.procrastinate_schema import SCHEMA
from storage.jobs.runs import STOP_WITHIN_S
from storage.living import LEASE_S
from storage.rows import batches

if TYPE_CHECKING:
    from psycopg_pool import AsyncConnectionPool
    from sqlalchemy.engine import URL

    from storage.jobs.procrastinate_rows import Rows

AT_ONCE = 1000  # jobs in one statement
MOST_CONNECTIONS = 4  # beside the one that listens
ANSWER_WITHIN_S = 5.0

Result = TypeVar("Result")


class ProcrastinateJobs:
    """Connects when it is first asked for something: most commands never do."""

    def __init__(
        self,
        conninfo: str,
        *,
        rules: Mapping[JobKind, Rule] = RULES,
        clock: Clock | None = None,
        chance: Callable[[], float] = random.random,
        lease_s: float = LEASE_S,
        stop_within_s: float = STOP_WITHIN_S,
    ) -> None:
        self._conninfo = conninfo
        self._rules = rules
        self._clock = clock or SystemClock()
        self._chance = chance
        self._lease_s = lease_s
        self._stop_within_s = stop_within_s
        self._pool: AsyncConnectionPool[Rows] | None = None

    async def enqueue(self, *jobs: NewJob) -> int:
        from storage.jobs.procrastinate_rows import keep_jobs

        added = 0
        for some in batches(jobs, AT_ONCE):
            added += await self._ask(partial(keep_jobs, new=some))
        return added

    async def work(self, handlers: Mapping[JobKind, Handler], *, stop: asyncio.Event) -> None:
        from storage.jobs.procrastinate_worker import JobWorker

        # It tells of each job and each start; what went wrong we tell ourselves.
        logging.getLogger("procrastinate").setLevel(logging.WARNING)
        worker = JobWorker(
            await self._open(),
            handlers,
            stop=stop,
            rules=self._rules,
            clock=self._clock,
            chance=self._chance,
            lease_s=self._lease_s,
            stop_within_s=self._stop_within_s,
        )
        await worker.run()

    async def list_jobs(
        self, *, states: Collection[JobState] = tuple(JobState), limit: int
    ) -> Sequence[Job]:
        from storage.jobs.procrastinate_rows import LIST, STATUSES, as_job

        statuses = [STATUSES[state] for state in states]
        rows = await self._list(LIST, statuses=statuses, limit=limit)
        return [as_job(row) for row in rows]

    async def count(self) -> Mapping[tuple[JobKind, JobState], int]:
        from storage.jobs.procrastinate_rows import COUNT, STATUSES

        states = {status: state for state, status in STATUSES.items()}
        return {
            (JobKind(row["queue_name"]), states[row["status"]]): row["number"]
            for row in await self._list(COUNT)
        }

    async def retry(self, job: JobId) -> bool:
        from storage.jobs.procrastinate_rows import revive_job

        return await self._ask(lambda rows: revive_job(rows, job))

    async def cancel(self, job: JobId) -> bool:
        from storage.jobs.procrastinate_rows import drop_job

        return await self._ask(lambda rows: drop_job(rows, job))

    async def close(self) -> None:
        if self._pool is not None:
            await self._pool.close()

    async def _list(self, query: str, **values: Any) -> Sequence[Any]:
        async def fetch(rows: Rows) -> Sequence[Any]:
            return await (await rows.execute(query.encode(), values)).fetchall()

        return await self._ask(fetch)

    async def _ask(self, work: Callable[[Rows], Awaitable[Result]]) -> Result:
        import psycopg

        pool = await self._open()
        try:
            try:
                async with pool.connection() as connection:
                    return await work(connection)
            except (psycopg.OperationalError, psycopg.InterfaceError):
                # The server may have been restarted since. All that is asked may be asked twice.
                await pool.check()
                async with pool.connection() as connection:
                    return await work(connection)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StorageUnavailable(str(error)) from error

    async def _open(self) -> AsyncConnectionPool[Rows]:
        from psycopg import AsyncConnection
        from psycopg.rows import dict_row
        from psycopg_pool import AsyncConnectionPool

        if self._pool is None:
            # It says at length what we say once.
            logging.getLogger("psycopg.pool").setLevel(logging.ERROR)
            pool = AsyncConnectionPool(
                self._conninfo,
                connection_class=AsyncConnection[Any],
                kwargs={"row_factory": dict_row},
                configure=_commit_by_itself,
                min_size=1,
                max_size=MOST_CONNECTIONS,
                timeout=ANSWER_WITHIN_S,
                open=False,
            )
            self._pool = pool
            await pool.open()
        return self._pool


async def _commit_by_itself(connection: Rows) -> None:
    # Most of what is asked is one statement. Not as an argument: the library gives its own.
    await connection.set_autocommit(True)


@asynccontextmanager
async def open_procrastinate(
    url: URL, *, lease_s: float = LEASE_S, **options: Any
) -> AsyncIterator[ProcrastinateJobs]:
    """`options` are those of `ProcrastinateJobs`."""
    conninfo = conninfo_of(url, search_path=SCHEMA, synchronous_commit="off")
    jobs = ProcrastinateJobs(conninfo, lease_s=lease_s, **options)
    try:
        yield jobs
    finally:
        await jobs.close()
