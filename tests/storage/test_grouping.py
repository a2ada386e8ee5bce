"""Small writes share a commit; what happens to one of them is no business of the others."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection, column, table, text
from sqlalchemy.exc import IntegrityError

from bot.errors import StorageUnavailable
from storage.databases.database import Database, open_database
from storage.databases.driver import CannotWrite
from storage.databases.grouping import AT_ONCE
from storage.rows import change_each, insert_new

KEEP = text("INSERT INTO kept (name) VALUES (:name)")
KEEP_NEW = insert_new(table("kept", column("name")))


@pytest.fixture
async def database(empty_url: str) -> AsyncIterator[Database]:
    async with open_database(empty_url) as opened:
        await make_table(opened)
        yield opened


@pytest.fixture
async def file_database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await make_table(opened)
        yield opened


async def make_table(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE kept (name TEXT UNIQUE)"))


def keep(name: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(KEEP, {"name": name})

    return work


def keep_and_fail(connection: Connection) -> None:
    connection.execute(KEEP, {"name": "half"})
    raise LookupError


def transaction(connection: Connection) -> object:
    return connection.get_transaction()


async def kept(database: Database) -> set[str]:
    query = text("SELECT name FROM kept")
    return set(await database.read_briefly(lambda connection: connection.scalars(query).all()))


async def test_each_caller_gets_its_own_answer(database: Database) -> None:
    def add(number: int) -> Callable[[Connection], int | None]:
        return lambda connection: connection.scalar(text(f"SELECT {number} + {number}"))

    answers = await asyncio.gather(*(database.write_briefly(add(number)) for number in range(5)))

    assert answers == [0, 2, 4, 6, 8]


async def test_what_waits_shares_a_transaction_up_to_a_limit(database: Database) -> None:
    used = await asyncio.gather(
        *(database.write_briefly(transaction) for _ in range(2 * AT_ONCE + 1))
    )

    assert [used.count(each) for each in dict.fromkeys(used)] == [AT_ONCE, AT_ONCE, 1]


async def test_an_answered_write_is_seen_by_others_at_once(database: Database) -> None:
    for number in range(5):
        await database.write_briefly(keep(str(number)))
        assert str(number) in await kept(database)


def is_synced(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        return bool(connection.scalar(text("SHOW synchronous_commit")) == "on")
    return bool(connection.scalar(text("PRAGMA synchronous")) == 2)  # FULL, not NORMAL


@pytest.mark.parametrize("needs", [(False, False), (False, True), (True, True)])
async def test_one_that_needs_the_disk_takes_its_group_there(
    database: Database, needs: tuple[bool, bool]
) -> None:
    writes = [database.write_briefly(is_synced, is_synced=each) for each in needs]

    assert await asyncio.gather(*writes) == [any(needs)] * 2


async def test_one_that_fails_does_not_fail_the_others(database: Database) -> None:
    works = [keep("first"), keep_and_fail, keep("first"), keep("last"), keep("\ud800")]

    answers = await asyncio.gather(
        *(database.write_briefly(work) for work in works), return_exceptions=True
    )

    kinds = [type(answer) for answer in answers]
    assert kinds == [type(None), LookupError, IntegrityError, type(None), UnicodeEncodeError]
    assert await kept(database) == {"first", "last"}


async def test_one_that_fails_at_the_commit_does_not_fail_the_others(database: Database) -> None:
    late = "REFERENCES kept (name) DEFERRABLE INITIALLY DEFERRED"
    async with database.write() as connection:
        await connection.execute(text(f"CREATE TABLE parts (whole TEXT {late})"))

    def keep_orphan(connection: Connection) -> None:
        connection.execute(text("INSERT INTO parts VALUES ('nothing')"))

    works = [keep("first"), keep_orphan, keep("last")]
    answers = await asyncio.gather(
        *(database.write_briefly(work) for work in works), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [type(None), IntegrityError, type(None)]
    assert await kept(database) == {"first", "last"}


async def test_a_full_disk_fails_all_and_ends_when_there_is_room(
    file_database: Database,
) -> None:
    def fill(connection: Connection) -> None:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        connection.execute(KEEP, {"name": "long " * 2000})

    def make_room(connection: Connection) -> None:
        connection.execute(text("PRAGMA max_page_count = 1000000"))

    works = [keep("before"), fill, keep("after")]
    answers = await asyncio.gather(
        *(file_database.write_briefly(work) for work in works), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [CannotWrite] * 3
    await file_database.write_briefly(make_room)
    await file_database.write_briefly(keep("again"))
    assert await kept(file_database) == {"again"}


async def test_a_caller_that_gives_up_before_its_turn_is_left_out(database: Database) -> None:
    async with database.write():
        gone = asyncio.create_task(database.write_briefly(keep("gone"), takes_turn=True))
        here = asyncio.create_task(database.write_briefly(keep("here"), takes_turn=True))
        await asyncio.sleep(0)  # both wait now
        gone.cancel()
    await here

    assert gone.cancelled()
    assert await kept(database) == {"here"}


async def test_a_caller_that_gives_up_inside_its_turn_holds_nobody_up(database: Database) -> None:
    loop = asyncio.get_running_loop()
    is_inside, may_go_on = asyncio.Event(), threading.Event()

    def keep_slowly(connection: Connection) -> None:
        loop.call_soon_threadsafe(is_inside.set)
        may_go_on.wait(10)
        connection.execute(KEEP, {"name": "slow"})

    slow = asyncio.create_task(database.write_briefly(keep_slowly))
    await is_inside.wait()
    quick = asyncio.create_task(database.write_briefly(keep("quick")))
    slow.cancel()
    await asyncio.wait([slow])
    may_go_on.set()
    await quick

    assert slow.cancelled()
    assert await kept(database) == {"slow", "quick"}


async def test_long_and_small_writes_take_turns(database: Database) -> None:
    async with database.write() as connection:
        small = asyncio.create_task(database.write_briefly(keep("small"), takes_turn=True))
        for number in range(5):
            await connection.execute(KEEP, {"name": str(number)})
        assert not small.done()
    await small

    assert await kept(database) == {"small", *"01234"}


async def test_what_waits_is_finished_at_the_end_and_nothing_more_is_taken(
    empty_url: str,
) -> None:
    async with open_database(empty_url) as database:
        await make_table(database)
        last = asyncio.create_task(database.write_briefly(keep("last")))
        await asyncio.sleep(0)

    await last
    with pytest.raises(StorageUnavailable):
        await database.write_briefly(keep("too late"))
    with pytest.raises(StorageUnavailable):
        await kept(database)
    async with open_database(empty_url) as database:
        assert await kept(database) == {"last"}


async def test_what_many_want_is_done_at_once(database: Database) -> None:
    asked: list[Sequence[str]] = []

    def keep_all(connection: Connection, names: Sequence[str]) -> Sequence[str]:
        asked.append(names)
        connection.execute(KEEP, [{"name": name} for name in names])
        return [f"kept {name}" for name in names]

    first, *others = (f"name {number}" for number in range(5))
    told = await asyncio.gather(
        *(database.write_jointly(keep_all, name, key=name) for name in (first, *others))
    )

    assert told == [f"kept {name}" for name in (first, *others)]
    assert asked == [[first, *others]]
    assert await kept(database) == {first, *others}


async def test_of_one_key_one_comes_after_the_other(database: Database) -> None:
    def take(connection: Connection, names: Sequence[str]) -> Sequence[bool]:
        return change_each(connection, KEEP_NEW, [{"name": name} for name in names])

    told = await asyncio.gather(
        *(database.write_jointly(take, name, key=name) for name in ("a", "b", "a", "a"))
    )

    assert told == [True, True, False, False]
    assert await kept(database) == {"a", "b"}


async def test_each_alone_tells_what_came_of_it_where_that_differs(database: Database) -> None:
    def take(connection: Connection, names: Sequence[str]) -> Sequence[bool]:
        return change_each(connection, KEEP_NEW, [{"name": name} for name in names])

    await database.write_briefly(keep("there"))

    told = await asyncio.gather(
        *(database.write_jointly(take, name, key=name) for name in ("a", "there", "b"))
    )

    assert told == [True, False, True]
    assert await kept(database) == {"a", "b", "there"}
