"""Connections and transactions. The only place that knows how the driver behaves and fails."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, exc
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import BotError, ConfigError, StorageUnavailable

_BUSY_TIMEOUT_S = 10  # other commands work beside the running bot and hold the file for moments
_WRITES = "jubo_writes"


class UnknownDatabase(ConfigError):
    message_key = "storage.unknown_database"


class CannotOpen(ConfigError):
    message_key = "storage.cannot_open"


class NotADatabase(ConfigError):
    message_key = "storage.not_a_database"


class NewerDatabase(ConfigError):
    message_key = "storage.newer_database"


class CannotWrite(StorageUnavailable):
    """The disk is full or fails. Trying again helps once somebody made room."""

    message_key = "storage.cannot_write"


class Database:
    """One transaction for each block: committed at its end, rolled back on an error."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._reader = engine
        self._writer = engine.execution_options(**{_WRITES: True})
        # SQLite has one writer; waiting here is fair and wakes at once, its busy handler polls.
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        with _driver_errors():
            async with self._reader.connect() as connection:
                yield connection

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        with _driver_errors():
            async with self._turn, self._writer.begin() as connection:
                yield connection


@asynccontextmanager
async def open_database(database_url: str) -> AsyncIterator[Database]:
    """Create the file's folder if need be.

    Raises:
        ConfigError: an address of no known kind, or a file that cannot be used.

    """
    url = _parse(database_url)
    path = Path(url.database or "")
    _prepare_file(path)
    engine = create_async_engine(
        url,
        connect_args={"timeout": _BUSY_TIMEOUT_S},
        hide_parameters=True,  # its errors go into logs, what people wrote does not
    )
    _prepare_connections(engine)
    try:
        yield Database(engine)
    finally:
        await engine.dispose()


def _parse(database_url: str) -> URL:
    # Not with `make_url`: what follows a "?" is part of the path, a folder may be called so.
    scheme, _, path = database_url.partition(":///")
    if scheme not in ("sqlite", "sqlite+aiosqlite") or not path:
        raise UnknownDatabase(url=_without_password(database_url))
    return URL.create("sqlite+aiosqlite", database=path)


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
        with closing(sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S)) as connection:
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
        if _code(error) != sqlite3.SQLITE_BUSY:  # this statement does not wait for its turn
            raise


def _code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extended part


def _refusal(path: Path, error: sqlite3.Error) -> BotError:
    code = _code(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return NotADatabase(path=path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return CannotOpen(path=path, problem=str(error))
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return CannotWrite(problem=error)
    return StorageUnavailable(str(error))


def _prepare_connections(engine: AsyncEngine) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # The driver's own transactions leave tables behind when a migration fails:
        # it begins none, and BEGIN below is ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "invalidate")
    def give_up(connection: Any, _record: object, _error: object) -> None:
        # A task cancelled inside a statement has its connection closed; SQLite keeps that open,
        # and its lock with it, while a cursor lives somewhere in a traceback.
        connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later cannot wait for its turn: it fails.
        writes = connection.get_execution_options().get(_WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _driver_errors() -> Iterator[None]:
    """Raise `StorageUnavailable` for what may pass.

    A broken constraint is a defect of ours, and what is too large stays so: trying such an event
    again would never end.
    """
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError):
        raise
    except exc.DBAPIError as error:
        if _code(error.orig) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise CannotWrite(problem=error.orig) from error
        raise StorageUnavailable(str(error)) from error
    except exc.TimeoutError as error:
        raise StorageUnavailable(str(error)) from error
