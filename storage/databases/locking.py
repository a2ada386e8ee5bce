"""The lock of the one process that works on a file; other commands use it beside that one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import ConfigError
from storage.databases.sqlite import CannotOpen, find_path


class AlreadyRunning(ConfigError):
    message_key = "cli.busy"


@asynccontextmanager
async def sole_worker(database_url: str) -> AsyncIterator[None]:
    """Hold the lock of its file; the end of the process, however it comes, gives it back.

    Raises:
        ConfigError: another process holds it, or the file's folder cannot be used.

    """
    database = find_path(database_url)
    if database is None:  # opening it says so
        yield
        return
    lock = FileLock(await asyncio.to_thread(_lock_file, database), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunning(file=database) from error
    try:
        yield
    finally:
        lock.release()


def _lock_file(database: Path) -> Path:
    path = database.with_name(f"{database.name}.lock")
    try:
        # Beside the file itself, by whatever way somebody came to it.
        file = database.resolve()
        path = file.with_name(f"{file.name}.lock")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        raise CannotOpen(path=path, problem=error.strerror) from error
    return path
