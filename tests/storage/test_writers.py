"""Writers take turns, and one that is given up holds nobody up."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

from sqlalchemy import text

from bot.domain.models import LOCAL, LinkFilter
from bot.domain.visibility import OPERATOR
from storage import SqlStorage, open_storage
from storage.databases.database import Database, open_database
from storage.migrations import migrate
from tests.factories import make_save


async def prepare(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(LOCAL, name="Local")


async def test_two_programs_write_beside_each_other(empty_url: str) -> None:
    async with open_storage(empty_url) as ours, open_storage(empty_url) as theirs:
        await prepare(ours)

        async with asyncio.TaskGroup() as group:
            for number in range(20):
                storage = (ours, theirs)[number % 2]
                save = make_save(f"https://example.org/{number}")
                group.create_task(storage.links.save(save))

        assert len(await ours.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)) == 20


async def test_one_address_saved_at_the_same_time_is_one_link(empty_url: str) -> None:
    async with open_storage(empty_url) as ours, open_storage(empty_url) as theirs:
        await prepare(ours)

        saves = [make_save(member=f"member-{number}") for number in range(10)]
        outcomes = await asyncio.gather(
            *((ours, theirs)[index % 2].links.save(save) for index, save in enumerate(saves))
        )

        assert len({outcome.link.id for outcome in outcomes}) == 1
        [link] = await ours.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
        assert len(link.saves) == 10


LONG_WRITE = text(
    """
    INSERT INTO inbox (workspace, event_id, payload, received_at)
    WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers LIMIT 30000)
    SELECT 'local', started(n), '{}', 0 FROM numbers RETURNING id
    """
)


async def test_a_write_cancelled_inside_a_statement_leaves_the_way_free(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'jubo.db'}") as database:
        await migrate(database)
        is_writing = asyncio.Event()
        task = asyncio.create_task(write_long(database, is_writing))
        await is_writing.wait()
        task.cancel()
        await asyncio.wait([task])

        async with (
            asyncio.timeout(5),
            database.write() as connection,
        ):  # its lock is waited for 10 s
            rows = await connection.scalar(text("SELECT count(*) FROM inbox"))
        assert task.cancelled()
        assert rows == 0


async def write_long(database: Database, is_writing: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def started(number: int) -> int:  # called inside the statement, on the driver's thread
        loop.call_soon_threadsafe(is_writing.set)
        return number

    async with database.write() as connection:
        raw = await connection.get_raw_connection()
        assert raw.driver_connection is not None
        await raw.driver_connection.create_function("started", 1, started)
        await connection.execute(LONG_WRITE)


async def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "jubo.db"
    async with open_storage(f"sqlite:///{path}"):
        pass

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
