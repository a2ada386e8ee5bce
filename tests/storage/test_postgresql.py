"""PostgreSQL itself: what it refuses, what happens when it goes away, and who waits for whom."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from bot.errors import ConfigError, StorageUnavailable
from bot.texts import Texts
from storage import open_storage
from storage.databases.database import Database, UnknownDatabase, open_database
from storage.databases.postgresql import (
    CannotConnect,
    NoDriver,
    NoSuchDatabase,
    NotAllowed,
    ServerTooOld,
    WrongEncoding,
    WrongPassword,
    check_version,
    find_url,
)
from tests.servers.postgres_server import OwnServer, own_server

pytestmark = pytest.mark.postgres

KEEP = text("INSERT INTO kept (name) VALUES (:name)")
COUNT = text("SELECT count(*) FROM kept")


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """A server to stop, and to log in to with a password."""
    with tempfile.TemporaryDirectory(prefix="jubo-postgres-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        with own_server(data) as started:
            rules = data / "pg_hba.conf"
            rules.write_text(f"local all mina scram-sha-256\n{rules.read_text()}")
            started.reload()
            started.execute("CREATE ROLE mina LOGIN PASSWORD 'right'")
            started.execute(
                "CREATE DATABASE old ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0"
            )
            yield started


@pytest.fixture
async def database(empty_postgres_url: str) -> AsyncIterator[Database]:
    async with open_database(empty_postgres_url) as opened:
        await make_table(opened)
        yield opened


@pytest.fixture
async def other(database: Database, empty_postgres_url: str) -> AsyncIterator[Database]:
    """Another node's way to the same database."""
    async with open_database(empty_postgres_url) as opened:
        yield opened


async def make_table(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("DROP TABLE IF EXISTS kept"))
        await connection.execute(text("CREATE TABLE kept (name TEXT UNIQUE)"))


def keep(name: str) -> Callable[[Connection], None]:
    def work(connection: Connection) -> None:
        connection.execute(KEEP, {"name": name})

    return work


async def count(database: Database) -> int:
    return int(await database.read_briefly(lambda connection: connection.scalar(COUNT)) or 0)


class TestRefusals:
    async def refuse(self, url: str) -> ConfigError:
        with pytest.raises(ConfigError) as refusal:
            async with open_storage(url):
                pass
        for language in ("ko", "en"):
            sentence = Texts.load().get(language, refusal.value.message_key, **refusal.value.values)
            assert "{" not in sentence
            assert "hush" not in sentence
        assert "hush" not in "".join(traceback.format_exception(refusal.value))
        return refusal.value

    async def test_a_wrong_password(self, server: OwnServer) -> None:
        url = server.url.replace("postgres:@", "mina:hush@")

        assert type(await self.refuse(url)) is WrongPassword

    async def test_a_user_that_is_not_there(self, server: OwnServer) -> None:
        url = server.url.replace("postgres:@", "nobody:hush@")

        assert type(await self.refuse(url)) is WrongPassword

    async def test_a_database_that_is_not_there(self, server: OwnServer) -> None:
        url = server.url.replace("/postgres?", "/nowhere?")

        assert type(await self.refuse(url)) is NoSuchDatabase

    async def test_a_user_who_may_make_no_tables(self, server: OwnServer) -> None:
        url = server.url.replace("postgres:@", "mina:right@")

        refusal = await self.refuse(url)
        assert type(refusal) is NotAllowed
        assert refusal.values["user"] == "mina"

    async def test_a_database_that_cannot_hold_every_text(self, server: OwnServer) -> None:
        url = server.url.replace("/postgres?", "/old?")

        assert type(await self.refuse(url)) is WrongEncoding

    async def test_a_server_that_is_not_there(self) -> None:
        refusal = await self.refuse("postgres://me:hush@127.0.0.1:1/jubo")

        assert type(refusal) is CannotConnect
        assert refusal.values["server"] == "127.0.0.1:1"

    @pytest.mark.parametrize("rest", ["me:hush@host:port/jubo", "me:h@hush@[::/jubo?password=hush"])
    async def test_an_address_that_cannot_be_read(self, rest: str) -> None:
        assert type(await self.refuse(f"postgresql://{rest}")) is UnknownDatabase

    def test_a_server_that_is_too_old(self) -> None:
        check_version(140000, "14.0")
        with pytest.raises(ServerTooOld):
            check_version(130012, "13.12")

    @pytest.mark.parametrize("language", ["ko", "en"])
    @pytest.mark.parametrize("error", [NoDriver(), ServerTooOld(version="13.12", oldest=14)])
    def test_each_has_a_sentence(self, error: ConfigError, language: str) -> None:
        assert "{" not in Texts.load().get(language, error.message_key, **error.values)


