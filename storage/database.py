"""Opens a database; hands out its transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Delete, Engine, Insert, Select, Update, create_engine, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import BotError, ConfigError, StorageUnavailable
from storage.driver import (
    BUSY_TIMEOUT_S,
    WRITES,
    CannotWrite,
    driver_errors,
    error_code,
    prepare_connections,
)
from storage.grouping import GroupWriter
from storage.side import Result, SideConnection, Work


class UnknownDatabase(ConfigError):
    message_key = "storage.unknown_database"


class CannotOpen(ConfigError):
    message_key = "storage.cannot_open"


class NotADatabase(ConfigError):
    message_key = "storage.not_a_database"


class NewerDatabase(ConfigError):
    message_key = "storage.newer_database"


class Database:
    """One transaction for each block: committed at its end, rolled back on an error.

    What is small and frequent goes the brief way: a function over a plain connection, which runs
    on a thread and costs a fifth. Such writes share a transaction, see `GroupWriter`.
    """

    def __init__(self, engine: AsyncEngine, *, brief: Engine, unsynced: Engine) -> None:
        self._reader = engine
        self._writer = engine.execution_options(**{WRITES: True})
        # SQLite has one writer; waiting here is fair and wakes at once, its busy handler polls.
        self._turn = asyncio.Lock()
        self._brief_reader = SideConnection(brief, name="jubo-reads")
        self._group = GroupWriter(
            SideConnection(brief.execution_options(**{WRITES: True}), name="jubo-synced"),
            SideConnection(unsynced.execution_options(**{WRITES: True}), name="jubo-unsynced"),
            turn=self._turn,
        )

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        with driver_errors():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        with driver_errors():
            async with self._turn, self._writer.begin() as connection:
                yield connection

    async def read_briefly(self, work: Work[Result]) -> Result:
        return await self._brief_reader.run(work)

    async def write_briefly(self, work: Work[Result], *, is_synced: bool = True) -> Result:
        """Return after the commit. The work may run twice: it does nothing but ask the database.

        Not `is_synced`: a power cut may undo it, though no crash. That is a quarter of the price,
        for what is done again at no harm.
        """
        return await self._group.write(work, is_synced=is_synced)

    async def list(self, query: Select[Result]) -> Sequence[Result]:
        """Return the first column of every row, briefly."""
        return await self.read_briefly(lambda connection: connection.scalars(query).all())

    async def find(self, query: Select[Result]) -> Result | None:
        """Return the first column of the first row, briefly; None if there is none."""
        return await self.read_briefly(lambda connection: connection.scalar(query))

    async def change(self, statement: Insert | Update | Delete) -> int:
        """Return how many rows that changed, briefly."""
        return await self.write_briefly(lambda connection: connection.execute(statement).rowcount)

    async def close(self) -> None:
        await self._group.close()
        await self._brief_reader.close()


@asynccontextmanager
async def open_database(database_url: str) -> AsyncIterator[Database]:
    """Create the file's folder if need be.

    Raises:
        ConfigError: an address of no known kind, or a file that cannot be used.

    """
    url = _parse(database_url)
    path = Path(url.database or "")
    _prepare_file(path)
    async with AsyncExitStack() as stack:
        # Errors go into logs, what people wrote does not.
        options: dict[str, Any] = {
            "connect_args": {"timeout": BUSY_TIMEOUT_S},
            "hide_parameters": True,
        }
        brief, unsynced = (create_engine(url, **options) for _ in range(2))
        engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), **options)
        stack.push_async_callback(engine.dispose)
        for each in (brief, unsynced):
            stack.callback(each.dispose)
        for each in (engine.sync_engine, brief, unsynced):
            prepare_connections(each, is_synced=each is not unsynced)
        database = Database(engine, brief=brief, unsynced=unsynced)
        stack.push_async_callback(database.close)
        yield database


def _parse(database_url: str) -> URL:
    # Not with `make_url`: what follows a "?" is part of the path, a folder may be called so.
    scheme, _, path = database_url.partition(":///")
    if scheme not in ("sqlite", "sqlite+aiosqlite") or not path:
        raise UnknownDatabase(url=_without_password(database_url))
    return URL.create("sqlite", database=path)


def _without_password(database_url: str) -> str:
    try:
        return make_url(database_url).render_as_string(hide_password=True)
    except exc.ArgumentError:
        return database_url


def _prepare_file(path: Path) -> None:
    """Make the file unless it is there; refuse what is no database before the driver meets it.

    The driver opens files on a thread of its own, which complains by itself when opening fails.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)  # private channels are in it; SQLite's other files follow suit
        with closing(sqlite3.connect(path, timeout=BUSY_TIMEOUT_S)) as connection:
            connection.execute("PRAGMA schema_version").fetchone()
            _switch_to_wal(connection)
    except OSError as error:
        raise CannotOpen(path=path, problem=error.strerror) from error
    except sqlite3.Error as error:
        raise _refusal(path, error) from error


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """Set what is a lasting property of the file, unless another process is just doing so."""
    try:
        connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as error:
        if error_code(error) != sqlite3.SQLITE_BUSY:  # this statement does not wait for its turn
            raise


def _refusal(path: Path, error: sqlite3.Error) -> BotError:
    code = error_code(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return NotADatabase(path=path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return CannotOpen(path=path, problem=str(error))
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return CannotWrite(problem=error)
    return StorageUnavailable(str(error))
