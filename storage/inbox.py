"""The port `Inbox`: what platforms said, written down before they hear back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.events import Event
from bot.ports import InboxRow
from storage.codec import decode, encode
from storage.database import Database
from storage.rows import insert_new, now
from storage.schema import inbox

log = logging.getLogger(__name__)


class _State(StrEnum):
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


async def put_event(connection: AsyncConnection, event: Event) -> bool:
    """Keep the event; return False if this identity is known already."""
    row = {
        "workspace": event.workspace,
        "event_id": event.id,
        "payload": encode(event),
        "received_at": now(),
    }
    result = await connection.execute(insert_new(inbox).values(row))
    return result.rowcount == 1


class SqlInbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, event: Event) -> bool:
        async with self._database.write() as connection:
            return await put_event(connection, event)

    async def list_open(self, *, limit: int) -> Sequence[InboxRow]:
        """Rows that cannot be read any more are set aside: one of them would hold up all others."""
        query = select(inbox).where(inbox.c.state == _State.OPEN).order_by(inbox.c.id).limit(limit)
        async with self._database.read() as connection:
            rows = (await connection.execute(query)).all()
        readable: list[InboxRow] = []
        for row in rows:
            try:
                readable.append(InboxRow(row.id, decode(row.payload, Event), row.attempts))
            except ValueError as error:
                log.exception("inbox row unreadable", extra={"row": row.id})
                await self.mark_failed(row.id, str(error))
        return readable

    async def mark_done(self, row: int) -> None:
        await self._change(row, state=_State.DONE)

    async def mark_failed(self, row: int, reason: str) -> None:
        await self._change(row, state=_State.FAILED, reason=reason)

    async def count_attempt(self, row: int) -> None:
        await self._change(row, attempts=inbox.c.attempts + 1)

    async def _change(self, row: int, **values: Any) -> None:
        async with self._database.write() as connection:
            await connection.execute(update(inbox).where(inbox.c.id == row).values(**values))
