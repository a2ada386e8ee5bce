"""Workspaces in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.models import LOCAL, WorkspaceId
from bot.domain.settings import WorkspaceSettings


@dataclass
class FakeWorkspaces:
    settings: dict[WorkspaceId, WorkspaceSettings] = field(
        default_factory=lambda: {LOCAL: WorkspaceSettings()}
    )
    seen: dict[WorkspaceId, datetime] = field(default_factory=dict)
    began: dict[WorkspaceId, datetime] = field(default_factory=dict)

    async def ensure(self, workspace: WorkspaceId, *, name: str) -> None:
        self.settings.setdefault(workspace, WorkspaceSettings())

    async def list_workspaces(self) -> Sequence[WorkspaceId]:
        return sorted(self.settings)

    async def get_settings(self, workspace: WorkspaceId) -> WorkspaceSettings:
        return self.settings[workspace]

    async def change_settings(
        self, workspace: WorkspaceId, change: Callable[[WorkspaceSettings], WorkspaceSettings]
    ) -> WorkspaceSettings:
        self.settings[workspace] = change(self.settings[workspace])
        return self.settings[workspace]

    async def mark_seen(self, workspace: WorkspaceId, at: datetime) -> None:
        self.seen[workspace] = max(at, self.seen.get(workspace, at))

    async def find_seen(self, workspace: WorkspaceId) -> datetime | None:
        return self.seen.get(workspace)

    async def find_beginning(self, workspace: WorkspaceId) -> datetime | None:
        return self.began.get(workspace)
