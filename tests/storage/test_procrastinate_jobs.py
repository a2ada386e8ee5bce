"""Jobs on PostgreSQL when nodes die, freeze, or lose the server."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.domain.jobs import PROCESS_ENDED, RULES, Job, JobId, JobKind, JobState, NewJob, Rule
from bot.ports import Handler, Jobs
from storage import open_storage
from storage.databases.postgresql import find_url
from storage.jobs.procrastinate_jobs import ProcrastinateJobs, open_procrastinate
from storage.jobs.procrastinate_schema import SCHEMA
from tests.servers.postgres_server import OwnServer, own_server
from tests.waiting import until

pytestmark = pytest.mark.postgres

LEASE_S = 1.0
ONE = NewJob(JobKind.DELIVER, "deliver:one")
HANGS = NewJob(JobKind.DELIVER, "deliver:hang")


@pytest.fixture
async def jobs(postgres_url: str) -> AsyncIterator[ProcrastinateJobs]:
    async with open_jobs(postgres_url) as opened:
        yield opened


@asynccontextmanager
async def open_jobs(
    url: str, rules: Mapping[JobKind, Rule] = RULES
) -> AsyncIterator[ProcrastinateJobs]:
    async with open_storage(url):  # makes the tables
        pass
    address = find_url(url)
    assert address is not None
    async with open_procrastinate(address, rules=rules, lease_s=LEASE_S) as opened:
        yield opened


@asynccontextmanager
async def working(jobs: Jobs, handler: Handler) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(jobs.work({JobKind.DELIVER: handler}, stop=stop))
    try:
        yield
    finally:
        stop.set()
        await task


@asynccontextmanager
async def another_process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.servers.job_node", url, str(LEASE_S)),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def read_line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 15)).decode().strip()


class Notes:
    """A handler that notes which jobs it was given."""

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    async def __call__(self, job: Job) -> None:
        self.jobs.append(job)


def is_empty(jobs: Jobs) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return not await jobs.count()

    return ask


def execute(url: str, statement: str, *values: Any) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"SET search_path = {SCHEMA}".encode())
        cursor = connection.execute(statement.encode(), values)
        return cursor.fetchall() if cursor.description else []


async def test_what_a_killed_node_did_runs_elsewhere(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    notes = Notes()
    async with another_process(postgres_url) as process:
        await jobs.enqueue(HANGS)
        assert await read_line(process) == "deliver:hang 1"
        process.kill()
        killed_at = time.monotonic()

        async with working(jobs, notes):
            await until(is_empty(jobs))
            taken_after_s = time.monotonic() - killed_at

    assert [job.tries for job in notes.jobs] == [2]
    assert taken_after_s < 1.5 * LEASE_S + 3  # of which three for a busy machine


async def test_what_a_killed_node_did_waits_for_no_place(postgres_url: str) -> None:
    begun: list[str] = []
    may_end = asyncio.Event()

    async def handle(job: Job) -> None:
        begun.append(job.key)
        await may_end.wait()

    rules = {**RULES, JobKind.DELIVER: replace(RULES[JobKind.DELIVER], at_once=1)}
    async with another_process(postgres_url) as process, open_jobs(postgres_url, rules) as jobs:
        await jobs.enqueue(HANGS)
        await read_line(process)
        process.send_signal(signal.SIGSTOP)  # else it would take the others, too
        others = [NewJob(JobKind.DELIVER, f"deliver:{number}") for number in range(3)]
        await jobs.enqueue(*others)
        async with working(jobs, handle):
            await until(lambda: len(begun) == 2)
            at_first = list(begun)
            may_end.set()
            await until(is_empty(jobs))
        process.kill()

    assert at_first == ["deliver:0", "deliver:hang"]
    assert len(begun) == 4


async def test_a_job_that_kills_its_nodes_is_set_aside(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    last = RULES[JobKind.DELIVER].most_tries
    notes = Notes()
    async with another_process(postgres_url) as process:
        await jobs.enqueue(HANGS)
        await read_line(process)
        execute(postgres_url, f"UPDATE procrastinate_jobs SET attempts = {last - 1}")
        process.kill()

    async with working(jobs, notes):

        async def is_set_aside() -> bool:
            return bool(await jobs.list_jobs(states=[JobState.FAILED], limit=1))

        await until(is_set_aside)

    (failed,) = await jobs.list_jobs(limit=9)
    assert (failed.tries, failed.reason) == (last, PROCESS_ENDED)
    assert not notes.jobs


async def test_what_a_dead_node_did_is_one_with_the_next_of_its_key(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    notes = Notes()
    async with another_process(postgres_url) as process:
        await jobs.enqueue(HANGS)
        await read_line(process)
        assert await jobs.enqueue(HANGS) == 1
        process.kill()

    async with working(jobs, notes):
        await until(is_empty(jobs))

    assert [job.tries for job in notes.jobs] == [2]


async def test_a_process_that_stops_leaves_its_jobs_to_others_at_once(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    async with another_process(postgres_url) as process:
        await jobs.enqueue(HANGS)
        await read_line(process)
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 12) == 0

    (job,) = await jobs.list_jobs(limit=9)
    assert (job.state, job.tries) == (JobState.WAITING, 0)
    assert not execute(postgres_url, _WORKERS)


async def test_a_node_that_froze_finds_its_jobs_gone_and_begins_anew(
    postgres_url: str, jobs: ProcrastinateJobs, caplog: pytest.LogCaptureFixture
) -> None:
    """Its job was given to another, so what it did of it counts nowhere."""
    notes = Notes()
    async with another_process(postgres_url) as process:
        await jobs.enqueue(HANGS)
        await read_line(process)
        process.send_signal(signal.SIGSTOP)
        async with working(jobs, notes):
            await until(is_empty(jobs))
        process.send_signal(signal.SIGCONT)

        await jobs.enqueue(ONE)  # only it is there to run this

        assert await asyncio.wait_for(read_line(process), 15) == "deliver:one 1"
        await until(is_empty(jobs))

    assert [job.tries for job in notes.jobs] == [2]


async def test_a_worker_that_asks_for_work_when_it_was_given_up_begins_anew(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    """It hears of a job before its own sign of life tells it what the others think of it."""
    notes = Notes()
    async with working(jobs, notes):
        await until(lambda: bool(execute(postgres_url, _WORKERS)))
        execute(postgres_url, "DELETE FROM procrastinate_workers")
        await jobs.enqueue(ONE)

        await until(is_empty(jobs), within_s=15)

    assert [job.key for job in notes.jobs] == [ONE.key]


async def test_of_many_new_jobs_each_kind_is_told_once(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    many = [NewJob(JobKind.READ, f"read:{number}") for number in range(50)]
    async with await psycopg.AsyncConnection.connect(postgres_url, autocommit=True) as connection:
        for kind in (JobKind.DELIVER, JobKind.READ):
            await connection.execute(f'LISTEN "procrastinate_queue_v1#{kind}"'.encode())

        await jobs.enqueue(ONE, *many)
        await jobs.enqueue(*many)  # all of them wait already

        await connection.execute("NOTIFY \"procrastinate_queue_v1#deliver\", 'that was all'")
        told = [(each.channel, each.payload) async for each in connection.notifies(stop_after=3)]

    assert {channel.rpartition("#")[2] for channel, _ in told[:2]} == {"read", "deliver"}
    assert told[2][1] == "that was all"


async def test_two_processes_share_the_work(postgres_url: str, jobs: ProcrastinateJobs) -> None:
    async with another_process(postgres_url) as one, another_process(postgres_url) as two:
        at_once = RULES[JobKind.DELIVER].at_once
        hang = [NewJob(JobKind.DELIVER, f"deliver:hang:{n}") for n in range(2 * at_once)]
        await jobs.enqueue(*hang)
        began = [await read_line(process) for process in (one, two) for _ in range(at_once)]

    assert sorted(began) == sorted(f"{job.key} 1" for job in hang)


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    with (
        tempfile.TemporaryDirectory(prefix="jubo-jobs-") as folder,
        own_server(Path(folder)) as own,
    ):
        yield own


async def test_a_restart_of_the_server_loses_nothing(
    server: OwnServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    url = server.create()
    is_free = asyncio.Event()
    began: list[str] = []

    async def wait(job: Job) -> NewJob | None:
        began.append(job.key)
        await is_free.wait()
        return ONE if job.key == HANGS.key else None

    async with open_jobs(url) as jobs, working(jobs, wait):
        await jobs.enqueue(HANGS)
        await until(lambda: began == [HANGS.key])
        await asyncio.to_thread(server.restart)
        is_free.set()  # its end, and what follows it, find no connection

        await until(lambda: ONE.key in began, within_s=30)
        await until(is_empty(jobs))

    assert began == [HANGS.key, ONE.key]
    assert not [record for record in caplog.records if record.exc_info]
    told = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert set(told) <= {"jobs wait for the database"}


async def test_work_begins_once_the_server_is_there(server: OwnServer) -> None:
    url = server.create()
    notes = Notes()
    async with open_jobs(url) as jobs:
        await jobs.enqueue(ONE)
        await asyncio.to_thread(server.stop)
        async with working(jobs, notes):
            await asyncio.to_thread(server.start)
            await until(is_empty(jobs), within_s=30)

    assert [job.key for job in notes.jobs] == [ONE.key]


async def test_an_idle_worker_says_and_asks_little(
    postgres_url: str, jobs: ProcrastinateJobs, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    notes = Notes()
    async with working(jobs, notes):
        await jobs.enqueue(ONE)
        await until(is_empty(jobs))
        connections = execute(
            postgres_url,
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name = 'jubo'",
        )

    assert not caplog.records
    assert connections[0][0] <= 5


async def test_a_job_given_out_while_the_line_broke_is_not_lost(
    postgres_url: str, jobs: ProcrastinateJobs
) -> None:
    """The worker lives, so that nobody takes its jobs: it has to find this one by itself."""
    notes = Notes()
    async with working(jobs, notes):
        await until(lambda: bool(execute(postgres_url, _WORKERS)))
        ((worker,),) = execute(postgres_url, _WORKERS)
        await jobs.enqueue(NewJob(JobKind.READ, "read:1"))
        execute(
            postgres_url,
            "UPDATE procrastinate_jobs"
            " SET status = 'doing', worker_id = %s, queue_name = 'deliver'",
            worker,
        )
        execute(
            postgres_url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )

        await until(is_empty(jobs), within_s=15)

    assert [job.id for job in notes.jobs] == [JobId(notes.jobs[0].id)]


_WORKERS = "SELECT id FROM procrastinate_workers"
