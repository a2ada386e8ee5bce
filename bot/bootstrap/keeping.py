"""Looking after the database: a copy in a file, and back; from one database to another."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import UserError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.domain.models import WorkspaceId
    from storage import SqlStorage

_PASSAGES_AT_ONCE = 500

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows each table got; none at all if the target held the same already."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.rows.values())


async def back_up(settings: Settings, file: Path, *, told: Told) -> Moved:
    """Write everything into a new file, as it is at one instant, also while the bot runs.

    Raises:
        UserError: the file is there already, or cannot be written.

    """
    if await asyncio.to_thread(file.exists):
        raise UserError("keeping.file_exists", file=file)
    part = file.with_name(f".{file.name}.part")
    try:
        await asyncio.to_thread(_make_room, part)
        moved = await _copy(settings.database, f"sqlite:///{part}", replaces=False, told=told)
        await asyncio.to_thread(os.replace, part, file)
    except OSError as error:
        raise UserError("keeping.cannot_write", file=file, problem=error.strerror) from error
    finally:
        with suppress(OSError):
            await asyncio.to_thread(_remove_database, part)
    return moved


async def restore(settings: Settings, file: Path, *, replaces: bool, told: Told) -> Moved:
    """Put what a backup holds into the database of the settings.

    Raises:
        UserError: there is no such file or it is no backup, a bot is working, or the database holds
            something else.

    """
    from storage.databases.sqlite import is_damaged

    if not await asyncio.to_thread(file.is_file):
        raise UserError("keeping.no_file", file=file)
    with tempfile.TemporaryDirectory(prefix="jubo-restore-") as folder:
        # A backup of an older program is brought up to date; the file itself stays as it is.
        copy = await asyncio.to_thread(shutil.copyfile, file, Path(folder) / "backup.db")
        source = f"sqlite:///{copy}"
        if await asyncio.to_thread(is_damaged, copy) or not await _is_ours(source):
            raise UserError("keeping.not_ours", name=file)
        return await _move(source, settings.database, replaces=replaces, told=told)


async def migrate(source: str, target: str, *, replaces: bool, told: Told) -> Moved:
    """Copy everything from one database into another; neither may be worked on meanwhile.

    Raises:
        UserError: both are one, a bot is working, or the target holds something else.
        ConfigError: one of them cannot be opened.

    """
    from storage.databases.sqlite import find_path

    file, target_file = find_path(source), find_path(target)
    if source == target or (file and target_file and file.resolve() == target_file.resolve()):
        raise UserError("keeping.same_database")
    if file and not await asyncio.to_thread(file.is_file):
        raise UserError("keeping.no_file", file=file)
    async with _nobody_works(source):
        # Ours is brought up to date before it is copied; another program's stays as it is.
        if not await _is_ours(source):
            raise UserError("keeping.not_ours", name=file or "--from")
        return await _move(source, target, replaces=replaces, told=told)


async def merge_workspaces(
    settings: Settings, source: WorkspaceId, target: WorkspaceId, *, told: Told
) -> Mapping[str, int]:
    """Make all that was kept in one workspace part of another; return how much of each.

    Raises:
        UserError: a bot is working.

    """
    from storage.databases.database import open_database
    from storage.uniting import unite

    async with _nobody_works(settings.database), open_database(settings.database) as opened:
        return await unite(opened, source, target, told=told)


async def _move(source: str, target: str, *, replaces: bool, told: Told) -> Moved:
    async with _nobody_works(target):
        moved = await _copy(source, target, replaces=replaces, told=told)
        await _rebuild_index(target)
        return moved


async def _is_ours(database: str) -> bool:
    from storage.databases.database import open_database
    from storage.migrations import find_revision

    async with open_database(database) as opened, opened.read() as connection:
        return await connection.run_sync(find_revision) is not None


async def _copy(source: str, target: str, *, replaces: bool, told: Told) -> Moved:
    from storage.copying import copy_everything
    from storage.databases.database import open_database
    from storage.migrations import migrate as bring_up_to_date

    async with open_database(source) as reader, open_database(target) as writer:
        for each in (reader, writer):
            await bring_up_to_date(each)
        return Moved(await copy_everything(reader, writer, replaces=replaces, told=told))


async def _rebuild_index(target: str) -> None:
    async with _open(target) as storage:
        for workspace in await storage.workspaces.list_workspaces():
            after: int | None = 0
            while after is not None:
                after = await storage.search.reindex(
                    workspace, after=after, limit=_PASSAGES_AT_ONCE
                )


@asynccontextmanager
async def _nobody_works(database: str) -> AsyncIterator[None]:
    """Hold what keeps a bot from starting on a file; refuse where one is working.

    Raises:
        UserError: a process works on the database.

    """
    if not database.startswith("sqlite"):
        async with _open(database) as storage:
            working = [each.name for each in await storage.nodes.list_nodes() if each.is_alive]
        if working:
            raise UserError("keeping.nodes_work", names=", ".join(working))
        yield
        return
    from storage.databases.locking import sole_worker

    async with sole_worker(database):
        yield


@asynccontextmanager
async def _open(database: str) -> AsyncIterator[SqlStorage]:
    from storage import open_storage

    async with open_storage(database) as storage:
        yield storage


def _make_room(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_database(path)
    path.touch(mode=0o600)


def _remove_database(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
