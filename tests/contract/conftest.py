"""Storage for the contracts. SQLite is its own test double: a file in a new folder for each test.

Another database joins as one more name in `params` and one more address below.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.models import LOCAL
from storage import SqlStorage, open_storage


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated file to copy: migrating takes a hundred times as long as opening."""
    path = tmp_path_factory.mktemp("storage") / "empty.db"

    async def make() -> None:
        async with open_storage(f"sqlite:///{path}") as storage:
            await storage.workspaces.ensure(LOCAL, name="Local")

    asyncio.run(make())
    return path


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> str:
    path = shutil.copy(empty_database, tmp_path / "jubo.db")
    return {"sqlite": f"sqlite:///{path}"}[request.param]


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[SqlStorage]:
    async with open_storage(database_url) as opened:
        yield opened
