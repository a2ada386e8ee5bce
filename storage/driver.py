"""How the driver behaves and fails: connections as we need them, its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event, exc

from bot.errors import StorageUnavailable

BUSY_TIMEOUT_S = 10  # other commands work beside the running bot and hold the file for moments
WRITES = "jubo_writes"  # the execution option of a transaction that will write


class CannotWrite(StorageUnavailable):
    """The disk is full or fails. Trying again helps once somebody made room."""

    message_key = "storage.cannot_write"


def error_code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extended part


def prepare_connections(engine: Engine, *, is_synced: bool = True) -> None:
    """Set up what the engine opens. `is_synced`: a commit is on the disk, not only in the file.

    The other way a power cut may undo the last ones; a crash of the program undoes none.
    """

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
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def driver_errors() -> Iterator[None]:
    """Raise `StorageUnavailable` for what may pass.

    A broken constraint is a defect of ours, and what is too large stays so: trying such an event
    again would never end.
    """
    try:
        yield
    except (exc.IntegrityError, exc.ProgrammingError, exc.DataError):
        raise
    except exc.DBAPIError as error:
        if error_code(error.orig) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
            raise CannotWrite(problem=error.orig) from error
        raise StorageUnavailable(str(error)) from error
    except exc.TimeoutError as error:
        raise StorageUnavailable(str(error)) from error
