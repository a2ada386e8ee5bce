"""Runs the jobs of the SQLite queue, so many of each kind side by side."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.domain.jobs import Failure, Job, JobId, JobKind, NewJob, Rule
from bot.errors import StorageUnavailable
from bot.ports import Clock, Handler
from storage.databases.database import Database
from storage.databases.side import Result, Work
from storage.jobs.runs import run_job
from storage.jobs.sqlite_rows import (
    end_job,
    fail_job,
    find_next,
    follow_clock,
    list_running,
    take_back,
    take_due,
)

log = logging.getLogger(__name__)

# Other commands enqueue and cancel beside the running bot; what it does itself it knows at once.
LOOK_EVERY_S = 1.0


@dataclass(frozen=True, slots=True)
class _Look:
    """`dropped`: what runs here and is wanted no more. `next_at`: when more will be due."""

    taken: Sequence[Job]
    dropped: Collection[JobId]
    next_at: datetime | None


class JobWorker:
    """Writes without a sync of their own: what a power cut takes of them runs again, at no harm."""

    def __init__(
        self,
        database: Database,
        *,
        rules: Mapping[JobKind, Rule],
        clock: Clock,
        chance: Callable[[], float],
        look_every_s: float,
        stop_within_s: float,
    ) -> None:
        self._database = database
        self._rules = rules
        self._clock = clock
        self._chance = chance
        self._look_every_s = look_every_s
        self._stop_within_s = stop_within_s
        self._wake = asyncio.Event()
        self._is_away = False  # the database
        self._looked_at: datetime | None = None
        self._running: dict[asyncio.Task[None], Job] = {}

    def wake(self) -> None:
        """Say that a job came or went."""
        self._wake.set()

    async def run(self, handlers: Mapping[JobKind, Handler], *, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            stopping = group.create_task(self._wake_at(stop))
            await self._write(lambda connection: take_back(connection, self._rules), until=stop)
            while not stop.is_set():
                self._wake.clear()
                look = await self._look(handlers)
                # First of all: what failed a moment ago may be among what is taken.
                for task, job in self._running.items():
                    if job.id in look.dropped:
                        task.cancel()
                for job in look.taken:
                    task = group.create_task(self._see_through(job, handlers[job.kind]))
                    self._running[task] = job
                    task.add_done_callback(self._make_room)
                if not look.taken:
                    await self._rest(look.next_at)
            await self._drain()
            stopping.cancel()

    async def _look(self, handlers: Collection[JobKind]) -> _Look:
        """Take what is due, as much as there is room for."""
        busy = Counter(job.kind for job in self._running.values())
        slots = {kind: self._rules[kind].at_once - busy[kind] for kind in handlers}
        now, running = self._clock.now(), {job.id for job in self._running.values()}
        back = (self._looked_at or now) - now

        def look(connection: Connection) -> _Look:
            if back > timedelta(0):
                follow_clock(connection, now=now, back=back)
            dropped = running - list_running(connection) if running else ()
            taken = take_due(connection, now=now, slots=slots) if any(slots.values()) else ()
            return _Look(taken, dropped, None if taken else find_next(connection, now=now))

        try:
            found = await self._database.write_briefly(look, is_synced=False)
        except StorageUnavailable as error:
            self._note_that_it_is_away(error)
            return _Look((), (), None)
        self._is_away = False
        self._looked_at = now
        return found

    async def _rest(self, next_at: datetime | None) -> None:
        """Wait until something changes here, might have changed elsewhere, or comes due."""
        pause_s = self._look_every_s
        if next_at is not None:
            pause_s = min(pause_s, max(0.0, (next_at - self._clock.now()).total_seconds()))
        try:
            async with asyncio.timeout(pause_s):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _see_through(self, job: Job, handler: Handler) -> None:
        rule = self._rules[job.kind]
        ended = await run_job(job, handler, rule=rule, clock=self._clock, chance=self._chance)
        await self._write(lambda connection: self._end(connection, job, ended))

    def _make_room(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._wake.set()

    def _end(self, connection: Connection, job: Job, ended: NewJob | Failure | None) -> None:
        if isinstance(ended, Failure):
            fail_job(connection, job, ended)
        else:
            end_job(connection, job, ended, now=self._clock.now())

    async def _drain(self) -> None:
        """Let running work finish for a while, then cancel it: it waits for the next start."""
        if not self._running:
            return
        _, late = await asyncio.wait(tuple(self._running), timeout=self._stop_within_s)
        if late:
            jobs = [self._running[task] for task in late]
            for task in late:
                task.cancel()
            await asyncio.wait(late)
            await self._put_back(jobs)

    async def _put_back(self, late: Sequence[Job]) -> None:
        def put_back(connection: Connection) -> None:
            for job in late:
                failure = Failure(reason=job.reason, run_at=job.run_at, counts=False)
                fail_job(connection, job, failure)

        log.info("jobs wait for the next start", extra={"jobs": len(late)})
        try:
            await self._database.write_briefly(put_back, is_synced=False)
        except StorageUnavailable:  # the next start finds them running and takes them back
            log.warning("jobs not put back", exc_info=True)

    async def _write(self, work: Work[Result], *, until: asyncio.Event | None = None) -> None:
        """Write, however long the database is away: what ran is not run again because of that."""
        while until is None or not until.is_set():
            try:
                await self._database.write_briefly(work, is_synced=False)
            except StorageUnavailable as error:
                self._note_that_it_is_away(error)
                await asyncio.sleep(self._look_every_s)
            else:
                return

    def _note_that_it_is_away(self, error: Exception) -> None:
        if not self._is_away:
            log.warning("jobs wait for the database", extra={"reason": str(error)})
        self._is_away = True

    async def _wake_at(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._wake.set()
