"""A ledger of posts in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.models import MessageId, WorkspaceId
from bot.ports import Began


@dataclass
class FakeLedger:
    rows: dict[tuple[WorkspaceId, str], Began] = field(default_factory=dict)

    async def begin(self, workspace: WorkspaceId, key: str, *, at: datetime) -> Began:
        if (workspace, key) in self.rows:
            return self.rows[workspace, key]
        self.rows[workspace, key] = Began(since=at, is_first=False)
        return Began(since=at, is_first=True)

    async def find(self, workspace: WorkspaceId, key: str) -> Began | None:
        return self.rows.get((workspace, key))

    async def finish(self, workspace: WorkspaceId, key: str, message: MessageId) -> None:
        self.rows[workspace, key] = replace(self.rows[workspace, key], message=message)

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        gone = [
            key
            for key, row in self.rows.items()
            if key[0] == workspace and row.message is not None and row.since < before
        ]
        for key in gone:
            del self.rows[key]
        return len(gone)
