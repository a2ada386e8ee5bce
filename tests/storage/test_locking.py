"""One process works on a folder; the next is told so, and takes over once the first has left."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.databases.locking import AlreadyRunning, sole_worker
from storage.databases.sqlite import CannotOpen


async def test_a_second_worker_is_refused_until_the_first_has_left(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"

    async with sole_worker(folder):
        with pytest.raises(AlreadyRunning):
            async with sole_worker(folder):
                pass

    async with sole_worker(folder):
        pass


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(CannotOpen):
        async with sole_worker(tmp_path / "file" / "folder"):
            pass
