"""Everything that one database holds, copied into another: nothing lost, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from bot.domain.models import LOCAL, ChannelId, MessageId, WorkspaceId
from bot.domain.taste import Vote
from bot.domain.visibility import OPERATOR
from bot.errors import UserError
from bot.services.sampling import SamplingService
from storage import SqlStorage, open_storage
from storage.copying import TABLES, copy_everything
from storage.databases.database import Database, open_database
from storage.migrations import migrate
from tests.factories import MINA, NOON, make_command, make_feed, make_reaction, make_save
from tests.servers.postgres_server import PostgresServer

TEAM = WorkspaceId("slack:T1")


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        await migrate(database)
        yield database


async def fill(storage: SqlStorage) -> None:
    """Keep some of everything that is not made of something else."""
    await storage.workspaces.ensure(TEAM, name="Team")
    sampling = SamplingService(storage.archives, storage.chat, zone=ZoneInfo("Asia/Seoul"))
    await sampling.load(LOCAL, channel="reading", now=NOON)
    saved = await storage.links.save(make_save("https://example.com/한글?q=1", note="메모 🔖"))
    vote = Vote.on(saved.link, by=MINA, is_liked=False, at=NOON)
    await storage.signals.vote(LOCAL, ChannelId("general"), vote)
    await storage.inbox.put(make_command("digest"))
    await storage.inbox.put(make_reaction("see https://example.com"))
    await storage.ledger.begin(LOCAL, "key", at=NOON)
    await storage.ledger.finish(LOCAL, "key", MessageId("m1"))
    await storage.feeds.add(make_feed(), known={"one", "two"})


async def read_rows(database: Database) -> dict[str, list[dict[str, Any]]]:
    async with database.read() as connection:
        return {
            table.name: sorted(
                (dict(row) for row in (await connection.execute(select(table))).mappings()),
                key=repr,
            )
            for table in TABLES
        }


def ignore(table: str, rows: int) -> None:
    del table, rows


@pytest.fixture
async def source(database_url: str) -> str:
    async with open_storage(database_url) as storage:
        await fill(storage)
    return database_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of a new database, which is not even migrated."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'copy.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    url = server.create()
    yield url
    server.drop(url)


async def test_every_row_arrives_as_it_was(source: str, target: str) -> None:
    async with opened(source) as one, opened(target) as other:
        copied = await copy_everything(one, other, replaces=False, told=ignore)

        before, after = await read_rows(one), await read_rows(other)
    assert after == before
    assert copied == {name: len(rows) for name, rows in before.items()}
    assert sum(map(bool, copied.values())) > 15


async def test_a_second_run_finds_that_all_is_there(source: str, target: str) -> None:
    async with opened(source) as one, opened(target) as other:
        await copy_everything(one, other, replaces=False, told=ignore)

        again = await copy_everything(one, other, replaces=False, told=ignore)

        assert sum(again.values()) == 0


async def test_a_target_that_holds_something_else_is_left_alone(source: str, target: str) -> None:
    async with open_storage(target) as storage:
        await storage.workspaces.ensure(LOCAL, name="Local")
        await storage.links.save(make_save("https://example.com/theirs"))
    async with opened(source) as one, opened(target) as other:
        before = await read_rows(other)

        with pytest.raises(UserError, match=r"keeping\.target_in_use"):
            await copy_everything(one, other, replaces=False, told=ignore)

        assert await read_rows(other) == before


async def test_a_target_is_replaced_where_that_is_wished(source: str, target: str) -> None:
    async with open_storage(target) as storage:
        await storage.workspaces.ensure(LOCAL, name="Local")
        await storage.links.save(make_save("https://example.com/theirs"))
    async with opened(source) as one, opened(target) as other:
        await copy_everything(one, other, replaces=True, told=ignore)

        assert await read_rows(other) == await read_rows(one)


async def test_what_was_copied_is_found_and_goes_on(source: str, target: str) -> None:
    async with opened(source) as one, opened(target) as other:
        await copy_everything(one, other, replaces=False, told=ignore)
    async with open_storage(target) as storage:
        after: int | None = 0
        while after is not None:
            after = await storage.search.reindex(LOCAL, after=after, limit=100)

        found = await storage.search.search(LOCAL, "retrieval", limit=3, audience=OPERATOR)
        outcome = await storage.links.save(make_save("https://example.com/new"))
        is_new = await storage.inbox.put(make_command("digest", event="another"))
    assert found
    assert outcome.link.title
    assert is_new
