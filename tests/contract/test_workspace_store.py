"""What the workspace store promises."""

from __future__ import annotations

from bot.domain.models import LOCAL, WorkspaceId
from storage import SqlStorage


async def test_a_workspace_is_made_once(storage: SqlStorage) -> None:
    team = WorkspaceId("discord:7")
    await storage.workspaces.ensure(team, name="팀")
    await storage.workspaces.ensure(team, name="Team")

    assert await storage.workspaces.list_workspaces() == [team, LOCAL]
