"""The port `WorkspaceStore`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from bot.domain.models import WorkspaceId
from bot.ports import WorkspaceSettings
from storage.database import Database
from storage.rows import insert_new, now
from storage.schema import workspaces


class SqlWorkspaceStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def ensure(self, workspace: WorkspaceId, *, name: str, zone: str, language: str) -> None:
        row = {
            "id": workspace,
            "name": name,
            "zone": zone,
            "language": language,
            "created_at": now(),
        }
        async with self._database.write() as connection:
            await connection.execute(insert_new(workspaces).values(row))

    async def list_workspaces(self) -> Sequence[WorkspaceId]:
        """By id."""
        async with self._database.read() as connection:
            ids = await connection.scalars(select(workspaces.c.id).order_by(workspaces.c.id))
            return [WorkspaceId(id_) for id_ in ids]

    async def get_settings(self, workspace: WorkspaceId) -> WorkspaceSettings:
        """Return what its posts depend on. Raises: KeyError: no such workspace."""
        query = select(workspaces).where(workspaces.c.id == workspace)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            raise KeyError(workspace)
        return WorkspaceSettings(name=row.name, zone=row.zone, language=row.language)
