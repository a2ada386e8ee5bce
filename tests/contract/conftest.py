"""Storage for the contracts. SQLite is its own test double: a file in a new folder for each test.

Another database joins as one more name in `params` and one more address below.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.models import LOCAL
from storage import SqlStorage, open_storage


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return {"sqlite": f"sqlite:///{tmp_path / 'jubo.db'}"}[request.param]


@pytest.fixture
async def storage(database_url: str) -> AsyncIterator[SqlStorage]:
    async with open_storage(database_url) as opened:
        await opened.workspaces.ensure(LOCAL, name="Local", zone="UTC", language="en")
        yield opened
