"""One worker of procrastinate, with what it lacks: places for each kind, and a second life.

As the library has it, a worker ends when the database is away for a moment, does not notice that
others gave it up, leaves a job running for ever whose end it could not write down, and never looks
after the jobs of the dead. All of that goes through its job manager; this one knows better.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar

import psycopg
from procrastinate import App, jobs, manager
from procrastinate.exceptions import ConnectorException
from procrastinate.job_context import JobContext
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker
from psycopg_pool import AsyncConnectionPool

from bot.domain.jobs import PROCESS_ENDED, Failure, Job, JobId, JobKind, NewJob, Rule, judge_end
from bot.ports import Clock, Handler
from storage.jobs.procrastinate_rows import (
    TASK,
    Rows,
    as_job,
    beat,
    end_jobs,
    fail_job,
    find_orphans,
    find_unheard,
    follow_job,
    forget_workers,
    lay_back,
    take_jobs,
)
from storage.jobs.runs import run_job

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0  # for what comes due; what is new is told
BEATS = 4  # in one lease
AWAY_S = 1.0  # until the database is asked again

# What the server says when it goes, is gone, or ends one transaction in favour of another.
AWAY = (psycopg.OperationalError, psycopg.InterfaceError, ConnectorException)

Result = TypeVar("Result")


class JobWorker:
    """Runs jobs until `stop`; begins anew as another worker if the others gave this one up."""

    def __init__(
        self,
        pool: AsyncConnectionPool[Rows],
        handlers: Mapping[JobKind, Handler],
        *,
        stop: asyncio.Event,
        rules: Mapping[JobKind, Rule],
        clock: Clock,
        chance: Callable[[], float],
        lease_s: float,
        stop_within_s: float,
    ) -> None:
        self._pool = pool
        self._handlers = handlers
        self._stop = stop
        self._rules = rules
        self._clock = clock
        self._chance = chance
        self._lease_s = lease_s
        self._stop_within_s = stop_within_s
        self._is_away = False

    async def run(self) -> None:
        while not self._stop.is_set():
            try:
                await self._live_once()
            except AWAY as error:
                # One that could not be signed off ages; its jobs were put back or are found then.
                await self.note_that_it_is_away(error)
            else:
                if not self._stop.is_set():
                    await asyncio.sleep(AWAY_S)

    async def _live_once(self) -> None:
        connector = PsycopgConnector()
        await connector.open_async(self._pool)  # type: ignore[arg-type]  # its rows are dicts
        app = App(connector=connector)
        places = _Places(self._rules, self._handlers)
        app.job_manager = manager_ = _Manager(connector, self, places)
        app.task(name=TASK, pass_context=True)(manager_.run)
        worker = _Worker(
            app,
            places=places,
            queues=list(self._handlers),
            name=None,
            concurrency=places.most,
            install_signal_handlers=False,
            fetch_job_polling_interval=LOOK_EVERY_S,
            shutdown_graceful_timeout=self._stop_within_s,
            delete_jobs=jobs.DeleteJobCondition.ALWAYS,
            update_heartbeat_interval=self._lease_s / BEATS,
            stalled_worker_timeout=self._lease_s,
        )
        manager_.give_up = worker.give_up
        stopping = asyncio.create_task(self._stop_with(worker))
        try:
            await worker.run()  # type: ignore[no-untyped-call]  # the library says no type
        finally:
            stopping.cancel()

    async def _stop_with(self, worker: _Worker) -> None:
        await self._stop.wait()
        worker.stop()

    @property
    def lease_s(self) -> float:
        return self._lease_s

    async def handle(self, job: Job) -> NewJob | Failure | None:
        return await run_job(
            job,
            self._handlers[job.kind],
            rule=self._rules[job.kind],
            clock=self._clock,
            chance=self._chance,
        )

    def judge_orphan(self, job: Job) -> Failure:
        failure = judge_end(
            job,
            PROCESS_ENDED,
            rule=self._rules[job.kind],
            now=self._clock.now(),
            chance=0.0,
        )
        # It is late already, and most jobs of a dead node are innocent.
        run_at = None if failure.run_at is None else job.run_at
        return Failure(reason=PROCESS_ENDED, run_at=run_at)

    async def ask(self, work: Callable[[Rows], Awaitable[Result]]) -> Result:
        async with self._pool.connection() as connection:
            result = await work(connection)
        self._is_away = False
        return result

    async def insist(self, work: Callable[[Rows], Awaitable[Any]]) -> None:
        """Write, however long the database is away: what ran is not run again because of that."""
        while True:
            try:
                await self.ask(work)
            except psycopg.errors.UniqueViolation:
                continue  # of its key a job came to wait just now; it is seen the next time
            except AWAY as error:
                await self.note_that_it_is_away(error)
                if self._stop.is_set():
                    return  # others find out that this worker is gone, and run it again
            else:
                return

    async def note_that_it_is_away(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("jobs wait for the database", extra={"reason": str(error)})
        self._is_away = True
        await asyncio.sleep(AWAY_S)


class _Places:
    """How many may still come in, and for which kinds it is worth looking."""

    def __init__(self, rules: Mapping[JobKind, Rule], kinds: Iterable[JobKind]) -> None:
        self._own = Counter({kind: rules[kind].at_once for kind in kinds})
        self._free = Counter(self._own)
        self._more: Counter[JobKind] = Counter()  # for what the dead left, until it is done
        self._dry: set[JobKind] = set()
        self._changed = asyncio.Event()
        self.is_closed = False

    @property
    def is_idle(self) -> bool:
        return self._free.total() == self._own.total() + self._more.total()

    @property
    def most(self) -> int:
        return 2 * self._own.total()

    def take_over(self, kind: JobKind) -> None:
        """Make room for one of a dead node: most of these only wait, as half a digest does.

        They are due before all others. So many as one node has run beside ours at most.
        """
        if self._more[kind] < self._own[kind]:
            self._more[kind] += 1
            self._free[kind] += 1
        self.look_again(kind)

    def begin_looking(self) -> dict[JobKind, int]:
        """Return for how many to look. Until `look_again` for a kind says so, not twice for it."""
        self._changed.clear()
        free = {
            kind: free for kind, free in self._free.items() if free > 0 and kind not in self._dry
        }
        self._dry.update(free)
        return free

    def take(self, kind: JobKind) -> None:
        self._free[kind] -= 1

    def leave(self, kind: JobKind) -> None:
        if self._more[kind] > 0:
            self._more[kind] -= 1
        else:
            self._free[kind] += 1
        self.look_again(kind)

    def look_again(self, *kinds: JobKind) -> None:
        self._dry.difference_update(kinds or tuple(self._dry))
        self._changed.set()

    def close(self) -> None:
        self.is_closed = True
        self._changed.set()

    @property
    def has_changed(self) -> bool:
        return self._changed.is_set()

    async def wait(self) -> None:
        """Wait for a change, or until something may have come due."""
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._changed.wait()
        except TimeoutError:
            self.look_again()


class _Worker(Worker):
    def __init__(self, app: App, *, places: _Places, **options: Any) -> None:
        super().__init__(app, **options)
        self._places = places

    def give_up(self) -> None:
        """Cancel what runs: others run it by now."""
        self.shutdown_graceful_timeout = 0.0
        self.stop()

    def stop(self) -> None:
        self._places.close()
        super().stop()  # type: ignore[no-untyped-call]  # the library says no type


class _Manager(manager.JobManager):
    """What the library's worker asks of the database."""

    def __init__(self, connector: PsycopgConnector, owner: JobWorker, places: _Places) -> None:
        super().__init__(connector)
        self._owner = owner
        self._places = places
        self._ended: dict[int, NewJob | Failure | None] = {}
        self._held: set[JobId] = set()
        self._over: list[JobId] = []  # and not written down yet
        self._ending = asyncio.Lock()
        self._taken: deque[jobs.Job] = deque()  # they have their places, and run at once
        self._unheard: set[JobId] = set()
        self._worker = 0
        self.give_up: Callable[[], None] = lambda: None

    async def run(self, context: JobContext, /, **_: Any) -> None:
        """Do what is the task of all jobs. It never fails: what comes of it is noted."""
        job = _as_ours(context.job)
        self._ended[job.id] = await self._owner.handle(job)

    async def register_worker(self) -> int:
        self._worker = await super().register_worker()
        return self._worker

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> jobs.Job | None:
        """Return a job whose kind has a place. While others run, wait for one here.

        The library's worker would not hear of a place that becomes free.
        """
        del queues
        places = self._places
        while not places.is_closed:
            if not self._taken and (free := places.begin_looking()):
                await self._take(free, worker_id)
            if self._taken:
                return self._taken.popleft()
            if places.has_changed:
                continue
            if places.is_idle:
                places.look_again()
                return None
            await places.wait()
        return None

    async def _take(self, free: Mapping[JobKind, int], worker_id: int) -> None:
        try:
            found = await self._owner.ask(lambda rows: take_jobs(rows, free, worker=worker_id))
        except psycopg.errors.ForeignKeyViolation:
            self._begin_anew()
            return
        except AWAY as error:
            await self._owner.note_that_it_is_away(error)
            return
        for row in found:
            self._held.add(JobId(row["id"]))
            self._places.take(JobKind(row["queue_name"]))
            self._taken.append(jobs.Job.from_row(row))

    async def unregister_worker(self, worker_id: int) -> None:
        """Put back first what a stop left no time to begin: it was no try."""
        for job in map(_as_ours, self._taken):
            cut_short = partial(fail_job, job=job, failure=_cut_short(job), worker=worker_id)
            await self._owner.insist(cut_short)
        await super().unregister_worker(worker_id)

    async def finish_job(self, job: jobs.Job, status: jobs.Status, delete_job: bool) -> None:
        """Write down what came of it. Nothing came of one that was cut short."""
        del status, delete_job
        ours, worker = _as_ours(job), self._worker
        try:
            ended = self._ended.pop(ours.id, _cut_short(ours))
            if ended is None:
                await self._end(ours.id)
            elif isinstance(ended, Failure):
                await self._owner.insist(partial(fail_job, job=ours, failure=ended, worker=worker))
            else:
                follows = partial(follow_job, job=ours.id, follow=ended, worker=worker)
                await self._owner.insist(follows)
        finally:
            self._held.discard(ours.id)
            self._places.leave(ours.kind)

    async def _end(self, job: JobId) -> None:
        """Write it down with all that ended while the last ones were written down."""
        self._over.append(job)
        async with self._ending:
            if job in self._over:
                over, self._over = self._over, []
                await self._owner.insist(partial(end_jobs, ended=over, worker=self._worker))

    async def update_heartbeat(self, worker_id: int) -> None:
        try:
            is_ours = await self._owner.ask(lambda rows: self._beat(rows, worker_id))
        except AWAY as error:
            await self._owner.note_that_it_is_away(error)
            return
        if not is_ours:
            self._begin_anew()

    def _begin_anew(self) -> None:
        """Give up what the others hold for dead; whoever notices it first says so."""
        log.warning("jobs went to others: this process was silent for too long")
        self.give_up()

    async def _beat(self, rows: Rows, worker: int) -> bool:
        """Give a sign of life, and look after the jobs of those who gave none."""
        orphaned: list[JobKind] = []
        async with rows.transaction():
            if not await beat(rows, worker):
                return False
            for job in await find_orphans(rows, lease_s=self._owner.lease_s):
                log.warning("job was cut short", extra={"job": job.id, "key": job.key})
                await lay_back(rows, job, self._owner.judge_orphan(job))
                orphaned.append(job.kind)
            await forget_workers(rows, lease_s=self._owner.lease_s)
            await self._put_back_unheard(rows, worker)
        for kind in orphaned:
            self._places.take_over(kind)
        return True

    async def _put_back_unheard(self, rows: Rows, worker: int) -> None:
        """Let wait what was given to us while the line broke: we live, so nobody else does.

        What is not with us one beat ago and now is not on its way here.
        """
        unheard = await find_unheard(rows, worker, held=self._held)
        for job in unheard:
            if job.id in self._unheard:
                await lay_back(rows, job, _cut_short(job))
        self._unheard = {job.id for job in unheard}

    async def listen_for_jobs(
        self,
        *,
        on_notification: manager.NotificationCallback,
        queues: Iterable[str] | None = None,
    ) -> None:
        async def tell(*, channel: str, notification: jobs.Notification) -> None:
            self._places.look_again(JobKind(channel.rpartition("#")[2]))
            await on_notification(channel=channel, notification=notification)

        while True:
            try:
                await super().listen_for_jobs(on_notification=tell, queues=queues)
            except AWAY as error:
                await self._owner.note_that_it_is_away(error)


def _as_ours(job: jobs.Job) -> Job:
    return as_job(
        {
            "id": job.id,
            "status": "doing",
            "queue_name": job.queue,
            "queueing_lock": job.queueing_lock,
            "args": job.task_kwargs,
            "attempts": job.attempts,
            "scheduled_at": job.scheduled_at,
        }
    )


def _cut_short(job: Job) -> Failure:
    """Return what becomes of it if a stop did that; one that was dropped is known as such."""
    return Failure(reason=job.reason, run_at=job.run_at, counts=False)
