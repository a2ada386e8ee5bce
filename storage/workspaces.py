"""The ports `WorkspaceStore` and `HomeStore`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic

from sqlalchemy import Connection, or_, select, update

from bot.domain.models import ChannelId, MemberId, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from storage.databases.database import Database
from storage.rows import now, upsert
from storage.schema import directs, homes, workspaces

# Every event asks for its workspace's settings; another process may change them.
SETTINGS_KEPT_S = 5.0


class SqlWorkspaceStore:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._settings: dict[WorkspaceId, tuple[float, WorkspaceSettings]] = {}
        self._changes = 0

    async def ensure(self, workspace: WorkspaceId, *, name: str) -> None:
        made = upsert(workspaces).values(id=workspace, created_at=now(), name=name)
        made_or_named = made.on_conflict_do_update(index_elements=["id"], set_={"name": name})
        await self._database.change(made_or_named)

    async def list_workspaces(self) -> Sequence[WorkspaceId]:
        """By id."""
        query = select(workspaces.c.id).order_by(workspaces.c.id)
        ids = await self._database.list(query)
        return [WorkspaceId(id_) for id_ in ids]

    async def get_settings(self, workspace: WorkspaceId) -> WorkspaceSettings:
        read_at, settings = self._settings.get(workspace, (-SETTINGS_KEPT_S, WorkspaceSettings()))
        if monotonic() - read_at < SETTINGS_KEPT_S:
            return settings
        changes = self._changes
        settings = await self._read_settings(workspace)
        if changes == self._changes:  # else it may have been read before that change
            self._settings[workspace] = (monotonic(), settings)
        return settings

    async def _read_settings(self, workspace: WorkspaceId) -> WorkspaceSettings:
        query = select(workspaces.c.settings).where(workspaces.c.id == workspace)
        row = await self._database.read_briefly(
            lambda connection: connection.execute(query).one_or_none()
        )
        if row is None:
            raise KeyError(workspace)
        return row.settings or WorkspaceSettings()

    async def change_settings(
        self, workspace: WorkspaceId, change: Callable[[WorkspaceSettings], WorkspaceSettings]
    ) -> WorkspaceSettings:
        """Change what stands; a `KeyError` if there is no such workspace."""
        is_this = workspaces.c.id == workspace

        def change_it(connection: Connection) -> WorkspaceSettings:
            row = connection.execute(select(workspaces.c.settings).where(is_this)).one_or_none()
            if row is None:
                raise KeyError(workspace)
            settings = change(row.settings or WorkspaceSettings())
            connection.execute(update(workspaces).where(is_this).values(settings=settings))
            return settings

        settings = await self._database.write_briefly(change_it, takes_turn=True)
        self._changes += 1
        self._settings.pop(workspace, None)
        return settings

    async def mark_seen(self, workspace: WorkspaceId, at: datetime) -> None:
        is_later = or_(workspaces.c.seen_at.is_(None), workspaces.c.seen_at < at)
        change = update(workspaces).where(workspaces.c.id == workspace, is_later)
        marked = change.values(seen_at=at)
        await self._database.change(marked)

    async def find_seen(self, workspace: WorkspaceId) -> datetime | None:
        query = select(workspaces.c.seen_at).where(workspaces.c.id == workspace)
        return await self._database.find(query)

    async def find_beginning(self, workspace: WorkspaceId) -> datetime | None:
        query = select(workspaces.c.created_at).where(workspaces.c.id == workspace)
        return await self._database.find(query)


class SqlHomeStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_home(self, member: MemberId) -> WorkspaceId | None:
        query = select(homes.c.workspace).where(homes.c.member == member)
        found = await self._database.find(query)
        return None if found is None else WorkspaceId(found)

    async def set_home(self, member: MemberId, workspace: WorkspaceId) -> None:
        made = upsert(homes).values(member=member, workspace=workspace)
        moved = made.on_conflict_do_update(index_elements=["member"], set_={"workspace": workspace})
        await self._database.change(moved)

    async def keep_direct(self, channel: ChannelId, workspace: WorkspaceId) -> None:
        made = upsert(directs).values(channel=channel, workspace=workspace)
        moved = made.on_conflict_do_update(
            index_elements=["channel"], set_={"workspace": workspace}
        )
        await self._database.change(moved)

    async def find_direct(self, channel: ChannelId) -> WorkspaceId | None:
        query = select(directs.c.workspace).where(directs.c.channel == channel)
        found = await self._database.find(query)
        return None if found is None else WorkspaceId(found)

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[ChannelId]:
        query = (
            select(directs.c.channel)
            .where(directs.c.workspace == workspace)
            .order_by(directs.c.channel)
        )
        found = await self._database.list(query)
        return [ChannelId(each) for each in found]
