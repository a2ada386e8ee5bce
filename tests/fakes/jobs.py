"""A queue in memory, with the rules of the real ones."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

from bot.domain.jobs import (
    PROCESS_ENDED,
    RULES,
    Failure,
    Job,
    JobId,
    JobKind,
    JobState,
    NewJob,
    Rule,
)
from bot.ports import Clock, Handler, Jobs
from storage.jobs.runs import run_job

LOOK_EVERY_S = 0.005

_ORDER = [JobState.FAILED, JobState.RUNNING, JobState.WAITING]


class MemoryJobs(Jobs):
    def __init__(
        self,
        *,
        clock: Clock,
        rules: Mapping[JobKind, Rule] = RULES,
        chance: Callable[[], float] = lambda: 0.0,
        stop_within_s: float = 8.0,
    ) -> None:
        self._clock = clock
        self._rules = rules
        self._chance = chance
        self._stop_within_s = stop_within_s
        self._ids = count(1)
        self._jobs: dict[JobId, Job] = {}
        self._tasks: dict[JobId, asyncio.Task[None]] = {}

    @property
    def waiting(self) -> list[Job]:
        """By due time."""
        return sorted(self._in(JobState.WAITING), key=lambda job: (job.run_at, job.id))

    async def enqueue(self, *jobs: NewJob) -> int:
        return sum(self._keep(job) for job in jobs)

    def _keep(self, new: NewJob) -> bool:
        run_at = new.run_at or self._clock.now()
        self._forget(JobState.FAILED, new.key)
        waiting = self._find(JobState.WAITING, new.key)
        if waiting is not None:
            if waiting.tries == 0:
                self._change(waiting, run_at=min(waiting.run_at, run_at))
            return False
        job = Job(
            id=JobId(next(self._ids)),
            kind=new.kind,
            key=new.key,
            arguments=dict(new.arguments),
            state=JobState.WAITING,
            tries=0,
            run_at=run_at,
        )
        self._jobs[job.id] = job
        return True

    async def run_due(self, handlers: Mapping[JobKind, Handler]) -> int:
        """Run what is due, one after the other, and what follows at once; return how many."""
        ran = 0
        while (job := self._take(handlers)) is not None:
            await self._run(job, handlers[job.kind])
            ran += 1
        return ran

    async def work(self, handlers: Mapping[JobKind, Handler], *, stop: asyncio.Event) -> None:
        for ran in self._in(JobState.RUNNING):
            is_spent = ran.tries >= self._rules[ran.kind].most_tries
            self._fail(ran, Failure(reason=PROCESS_ENDED, run_at=None if is_spent else ran.run_at))
        async with asyncio.TaskGroup() as group:
            while not stop.is_set():
                while (job := self._take(handlers)) is not None:
                    self._tasks[job.id] = group.create_task(self._run(job, handlers[job.kind]))
                await asyncio.sleep(LOOK_EVERY_S)
            await self._drain()

    async def _drain(self) -> None:
        if not self._tasks:
            return
        await asyncio.wait(self._tasks.values(), timeout=self._stop_within_s)
        late = {job: task for job, task in self._tasks.items() if not task.done()}
        for task in late.values():
            task.cancel()
        for number, task in late.items():
            await asyncio.wait([task])
            job = self._jobs[number]
            self._fail(job, Failure(reason=job.reason, run_at=job.run_at, counts=False))

    def _take(self, handlers: Collection[JobKind]) -> Job | None:
        busy = Counter(job.kind for job in self._in(JobState.RUNNING))
        now = self._clock.now()
        for job in self.waiting:
            has_room = job.kind in handlers and busy[job.kind] < self._rules[job.kind].at_once
            is_free = self._find(JobState.RUNNING, job.key) is None
            if job.run_at <= now and has_room and is_free:
                return self._change(job, state=JobState.RUNNING, tries=job.tries + 1)
        return None

    async def _run(self, job: Job, handler: Handler) -> None:
        try:
            rule = self._rules[job.kind]
            ended = await run_job(job, handler, rule=rule, clock=self._clock, chance=self._chance)
            if job.id not in self._jobs:
                return
            if isinstance(ended, Failure):
                self._fail(job, ended)
            else:
                del self._jobs[job.id]
                if ended is not None:
                    self._keep(ended)
        finally:
            self._tasks.pop(job.id, None)

    def _fail(self, job: Job, failure: Failure) -> None:
        state = JobState.FAILED if failure.run_at is None else JobState.WAITING
        self._forget(state, job.key)
        self._change(
            job,
            state=state,
            run_at=failure.run_at or job.run_at,
            tries=job.tries - (not failure.counts),
            reason=failure.reason,
        )

    async def list_jobs(
        self, *, states: Collection[JobState] = tuple(JobState), limit: int
    ) -> Sequence[Job]:
        def order(job: Job) -> tuple[int, datetime, int]:
            return _ORDER.index(job.state), job.run_at, job.id

        return sorted(self._in(*states), key=order)[:limit]

    async def count(self) -> Mapping[tuple[JobKind, JobState], int]:
        return Counter((job.kind, job.state) for job in self._jobs.values())

    async def retry(self, job: JobId) -> bool:
        failed = self._jobs.get(job)
        if failed is None or failed.state is not JobState.FAILED:
            return False
        self._forget(JobState.WAITING, failed.key)
        self._change(failed, state=JobState.WAITING, tries=0, run_at=self._clock.now())
        return True

    async def cancel(self, job: JobId) -> bool:
        if job in self._tasks:
            self._tasks[job].cancel()
        return self._jobs.pop(job, None) is not None

    def _in(self, *states: JobState) -> list[Job]:
        return [job for job in self._jobs.values() if job.state in states]

    def _find(self, state: JobState, key: str) -> Job | None:
        return next((job for job in self._in(state) if job.key == key), None)

    def _forget(self, state: JobState, key: str) -> None:
        job = self._find(state, key)
        if job is not None:
            del self._jobs[job.id]

    def _change(self, job: Job, **changes: Any) -> Job:
        self._jobs[job.id] = changed = replace(job, **changes)
        return changed
