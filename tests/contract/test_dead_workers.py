"""What becomes of the jobs of a process that was killed, where the next one is its heir."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, suppress

import pytest

from bot.domain.jobs import PROCESS_ENDED, Job, JobKind, JobState, NewJob
from bot.ports import Handler, Jobs
from tests.contract.job_queues import QUICK, Queue, memory_queue, sqlite_queue
from tests.waiting import until

ONE = NewJob(JobKind.DELIVER, "deliver:one")


@pytest.fixture(params=["memory", "sqlite"])
def opened(request: pytest.FixtureRequest) -> AbstractAsyncContextManager[Queue]:
    if request.param == "memory":
        return memory_queue()
    return sqlite_queue(request.getfixturevalue("sqlite_url"))


@pytest.fixture
async def queue(opened: AbstractAsyncContextManager[Queue]) -> AsyncIterator[Queue]:
    async with opened as each:
        yield each


async def work_and_die(jobs: Jobs) -> None:
    """Take up a job, and end without a word in the middle of it."""
    is_running = asyncio.Event()

    async def hang(job: Job) -> None:
        del job
        is_running.set()
        await asyncio.Event().wait()

    handlers: dict[JobKind, Handler] = {JobKind.DELIVER: hang}
    task = asyncio.create_task(jobs.work(handlers, stop=asyncio.Event()))
    await is_running.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_what_a_dead_process_was_doing_is_taken_up_again(queue: Queue) -> None:
    tries: list[int] = []

    async def note(job: Job) -> None:
        tries.append(job.tries)

    await queue.jobs.enqueue(ONE)
    await work_and_die(queue.jobs)
    assert await queue.jobs.count() == {(JobKind.DELIVER, JobState.RUNNING): 1}

    stop = asyncio.Event()
    async with queue.again() as jobs, asyncio.TaskGroup() as group:
        group.create_task(jobs.work({JobKind.DELIVER: note}, stop=stop))
        await until(lambda: bool(tries))
        stop.set()

    assert tries == [2]
    assert not await queue.jobs.count()


async def test_a_job_that_kills_every_process_is_set_aside(queue: Queue) -> None:
    await queue.jobs.enqueue(ONE)
    for _ in range(QUICK.most_tries):
        await work_and_die(queue.jobs)

    stop = asyncio.Event()
    async with queue.again() as jobs, asyncio.TaskGroup() as group:
        group.create_task(jobs.work({}, stop=stop))

        async def is_set_aside() -> bool:
            return bool(await jobs.list_jobs(states=[JobState.FAILED], limit=1))

        await until(is_set_aside)
        stop.set()

    (failed,) = await queue.jobs.list_jobs(limit=9)
    assert (failed.tries, failed.reason) == (QUICK.most_tries, PROCESS_ENDED)


async def test_what_ran_twice_of_one_key_is_one_job_after_a_crash(queue: Queue) -> None:
    await queue.jobs.enqueue(ONE)
    await work_and_die(queue.jobs)
    assert await queue.jobs.enqueue(ONE) == 1

    ran: list[Job] = []

    async def note(job: Job) -> None:
        ran.append(job)

    stop = asyncio.Event()
    async with queue.again() as jobs, asyncio.TaskGroup() as group:
        group.create_task(jobs.work({JobKind.DELIVER: note}, stop=stop))

        async def is_done() -> bool:
            return not await jobs.count()

        await until(is_done)
        stop.set()

    assert [job.tries for job in ran] == [2]
