"""SQLite: one file, one writer at a time."""

from __future__ import annotations

import sqlite3
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import BotError, ConfigError, StorageUnavailable
from storage.databases.driver import TURN, About, CannotWrite, Engines, sqlite_code

BUSY_TIMEOUT_S = 10  # other commands work beside the running bot and hold the file for moments


class CannotOpen(ConfigError):
    message_key = "storage.cannot_open"


class NotADatabase(ConfigError):
    message_key = "storage.not_a_database"


def find_path(database_url: str) -> Path | None:
    """Return the file that an address names; None if it is no address of a file."""
    # Not with `make_url`: what follows a "?" is part of the path, a folder may be called so.
    scheme, _, path = database_url.partition(":///")
    return Path(path) if scheme in ("sqlite", "sqlite+aiosqlite") and path else None


def is_damaged(path: Path) -> bool:
    """Read all of a file that nobody else uses: what was cut off or is no database is damaged."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError:
        return True
    return bool(found != ("ok",))


def open_engines(stack: AsyncExitStack, path: Path) -> Engines:
    """Make the file, and its folder, if need be.

    Raises:
        ConfigError: the file cannot be used.

    """
    _prepare_file(path)
    # Errors go into logs, what people wrote does not.
    options: dict[str, Any] = {
        "connect_args": {"timeout": BUSY_TIMEOUT_S},
        "hide_parameters": True,
    }
    url = URL.create("sqlite", database=str(path))
    brief, unsynced = (create_engine(url, **options) for _ in range(2))
    long = create_async_engine(url.set(drivername="sqlite+aiosqlite"), **options)
    stack.push_async_callback(long.dispose)
    for each in (brief, unsynced):
        stack.callback(each.dispose)
    for each in (long.sync_engine, brief, unsynced):
        _prepare_connections(each, is_synced=each is not unsynced)
    return Engines(long, brief, unsynced, About(str(path)), has_one_writer=True)


def _prepare_connections(engine: Engine, *, is_synced: bool) -> None:
    """Set up what the engine opens. `is_synced`: a commit is on the disk, not only in the file."""

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        # The driver's own transactions leave tables behind when a migration fails:
        # it begins none, and BEGIN below is ours.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA synchronous = {'FULL' if is_synced else 'NORMAL'}")
        cursor.execute("PRAGMA foreign_keys = ON")
        # What is emptied or deleted is overwritten; many builds of SQLite leave it in the file.
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.close()

    @event.listens_for(engine, "invalidate")
    def give_up(connection: Any, _record: object, _error: object) -> None:
        # A task cancelled inside a statement has its connection closed; SQLite keeps that open,
        # and its lock with it, while a cursor lives somewhere in a traceback.
        connection.rollback()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A transaction that reads first and writes later cannot wait for its turn: it fails.
        writes = connection.get_execution_options().get(TURN, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


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
        if sqlite_code(error) != sqlite3.SQLITE_BUSY:  # this statement does not wait for its turn
            raise


def _refusal(path: Path, error: sqlite3.Error) -> BotError:
    code = sqlite_code(error)
    if code in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return NotADatabase(path=path)
    if code in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM):
        return CannotOpen(path=path, problem=str(error))
    if code in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return CannotWrite(problem=error)
    return StorageUnavailable(str(error))
