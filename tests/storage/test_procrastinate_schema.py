"""The tables of procrastinate grow with the library."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import migrations_path
from psycopg.rows import TupleRow

from bot.domain.jobs import JobKind, NewJob
from storage import open_storage
from storage.databases.database import NewerDatabase, open_database
from storage.jobs.procrastinate_schema import SCHEMA, prepare_jobs
from tests.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.postgres

OLDER = "03.01.00_50"  # its tables lack what came later


@pytest.fixture
def empty_url(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


async def prepare(url: str) -> None:
    async with open_database(url) as database:
        await prepare_jobs(database)


def execute(url: str, *statements: str) -> list[TupleRow]:
    with psycopg.connect(url) as connection:
        connection.execute(f"SET search_path = {SCHEMA}".encode())
        *before, last = statements
        for statement in before:
            connection.execute(statement.encode())
        cursor = connection.execute(last.encode())
        return cursor.fetchall() if cursor.description else []


def find_tables(url: str) -> list[TupleRow]:
    """Return columns, indexes, functions and triggers, in one order: old tables grew columns."""
    return execute(
        url,
        f"""
        SELECT table_name || '.' || column_name || ' ' || udt_name || ' ' || is_nullable AS what
        FROM information_schema.columns WHERE table_schema = '{SCHEMA}'
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = '{SCHEMA}'
        UNION ALL SELECT oid::regprocedure || md5(prosrc)
        FROM pg_proc WHERE pronamespace = '{SCHEMA}'::regnamespace
        UNION ALL SELECT format('%s %s', tgname, tgenabled)
        FROM pg_trigger WHERE tgrelid = 'procrastinate_jobs'::regclass AND NOT tgisinternal
        ORDER BY what
        """,
    )


def make_older(url: str) -> None:
    scripts = sorted(Path(migrations_path).glob("*.sql"))
    done = [script for script in scripts if script.name[: len(OLDER)] <= OLDER]
    assert done != scripts
    execute(
        url,
        f"CREATE SCHEMA {SCHEMA}",
        *(script.read_text() for script in done),
        f"COMMENT ON SCHEMA {SCHEMA} IS '3.1.0 {done[-1].stem}'",
    )


async def test_jobs_leave_no_history_that_nobody_reads(
    empty_url: str, postgres_server: PostgresServer
) -> None:
    fresh = postgres_server.create()
    await prepare(fresh)
    await prepare(empty_url)
    ((told,),) = execute(empty_url, f"SELECT obj_description('{SCHEMA}'::regnamespace)")
    before = told.replace("+2 ", " ")  # as programs wrote it that left the history on
    execute(
        empty_url,
        "ALTER TABLE procrastinate_jobs ENABLE TRIGGER USER",
        f"COMMENT ON SCHEMA {SCHEMA} IS '{before}'",
    )
    assert find_tables(empty_url) != find_tables(fresh)

    await prepare(empty_url)
    async with open_storage(empty_url) as storage:
        await storage.jobs.enqueue(NewJob(JobKind.READ, "page"))

    assert find_tables(empty_url) == find_tables(fresh)
    assert execute(empty_url, "SELECT count(*) FROM procrastinate_events") == [(0,)]
    postgres_server.drop(fresh)


async def test_older_tables_become_those_of_today(
    empty_url: str, postgres_server: PostgresServer
) -> None:
    fresh = postgres_server.create()
    await prepare(fresh)
    make_older(empty_url)
    assert find_tables(empty_url) != find_tables(fresh)

    await prepare(empty_url)

    assert find_tables(empty_url) == find_tables(fresh)
    postgres_server.drop(fresh)


async def test_jobs_wait_while_tables_grow(empty_url: str) -> None:
    make_older(empty_url)
    execute(
        empty_url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args,"
        " scheduled_at) VALUES ('read', 'jubo', 'read:1', 'read:1', '{}', now())",
    )
    ran = asyncio.Event()

    async def note(_: object) -> None:
        ran.set()

    stop = asyncio.Event()
    async with open_storage(empty_url) as storage, asyncio.TaskGroup() as group:
        group.create_task(storage.jobs.work({JobKind.READ: note}, stop=stop))
        await asyncio.wait_for(ran.wait(), 10)
        stop.set()


async def test_several_programs_that_start_at_once_make_the_tables_once(empty_url: str) -> None:
    await asyncio.gather(*(prepare(empty_url) for _ in range(4)))
    await prepare(empty_url)

    async with open_storage(empty_url) as storage:
        assert await storage.jobs.enqueue(NewJob(JobKind.READ, "read:1")) == 1


async def test_tables_of_a_newer_library_are_refused(empty_url: str) -> None:
    await prepare(empty_url)
    execute(empty_url, f"COMMENT ON SCHEMA {SCHEMA} IS '99.0.0 99.00.00_01_pre_more'")

    with pytest.raises(NewerDatabase):
        await prepare(empty_url)
