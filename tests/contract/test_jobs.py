"""What every queue of jobs does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta

import pytest

from bot.domain.jobs import TOOK_TOO_LONG, Job, JobId, JobKind, JobState, NewJob
from bot.errors import RateLimited, StorageUnavailable, TransientError
from bot.ports import Handler, Jobs
from tests.contract.job_queues import QUICK, Queue, memory_queue, postgres_queue, sqlite_queue
from tests.waiting import until

KEY = "deliver:one"
ONE = NewJob(JobKind.DELIVER, KEY, {"delivery": "one"})
OTHER = NewJob(JobKind.DELIVER, "deliver:other")
HOUR = timedelta(hours=1)


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Queue]:
    if request.param == "memory":
        return memory_queue()
    if request.param == "sqlite":
        return sqlite_queue(request.getfixturevalue("sqlite_url"))
    return postgres_queue(request.getfixturevalue("postgres_url"))


@pytest.fixture
async def queue(opened: AbstractAsyncContextManager[Queue]) -> AsyncIterator[Queue]:
    async with opened as each:
        yield each


class Recorder:
    """A handler that notes what it was given, and then does as it was told."""

    def __init__(self, then: Callable[[Job], Awaitable[NewJob | None]] | None = None) -> None:
        self.jobs: list[Job] = []
        self.is_free = asyncio.Event()
        self._then = then

    async def __call__(self, job: Job) -> NewJob | None:
        self.jobs.append(job)
        if self._then is not None:
            return await self._then(job)
        return None

    async def wait(self, job: Job) -> None:
        self.jobs.append(job)
        await self.is_free.wait()


def raising(error: Exception) -> Recorder:
    async def fail(_: Job) -> None:
        raise error

    return Recorder(fail)


@asynccontextmanager
async def working(jobs: Jobs, handlers: Mapping[JobKind, Handler]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(jobs.work(handlers, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def all_of(jobs: Jobs) -> list[Job]:
    return list(await jobs.list_jobs(limit=100))


async def is_empty(jobs: Jobs) -> bool:
    return not await all_of(jobs)


async def find(jobs: Jobs, state: JobState) -> Job | None:
    found = await jobs.list_jobs(states=[state], limit=1)
    return found[0] if found else None


async def wait_for(jobs: Jobs, state: JobState) -> Job:
    async def is_there() -> bool:
        return await find(jobs, state) is not None

    await until(is_there)
    job = await find(jobs, state)
    assert job is not None
    return job


async def set_aside(queue: Queue, handler: Handler | None = None) -> Job:
    await queue.jobs.enqueue(ONE)
    async with working(queue.jobs, {JobKind.DELIVER: handler or raising(ValueError("words"))}):
        return await wait_for_moving(queue, JobState.FAILED)


async def wait_for_moving(queue: Queue, state: JobState) -> Job:
    async def is_there() -> bool:
        queue.pass_time(0.1)
        return await find(queue.jobs, state) is not None

    await until(is_there)
    return await wait_for(queue.jobs, state)


async def test_of_one_key_one_job_waits(queue: Queue) -> None:
    assert await queue.jobs.enqueue(ONE, OTHER, ONE) == 2
    assert await queue.jobs.enqueue(ONE) == 0

    assert sorted(job.key for job in await all_of(queue.jobs)) == [KEY, OTHER.key]


async def test_one_that_waits_is_hurried_and_never_delayed(queue: Queue) -> None:
    in_an_hour, in_two = (queue.clock.now() + number * HOUR for number in (1, 2))
    await queue.jobs.enqueue(NewJob(JobKind.DELIVER, KEY, run_at=in_two))

    await queue.jobs.enqueue(NewJob(JobKind.DELIVER, KEY, run_at=in_an_hour))
    assert [job.run_at for job in await all_of(queue.jobs)] == [in_an_hour]
    await queue.jobs.enqueue(NewJob(JobKind.DELIVER, KEY, run_at=in_two))
    assert [job.run_at for job in await all_of(queue.jobs)] == [in_an_hour]


async def test_a_job_runs_and_is_gone(queue: Queue) -> None:
    handler = Recorder()
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: is_empty(queue.jobs))

    (job,) = handler.jobs
    assert (job.kind, job.key, job.arguments) == (ONE.kind, ONE.key, ONE.arguments)
    assert (job.state, job.tries) == (JobState.RUNNING, 1)


async def test_a_job_that_comes_while_nothing_is_to_do_runs_at_once(queue: Queue) -> None:
    handler = Recorder()

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await queue.jobs.enqueue(OTHER)
        await until(lambda: is_empty(queue.jobs))
        await queue.jobs.enqueue(ONE)
        await until(lambda: is_empty(queue.jobs))

    assert [job.key for job in handler.jobs] == [OTHER.key, KEY]


async def test_nothing_runs_before_its_time(queue: Queue) -> None:
    handler = Recorder()
    soon = queue.clock.now() + timedelta(seconds=0.5)
    await queue.jobs.enqueue(NewJob(JobKind.DELIVER, KEY, run_at=soon), OTHER)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: bool(handler.jobs))
        assert [job.key for job in handler.jobs] == [OTHER.key]
        queue.pass_time(1)
        await until(lambda: len(handler.jobs) == 2)

    assert handler.jobs[1].run_at == soon
    assert queue.clock.now() >= soon


async def test_what_nobody_here_handles_waits(queue: Queue) -> None:
    handler = Recorder()
    await queue.jobs.enqueue(NewJob(JobKind.READ, "read:1"), ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: bool(handler.jobs))

    assert [job.key for job in await all_of(queue.jobs)] == ["read:1"]


async def test_of_one_key_one_job_runs_at_a_time(queue: Queue) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.DELIVER: handler.wait}
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == 1)
        assert await queue.jobs.enqueue(ONE, OTHER) == 2
        await until(lambda: len(handler.jobs) == 2)
        assert [job.key for job in handler.jobs] == [KEY, OTHER.key]
        handler.is_free.set()
        await until(lambda: is_empty(queue.jobs))

    assert [job.key for job in handler.jobs] == [KEY, OTHER.key, KEY]


async def test_each_kind_has_so_many_places(queue: Queue) -> None:
    full, beside = Recorder(), Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.DELIVER: full.wait, JobKind.POLL: beside}
    await queue.jobs.enqueue(*(NewJob(JobKind.DELIVER, f"deliver:{n}") for n in range(5)))

    async with working(queue.jobs, handlers):
        await until(lambda: len(full.jobs) == QUICK.at_once)
        await queue.jobs.enqueue(NewJob(JobKind.POLL, "poll:1"))
        await until(lambda: bool(beside.jobs))
        assert len(full.jobs) == QUICK.at_once
        full.is_free.set()
        await until(lambda: is_empty(queue.jobs))

    assert len(full.jobs) == 5


async def test_what_a_handler_returns_follows(queue: Queue) -> None:
    async def step(job: Job) -> NewJob | None:
        number = int(job.arguments.get("step", "0"))
        return NewJob(job.kind, job.key, {"step": str(number + 1)}) if number < 3 else None

    handler = Recorder(step)
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: is_empty(queue.jobs))

    assert [job.arguments.get("step") for job in handler.jobs] == [None, "1", "2", "3"]
    assert {job.tries for job in handler.jobs} == {1}


async def test_what_fails_is_tried_again_after_a_pause(queue: Queue) -> None:
    before = queue.clock.now()
    await queue.jobs.enqueue(ONE)

    async def fail_once(job: Job) -> None:
        if job.tries == 1:
            raise TransientError("the words of somebody")

    handler = Recorder(fail_once)
    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        await wait_for_moving_to_end(queue)

    assert [job.tries for job in handler.jobs] == [1, 2]
    assert handler.jobs[1].run_at >= before + QUICK.first_pause / 2
    assert handler.jobs[1].reason == "TransientError"


async def wait_for_moving_to_end(queue: Queue) -> None:
    async def is_done() -> bool:
        queue.pass_time(0.05)
        return await is_empty(queue.jobs)

    await until(is_done)


async def test_what_fails_too_often_is_set_aside_with_the_reason(queue: Queue) -> None:
    handler = raising(ValueError("the words of somebody"))

    failed = await set_aside(queue, handler)

    assert (failed.key, failed.tries, failed.reason) == (KEY, QUICK.most_tries, "ValueError")
    assert len(handler.jobs) == QUICK.most_tries
    assert failed.arguments == ONE.arguments


async def test_what_was_set_aside_runs_again_on_demand(queue: Queue) -> None:
    failed = await set_aside(queue)
    handler = Recorder()

    assert await queue.jobs.retry(failed.id)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: is_empty(queue.jobs))
    assert [(job.key, job.tries) for job in handler.jobs] == [(KEY, 1)]
    assert not await queue.jobs.retry(failed.id)


async def test_only_what_was_set_aside_is_tried_on_demand(queue: Queue) -> None:
    await queue.jobs.enqueue(NewJob(JobKind.DELIVER, KEY, run_at=queue.clock.now() + HOUR))
    (job,) = await all_of(queue.jobs)

    assert not await queue.jobs.retry(job.id)
    assert await all_of(queue.jobs) == [job]


async def test_a_new_job_takes_the_place_of_one_set_aside(queue: Queue) -> None:
    await set_aside(queue)

    assert await queue.jobs.enqueue(ONE) == 1

    assert [(job.state, job.tries) for job in await all_of(queue.jobs)] == [(JobState.WAITING, 0)]


async def test_one_set_aside_tried_on_demand_is_one_with_the_next_of_its_key(
    queue: Queue,
) -> None:
    handler = Recorder()
    later = NewJob(JobKind.DELIVER, KEY, run_at=queue.clock.now() + HOUR)

    async def enqueue_and_fail(job: Job) -> None:
        if job.tries == QUICK.most_tries:
            await queue.jobs.enqueue(later)
        raise ValueError

    failed = await set_aside(queue, Recorder(enqueue_and_fail))
    assert len(await all_of(queue.jobs)) == 2

    assert await queue.jobs.retry(failed.id)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: is_empty(queue.jobs))
    assert [job.id for job in handler.jobs] == [failed.id]


async def test_one_that_fails_is_one_with_the_next_of_its_key(queue: Queue) -> None:
    """Else the pause after a failure would mean nothing."""

    async def enqueue_and_fail(job: Job) -> None:
        if job.tries == 1:
            await queue.jobs.enqueue(ONE)
            raise ValueError

    handler = Recorder(enqueue_and_fail)
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        await wait_for_moving_to_end(queue)

    assert [job.tries for job in handler.jobs] == [1, 2]


async def test_one_that_rests_after_a_failure_is_not_hurried(queue: Queue) -> None:
    handler = raising(RateLimited(3600))
    await queue.jobs.enqueue(ONE)
    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        resting = await wait_for(queue.jobs, JobState.WAITING)

    assert await queue.jobs.enqueue(ONE) == 0

    assert await all_of(queue.jobs) == [resting]


async def test_who_is_asked_to_wait_waits(queue: Queue) -> None:
    handler = raising(RateLimited(3600))
    asked_at = queue.clock.now()
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        resting = await wait_for(queue.jobs, JobState.WAITING)

    assert resting.run_at >= asked_at + timedelta(seconds=3600)
    assert (resting.tries, resting.reason) == (1, "RateLimited")


async def test_a_database_that_is_away_is_no_fault_of_the_job(queue: Queue) -> None:
    handler = raising(StorageUnavailable("away"))
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        resting = await wait_for(queue.jobs, JobState.WAITING)

    assert (resting.tries, resting.reason) == (0, "StorageUnavailable")
    assert resting.run_at > handler.jobs[0].run_at


async def test_what_takes_too_long_has_failed(queue: Queue) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.REINDEX: handler.wait}
    await queue.jobs.enqueue(NewJob(JobKind.REINDEX, "reindex:one"))

    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == 1)
        job = await wait_for_moving(queue, JobState.FAILED)

    assert (job.tries, job.reason) == (2, TOOK_TOO_LONG)


async def test_a_job_that_waits_can_be_dropped(queue: Queue) -> None:
    await queue.jobs.enqueue(ONE, OTHER)
    first, second = await all_of(queue.jobs)

    assert await queue.jobs.cancel(first.id)

    assert await all_of(queue.jobs) == [second]
    assert not await queue.jobs.cancel(first.id)
    assert not await queue.jobs.cancel(JobId(999_999))


async def test_a_job_that_was_set_aside_can_be_dropped(queue: Queue) -> None:
    failed = await set_aside(queue)

    assert await queue.jobs.cancel(failed.id)

    assert await is_empty(queue.jobs)


async def test_a_job_that_runs_can_be_dropped_and_enqueues_nothing(queue: Queue) -> None:
    was_cancelled = asyncio.Event()

    async def resist(job: Job) -> NewJob:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled.set()
            return NewJob(job.kind, "deliver:next")
        raise AssertionError

    handler = Recorder(resist)
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)
        assert await queue.jobs.cancel(handler.jobs[0].id)
        await until(was_cancelled.is_set)
        await until(lambda: is_empty(queue.jobs))

    assert len(handler.jobs) == 1
    assert await is_empty(queue.jobs)


async def test_a_place_is_free_again_after_a_job_was_dropped(queue: Queue) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.DELIVER: handler.wait}
    await queue.jobs.enqueue(*(NewJob(JobKind.DELIVER, f"deliver:{n}") for n in range(3)))

    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == QUICK.at_once)
        for job in list(handler.jobs):
            assert await queue.jobs.cancel(job.id)
        await until(lambda: len(handler.jobs) == 3)


async def test_at_a_stop_running_work_finishes(queue: Queue) -> None:
    handler = Recorder(lambda _: asyncio.sleep(0.03))
    await queue.jobs.enqueue(ONE)

    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: len(handler.jobs) == 1)

    assert await is_empty(queue.jobs)


async def test_what_a_stop_cuts_short_waits_for_the_next_start(queue: Queue) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.DELIVER: handler.wait}
    await queue.jobs.enqueue(ONE)
    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == 1)

    (job,) = await all_of(queue.jobs)
    assert (job.state, job.tries) == (JobState.WAITING, 0)
    handler.is_free.set()
    async with queue.again() as jobs, working(jobs, handlers):
        await until(lambda: is_empty(queue.jobs))
    assert [job.tries for job in handler.jobs] == [1, 1]


async def test_after_a_stop_nothing_new_begins(queue: Queue) -> None:
    handler = Recorder(lambda _: asyncio.sleep(0.03))
    await queue.jobs.enqueue(*(NewJob(JobKind.DELIVER, f"deliver:{n}") for n in range(9)))
    async with working(queue.jobs, {JobKind.DELIVER: handler}):
        await until(lambda: bool(handler.jobs))

    assert await queue.jobs.count() == {(JobKind.DELIVER, JobState.WAITING): 9 - len(handler.jobs)}


async def test_what_a_stop_left_no_time_to_begin_was_not_tried(queue: Queue) -> None:
    stop = asyncio.Event()

    async def stop_all(_: Job) -> None:
        stop.set()

    handler = Recorder(stop_all)
    await queue.jobs.enqueue(*(NewJob(JobKind.DELIVER, f"deliver:{n}") for n in range(9)))
    await queue.jobs.work({JobKind.DELIVER: handler}, stop=stop)

    left = [(job.state, job.tries) for job in await all_of(queue.jobs)]
    assert left == [(JobState.WAITING, 0)] * (9 - len(handler.jobs))


async def test_they_are_counted_by_kind_and_state(queue: Queue) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.POLL: handler.wait}
    await set_aside(queue)
    await queue.jobs.enqueue(OTHER, NewJob(JobKind.POLL, "poll:1"), NewJob(JobKind.READ, "read:1"))

    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == 1)
        counts = await queue.jobs.count()
        handler.is_free.set()

    assert counts == {
        (JobKind.DELIVER, JobState.FAILED): 1,
        (JobKind.DELIVER, JobState.WAITING): 1,
        (JobKind.POLL, JobState.RUNNING): 1,
        (JobKind.READ, JobState.WAITING): 1,
    }


async def test_the_list_begins_with_what_failed_and_ends_with_what_is_due_last(
    queue: Queue,
) -> None:
    handler = Recorder()
    handlers: dict[JobKind, Handler] = {JobKind.POLL: handler.wait}
    await set_aside(queue)
    later = queue.clock.now() + HOUR
    await queue.jobs.enqueue(
        NewJob(JobKind.READ, "read:later", run_at=later),
        NewJob(JobKind.READ, "read:sooner", run_at=later - timedelta(minutes=1)),
        NewJob(JobKind.POLL, "poll:1"),
    )

    async with working(queue.jobs, handlers):
        await until(lambda: len(handler.jobs) == 1)
        listed = await all_of(queue.jobs)
        first = await queue.jobs.list_jobs(limit=1)
        waiting = await queue.jobs.list_jobs(states=[JobState.WAITING], limit=9)
        handler.is_free.set()

    assert [job.key for job in listed] == [KEY, "poll:1", "read:sooner", "read:later"]
    assert [job.key for job in first] == [KEY]
    assert [job.key for job in waiting] == ["read:sooner", "read:later"]


async def test_a_number_never_means_another_job(queue: Queue) -> None:
    await queue.jobs.enqueue(ONE)
    (first,) = await all_of(queue.jobs)
    assert await queue.jobs.cancel(first.id)

    await queue.jobs.enqueue(OTHER)

    assert not await queue.jobs.cancel(first.id)
