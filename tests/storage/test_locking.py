"""One process works on a file; the next is told so, and takes over once the first has left."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.databases.locking import AlreadyRunning, sole_worker
from storage.databases.sqlite import CannotOpen


async def test_a_second_worker_is_refused_until_the_first_has_left(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path / 'new' / 'folder' / 'jubo.db'}"

    async with sole_worker(database):
        with pytest.raises(AlreadyRunning):
            async with sole_worker(database):
                pass

    async with sole_worker(database):
        pass


async def test_one_file_is_one_by_every_way_to_it(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")

    async with sole_worker(f"sqlite:///{tmp_path / 'real' / 'jubo.db'}"):
        with pytest.raises(AlreadyRunning):
            async with sole_worker(f"sqlite:///{tmp_path / 'link' / '..' / 'real' / 'jubo.db'}"):
                pass


async def test_another_file_of_the_folder_is_another_database(tmp_path: Path) -> None:
    async with (
        sole_worker(f"sqlite:///{tmp_path / 'one.db'}"),
        sole_worker(f"sqlite:///{tmp_path / 'two.db'}"),
    ):
        pass


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotOpen):
        async with sole_worker(f"sqlite:///{tmp_path / 'file' / 'jubo.db'}"):
            pass
