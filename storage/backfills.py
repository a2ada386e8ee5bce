"""The port `BackfillStore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.models import WorkspaceId
from storage.database import Database
from storage.rows import insert_new
from storage.schema import backfills


class SqlBackfillStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, backfill: Backfill) -> bool:
        made = insert_new(backfills).values(_columns(backfill))
        return await self._database.change(made) == 1

    async def list_open(self) -> Sequence[Backfill]:
        query = (
            select(backfills.c.backfill)
            .where(backfills.c.state == BackfillState.OPEN)
            .order_by(backfills.c.asked_at, backfills.c.workspace, backfills.c.id)
        )
        return await self._database.list(query)

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