WITHOUT_DRIVER = """
import asyncio, sys
sys.modules |= dict.fromkeys(["psycopg", "psycopg_pool", "procrastinate"])  # not installed
from storage import open_storage

async def open_and_close(url):
    async with open_storage(url):
        pass

asyncio.run(open_and_close(sys.argv[1]))
try:
    asyncio.run(open_and_close("postgresql://me@host/jubo"))
except Exception as error:
    print(type(error).__name__)
"""


def test_without_its_packages_all_else_works(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jubo.db'}"
    program = [sys.executable, "-c", WITHOUT_DRIVER, url]

    ended = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)

    assert (ended.stdout, ended.stderr) == ("NoDriver\n", "")


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_may_be_written_in_three_ways(scheme: str) -> None:
    url = find_url(f"{scheme}://me:hush@host:5433/jubo?sslmode=require")

    assert url is not None
    assert (url.drivername, url.host, url.port) == ("postgresql+psycopg", "host", 5433)


async def test_what_may_be_told_of_it_is_no_secret(server: OwnServer) -> None:
    url = server.url.replace("postgres:@", "postgres:hush@")
    async with open_database(url) as database:
        about = database.about

    assert about.database == about.user == "postgres"
    assert about.version.startswith("18.")
    assert "hush" not in repr(about)


async def test_an_error_tells_no_log_what_somebody_wrote(database: Database) -> None:
    said = "-".join(["our", "plans"])  # not as a traceback shows this line
    await database.write_briefly(keep(said))

    with pytest.raises(IntegrityError) as briefly:
        await database.write_briefly(keep(said))
    with pytest.raises(IntegrityError) as long:
        async with database.write() as connection:
            await connection.execute(KEEP, {"name": said})
    for raised in (briefly, long):
        told = "".join(traceback.format_exception(raised.value))
        assert "duplicate key" in told
        assert said not in told


class TestLostConnections:
    async def test_all_goes_on_after_a_restart_of_the_server(self, server: OwnServer) -> None:
        async with open_database(server.url) as database:
            await make_table(database)
            await database.write_briefly(keep("before"))
            assert await count(database) == 1

            await asyncio.to_thread(server.restart)

            await database.write_briefly(keep("after"))
            await database.write_briefly(keep("unsynced"), is_synced=False)
            await database.write_briefly(keep("in turn"), takes_turn=True)
            assert await count(database) == 4
            async with database.write() as connection:
                await connection.execute(KEEP, {"name": "long"})
            async with database.read() as connection:
                assert await connection.scalar(COUNT) == 5

    async def test_all_is_unavailable_while_the_server_is_away(self, server: OwnServer) -> None:
        async with open_database(server.url) as database:
            await make_table(database)
            await asyncio.to_thread(server.stop)
            try:
                with pytest.raises(StorageUnavailable):
                    await database.write_briefly(keep("while away"))
                with pytest.raises(StorageUnavailable):
                    await count(database)
                with pytest.raises(StorageUnavailable):
                    async with database.write():
                        pass
            finally:
                await asyncio.to_thread(server.start)

            await database.write_briefly(keep("back"))
            assert await count(database) == 1

    async def test_what_was_lost_before_its_commit_is_run_again(self, database: Database) -> None:
        runs = []

        def lose_once(connection: Connection) -> None:
            runs.append(connection.execute(KEEP, {"name": "once"}))
            if len(runs) == 1:
                connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

        await database.write_briefly(lose_once)

        assert len(runs) == 2
        assert await count(database) == 1

    async def test_what_was_lost_inside_its_commit_is_not(self, database: Database) -> None:
        async with database.write() as connection:
            for statement in LOSE_AT_COMMIT:
                await connection.execute(text(statement))
        runs = []

        def work(connection: Connection) -> None:
            runs.append(connection.execute(KEEP, {"name": "unsure"}))

        with pytest.raises(StorageUnavailable):
            await database.write_briefly(work)
        assert len(runs) == 1

    async def test_a_reading_is_repeated_over_a_new_connection(self, database: Database) -> None:
        pid = text("SELECT pg_backend_pid()")
        lost = await database.read_briefly(lambda connection: connection.scalar(pid))

        async with database.read() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": lost})

        assert await database.read_briefly(lambda connection: connection.scalar(pid)) != lost


