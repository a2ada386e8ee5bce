"""The lock of the one process that works on a folder; other commands use its database beside it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from bot.errors import ConfigError
from storage.databases.sqlite import CannotOpen


class AlreadyRunning(ConfigError):
    message_key = "cli.busy"


@asynccontextmanager
async def sole_worker(folder: Path) -> AsyncIterator[None]:
    """Hold the lock; the end of the process, however it comes, gives it back.

    Raises:
        ConfigError: another process holds it, or the folder cannot be used.

    """
    lock = FileLock(await asyncio.to_thread(_lock_file, folder), timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise AlreadyRunning(folder=folder) from error
    try:
        yield
    finally:
        lock.release()


def _lock_file(folder: Path) -> Path:
    path = folder / "jubo.lock"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.touch()
    except OSError as error:
        raise CannotOpen(path=path, problem=error.strerror) from error
    return path
