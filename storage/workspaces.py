"""The port `WorkspaceStore`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from bot.domain.models import WorkspaceId
from storage.database import Database
from storage.rows import now
from storage.schema import workspaces


class SqlWorkspaceStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, workspace: WorkspaceId, *, name: str, zone: str, language: str) -> None:
        settings = {"name": name, "zone": zone, "language": language}
        made = insert(workspaces).values(id=workspace, created_at=now(), **settings)
        made_or_changed = made.on_conflict_do_update(index_elements=["id"], set_=settings)
        async with self._database.write() as connection:
            await connection.execute(made_or_changed)

    async def list_workspaces(self) -> Sequence[WorkspaceId]:
        """By id."""
        async with self._database.read() as connection:
            ids = await connection.scalars(select(workspaces.c.id).order_by(workspaces.c.id))
            return [WorkspaceId(id_) for id_ in ids]