LOSE_AT_COMMIT = (
    """
    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$
    """,
    """
    CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON kept
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose()
    """,
)


async def test_two_that_wait_for_each_other_both_come_through(
    database: Database, other: Database
) -> None:
    await database.write_briefly(keep("a"))
    await database.write_briefly(keep("b"))
    both_hold_one = threading.Barrier(2)
    runs = []

    def change(*names: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            runs.append(names)
            for name in names:
                changed = text("UPDATE kept SET name = name WHERE name = :name")
                connection.execute(changed, {"name": name})
                if name == names[0] and len(runs) <= 2:
                    both_hold_one.wait(10)

        return work

    await asyncio.gather(
        database.write_briefly(change("a", "b")), other.write_briefly(change("b", "a"))
    )

    assert len(runs) >= 3


async def test_a_group_that_collides_again_goes_on_one_by_one(database: Database) -> None:
    def collide_in_a_group(connection: Connection) -> None:
        if connection.scalar(COUNT):
            raised = "DO $$ BEGIN RAISE EXCEPTION '' USING ERRCODE = '40001'; END $$"
            connection.execute(text(raised))

    works = [keep("first"), collide_in_a_group]
    answers = await asyncio.gather(
        *(database.write_briefly(work) for work in works), return_exceptions=True
    )

    assert [type(answer).__name__ for answer in answers] == ["NoneType", "Collided"]
    assert await count(database) == 1


class TestTurns:
    async def test_who_looks_and_then_writes_takes_turns_on_all_nodes(
        self, database: Database, other: Database
    ) -> None:
        def keep_if_none(connection: Connection) -> None:
            if not connection.scalar(COUNT):
                connection.execute(text("SELECT pg_sleep(0.01)"))  # the others would look now
                connection.execute(text("INSERT INTO kept VALUES (gen_random_uuid()::text)"))

        await asyncio.gather(
            *(
                node.write_briefly(keep_if_none, takes_turn=True)
                for _ in range(5)
                for node in (database, other)
            )
        )

        assert await count(database) == 1

    async def test_who_only_adds_waits_for_nobody(
        self, database: Database, other: Database
    ) -> None:
        async with database.write() as connection:
            await connection.execute(KEEP, {"name": "long"})
            async with asyncio.timeout(5):
                await database.write_briefly(keep("here"))
                await other.write_briefly(keep("there"))
                assert await count(other) == 2  # the long one is not committed

        assert await count(other) == 3

    async def test_a_node_that_hangs_inside_its_turn_loses_it(
        self, other: Database, empty_postgres_url: str
    ) -> None:
        async def hang() -> None:
            async with open_database(empty_postgres_url) as hanging, hanging.write() as connection:
                await connection.execute(KEEP, {"name": "hanging"})
                # From here on, not for the whole session: a busy machine is slow before, too.
                await connection.execute(text("SET idle_in_transaction_session_timeout = 100"))
                await other.write_briefly(keep("other"), takes_turn=True)

        with pytest.raises(StorageUnavailable):
            await hang()
        assert await count(other) == 1

    async def test_a_write_cancelled_inside_a_statement_leaves_the_way_free(
        self, database: Database, other: Database
    ) -> None:
        is_writing = asyncio.Event()

        async def write_long() -> None:
            async with database.write() as connection:
                await connection.execute(KEEP, {"name": "cancelled"})
                is_writing.set()
                await connection.execute(text("SELECT pg_sleep(60)"))

        task = asyncio.create_task(write_long())
        await is_writing.wait()
        task.cancel()
        await asyncio.wait([task])

        async with asyncio.timeout(5):
            await other.write_briefly(keep("other"), takes_turn=True)
        assert task.cancelled()
        assert await count(other) == 1

    async def test_nobody_hangs_for_long(self, database: Database) -> None:
        limit = text("SHOW idle_in_transaction_session_timeout")
        async with database.write() as connection:
            assert await connection.scalar(limit) == "10s"
        assert await database.write_briefly(lambda each: each.scalar(limit)) == "10s"


async def test_what_one_transaction_reads_belongs_together(
    database: Database, other: Database
) -> None:
    async with database.read() as connection:
        before = await connection.scalar(COUNT)
        await other.write_briefly(keep("meanwhile"))
        assert await connection.scalar(COUNT) == before

    assert await count(database) == 1
