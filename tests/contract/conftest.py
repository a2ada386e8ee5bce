"""Storage for the contracts, on both databases: each test has a file or a database of its own."""

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


@pytest.fixture
def sqlite_url(tmp_path: Path, empty_database: Path) -> str:
    return f"sqlite:///{shutil.copy(empty_database, tmp_path / 'jubo.db')}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[SqlStorage]:
    async with open_storage(database_url) as opened:
        yield opened
