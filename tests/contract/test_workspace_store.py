"""What the workspace store promises."""

from __future__ import annotations

import pytest

from bot.domain.models import LOCAL, WorkspaceId
from bot.ports import WorkspaceSettings
from storage import SqlStorage


async def test_a_workspace_is_made_once_and_keeps_its_settings(storage: SqlStorage) -> None:
    team = WorkspaceId("discord:7")
    await storage.workspaces.ensure(team, name="팀", zone="Asia/Seoul", language="ko")
    await storage.workspaces.ensure(team, name="Other", zone="UTC", language="en")

    assert await storage.workspaces.list_workspaces() == [team, LOCAL]
    assert await storage.workspaces.get_settings(team) == WorkspaceSettings(
        "팀", "Asia/Seoul", "ko"
    )


async def test_an_unknown_workspace_has_no_settings(storage: SqlStorage) -> None:
    with pytest.raises(KeyError):
        await storage.workspaces.get_settings(WorkspaceId("slack:T1"))
