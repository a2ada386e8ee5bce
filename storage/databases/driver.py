"""What both databases have in common: the ways to reach one, and its errors in our words."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine, exc
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import StorageUnavailable

# The execution option of a transaction that waits for its turn among the writers.
TURN = "jubo_turn"

_DISK_TROUBLE = frozenset({"53100", "58030"})  # disk_full, io_error
_COLLISIONS = frozenset({"40001", "40P01"})  # serialization_failure, deadlock_detected
_TOO_LARGE = "54000"  # program_limit_exceeded


class CannotWrite(StorageUnavailable):
    """The disk is full or fails. Trying again helps once somebody made room."""

    message_key = "storage.cannot_write"


class Collided(StorageUnavailable):
    """The database undid this transaction in favour of another; again it may go through."""


@dataclass(frozen=True, slots=True)
class About:
    """What may be told of a database: never a password. A file has no `server` and no `user`."""

    database: str
    server: str = ""
    user: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Engines:
    """`long` is for what takes several steps, `brief` for what a thread does in one go.

    `unsynced`: a power cut may undo its last commits; a crash of the program undoes none.
    `reading`: the execution options of what only reads.
    `has_one_writer`: everybody who writes takes turns, whether they need to or not.
    """

    long: AsyncEngine
    brief: Engine
    unsynced: Engine
    about: About
    has_one_writer: bool
    reading: Mapping[str, Any] = field(default_factory=dict)


def sqlite_code(error: BaseException | None) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF  # without its extended part


def sql_state(error: BaseException | None) -> str:
    """Return the code that PostgreSQL gives with an error; "" where there is none."""
    return getattr(error, "sqlstate", None) or ""


def is_forbidden(error: exc.DBAPIError) -> bool:
    return sql_state(error.orig) == "42501"  # insufficient_privilege


def has_collided(error: exc.DBAPIError) -> bool:
    return sql_state(error.orig) in _COLLISIONS


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
        if sql_state(error.orig) == _TOO_LARGE:
            raise
        raise _in_our_words(error) from error
    except exc.TimeoutError as error:
        raise StorageUnavailable(str(error)) from error


def _in_our_words(error: exc.DBAPIError) -> StorageUnavailable:
    is_disk_full = sqlite_code(error.orig) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    if is_disk_full or sql_state(error.orig) in _DISK_TROUBLE:
        return CannotWrite(problem=error.orig)
    return Collided(str(error)) if has_collided(error) else StorageUnavailable(str(error))
