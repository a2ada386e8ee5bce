"""Which workspace a command means."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import App, open_app
from bot.cli.session import choose_workspace
from bot.config import Settings
from bot.domain.models import LOCAL, WorkspaceId
from bot.errors import UsageError
from tests.factories import make_save

TEAM = WorkspaceId("slack:T1")


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    settings = Settings.load({"JUBO_HOME": str(tmp_path), "JUBO_LANGUAGE": "en"})
    async with open_app(settings) as opened:
        yield opened


async def test_alone_the_local_one_is_meant(app: App) -> None:
    assert await choose_workspace(app, None) == LOCAL


async def test_an_empty_local_one_is_not_meant_beside_a_team(app: App) -> None:
    await app.storage.workspaces.ensure(TEAM, name="Team")

    assert await choose_workspace(app, None) == TEAM


async def test_one_that_holds_something_has_to_be_told_apart(app: App) -> None:
    await app.storage.workspaces.ensure(TEAM, name="Team")
    await app.storage.links.save(make_save())

    with pytest.raises(UsageError) as refusal:
        await choose_workspace(app, None)

    assert refusal.value.values["names"] == "local, slack:T1"


async def test_a_name_is_always_obeyed(app: App) -> None:
    await app.storage.workspaces.ensure(TEAM, name="Team")

    assert await choose_workspace(app, "local") == LOCAL
