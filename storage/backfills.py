"""The port `BackfillStore`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import WorkspaceId
from bot.ports.records import passes
from storage.databases.database import Database
from storage.rows import insert_new
from storage.schema import backfills

_LIST_OPEN = (
    select(backfills.c.backfill)
    .where(backfills.c.state == BackfillState.OPEN)
    .order_by(backfills.c.asked_at, backfills.c.workspace, backfills.c.id)
)


class SqlBackfillStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self, backfill: Backfill, *, check: Callable[[Sequence[Backfill]], None] = passes
    ) -> bool:
        def add(connection: Connection) -> bool:
            check(connection.scalars(_LIST_OPEN).all())
            made = insert_new(backfills).values(_columns(backfill))
            return connection.execute(made).rowcount == 1

        return await self._database.write_briefly(add, takes_turn=True)

    async def list_open(self) -> Sequence[Backfill]:
        return await self._database.list(_LIST_OPEN)

    async def get(self, workspace: WorkspaceId, backfill: str) -> Backfill:
        query = select(backfills.c.backfill).where(_is(workspace, backfill))
        found: Backfill | None = await self._database.find(query)
        if found is None:
            raise KeyError(backfill)
        return found

    async def change(self, backfill: Backfill, *, was: BackfillState = BackfillState.OPEN) -> bool:
        known = _is(backfill.workspace, backfill.id)
        change = update(backfills).where(known, backfills.c.state == was)
        if await self._database.change(change.values(_columns(backfill))):
            return True
        await self.get(backfill.workspace, backfill.id)  # a `KeyError` if there is none
        return False


def _is(workspace: WorkspaceId, backfill: str) -> ColumnElement[bool]:
    return and_(backfills.c.workspace == workspace, backfills.c.id == backfill)


def _columns(backfill: Backfill) -> dict[str, Any]:
    return {
        "workspace": backfill.workspace,
        "id": backfill.id,
        "asked_at": backfill.asked_at,
        "state": backfill.state,
        "backfill": backfill,
    }
