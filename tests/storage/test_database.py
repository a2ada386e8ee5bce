"""What cannot be opened is refused with a sentence that helps; the driver's errors stay inside."""

from __future__ import annotations

import sqlite3
import traceback
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError, StatementError

from bot.domain.models import LOCAL
from bot.errors import ConfigError, StorageUnavailable
from bot.texts import Texts
from storage import open_storage
from storage.databases.database import Database, NewerDatabase, UnknownDatabase, open_database
from storage.databases.sqlite import CannotOpen, NotADatabase
from storage.migrations import migrate
from storage.schema import notes


def address(path: Path) -> str:
    return f"sqlite:///{path}"


async def open_and_close(url: str) -> None:
    async with open_storage(url):
        pass


async def test_the_folder_is_made(tmp_path: Path) -> None:
    await open_and_close(address(tmp_path / "new" / "folder" / "jubo.db"))

    assert (tmp_path / "new" / "folder" / "jubo.db").exists()


async def test_what_was_kept_is_there_after_opening_again(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'jubo.db'}"
    async with open_storage(url) as storage:
        await storage.workspaces.ensure(LOCAL, name="Ours")

    async with open_storage(url) as storage:
        assert await storage.workspaces.list_workspaces() == [LOCAL]


@pytest.mark.parametrize("url", ["", "jubo.db", "mysql://host/jubo", "sqlite://", "http://x"])
async def test_an_address_of_no_known_kind_is_refused(url: str) -> None:
    with pytest.raises(UnknownDatabase):
        await open_and_close(url)


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me:hush@host/jubo",
        "postgresql:/me:hush@host/jubo",
        "me:hush@host/jubo",
        "postgresql://me:h@hush@host/jubo",
    ],
)
async def test_a_password_is_not_shown_in_the_refusal(url: str) -> None:
    with pytest.raises(UnknownDatabase) as refusal:
        await open_and_close(url)

    assert "hush" not in str(refusal.value)
    assert "host/jubo" in str(refusal.value)


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes, not a database\n" * 100)
    before = path.read_bytes()

    with pytest.raises(NotADatabase):
        await open_and_close(address(path))
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotOpen):
        await open_and_close(address(tmp_path / "file" / "jubo.db"))


async def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CannotOpen):
        await open_and_close(address(tmp_path))


async def test_the_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "jubo.db"
    await open_and_close(address(path))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase) as refusal:
        await open_and_close(address(path))
    assert refusal.value.values == {"revision": "9999"}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    "error",
    [
        UnknownDatabase(url="x"),
        CannotOpen(path="x", problem="y"),
        NotADatabase(path="x"),
        NewerDatabase(revision="9"),
    ],
)
def test_each_refusal_has_a_sentence(error: ConfigError, language: str) -> None:
    assert "{" not in Texts.load().get(language, error.message_key, **error.values)


async def test_a_statement_that_fails_is_a_storage_error(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database:
        with pytest.raises(StorageUnavailable):
            async with database.read() as connection:
                await connection.execute(text("SELECT * FROM nowhere"))


async def test_a_value_that_no_database_can_keep_is_not_worth_another_try(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database:
        with pytest.raises(DataError):
            async with database.read() as connection:
                await connection.execute(text("SELECT zeroblob(2147483647)"))


async def test_a_storage_error_tells_no_log_what_somebody_wrote(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database:
        with pytest.raises(StorageUnavailable) as raised:
            async with database.write() as connection:
                await connection.execute(
                    text("INSERT INTO nowhere VALUES (:w)"), {"w": "our plans"}
                )

    assert "our plans" not in "".join(traceback.format_exception(raised.value))


async def test_a_transaction_that_fails_leaves_nothing(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database:
        with pytest.raises(LookupError):
            await _create_and_fail(database)

        async with database.read() as connection:
            tables = await connection.execute(text("SELECT name FROM sqlite_master"))
            assert tables.all() == []


async def _create_and_fail(database: Database) -> None:
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE half (done INTEGER)"))
        raise LookupError


async def test_an_acknowledged_write_is_on_the_disk(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database, database.read() as used:
        settings = [
            (await used.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert settings == ["wal", 2, 1]


async def test_an_instant_without_a_zone_is_refused(tmp_path: Path) -> None:
    async with open_database(address(tmp_path / "jubo.db")) as database:
        await migrate(database)
        with pytest.raises(StatementError, match="zone"):
            async with database.read() as connection:
                await connection.execute(
                    notes.select().where(notes.c.noted_at == datetime(2024, 1, 1))  # noqa: DTZ001 - the point
                )
