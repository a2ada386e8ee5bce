"""The port `Inbox`: what platforms said, written down before they hear back."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Update, bindparam, select, update

from bot.domain.models import WorkspaceId
from bot.events import Event, MessageEdited, ReactionAdded, ReactionRemoved
from bot.ports import InboxRow, Lane
from storage.codec import decode, encode
from storage.database import Database
from storage.forgetting import forget_rows
from storage.reactions import keep_reaction
from storage.rows import insert_new, now
from storage.schema import inbox

log = logging.getLogger(__name__)


class _State(StrEnum):
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


# Made once: building a statement costs more than running it.
_PUT = insert_new(inbox)
_LIST = (
    select(inbox.c.id, inbox.c.payload, inbox.c.attempts)
    .where(
        inbox.c.state == _State.OPEN,
        inbox.c.lane == bindparam("lane"),
        inbox.c.id > bindparam("after"),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_ROW = update(inbox).where(inbox.c.id == bindparam("row"))
# A repeat is told by its id alone: what people said, and the ways back to them, go.
_NOTHING = ""
_DONE = _ROW.values(state=_State.DONE, payload=_NOTHING)
_FAILED = _ROW.values(state=_State.FAILED, payload=_NOTHING, reason=bindparam("why"))
_ATTEMPT = _ROW.values(attempts=inbox.c.attempts + 1)


def lane_of(event: Event) -> Lane:
    marks = isinstance(event, ReactionAdded | ReactionRemoved | MessageEdited)
    return Lane.MARKS if marks else Lane.TALK


def put_event(connection: Connection, event: Event) -> bool:
    """Keep the event; return False if it is a repeat, see the port."""
    if isinstance(event, ReactionAdded | ReactionRemoved) and not keep_reaction(connection, event):
        return False
    row = {
        "workspace": event.workspace,
        "event_id": event.id,
        "payload": encode(event),
        "received_at": now(),
        "lane": lane_of(event),
    }
    return connection.execute(_PUT, row).rowcount == 1


class SqlInbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, event: Event) -> bool:
        return await self._database.write_briefly(lambda connection: put_event(connection, event))

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        """Rows that cannot be read any more are set aside: one of them would hold up all others."""
        chosen = {"lane": lane, "most": limit, "after": after}
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(_LIST, chosen).all()
        )
        readable: list[InboxRow] = []
        for row in rows:
            try:
                readable.append(InboxRow(row.id, decode(row.payload, Event), row.attempts))
            except ValueError as error:
                log.exception("inbox row unreadable", extra={"row": row.id})
                await self.mark_failed(row.id, str(error))
        return readable

    async def mark_done(self, *rows: int) -> None:
        await self._change(_DONE, [{"row": row} for row in rows])

    async def mark_failed(self, row: int, reason: str) -> None:
        await self._change(_FAILED, {"row": row, "why": reason})

    async def count_attempt(self, row: int) -> None:
        await self._change(_ATTEMPT, {"row": row})

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        return await forget_rows(
            self._database,
            inbox,
            inbox.c.workspace == workspace,
            inbox.c.state != _State.OPEN,
            inbox.c.received_at < before,
        )

    async def _change(
        self, change: Update, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> None:
        # What a power cut takes of it is handled again, and nothing of that counts twice.
        await self._database.write_briefly(
            lambda connection: connection.execute(change, values), is_synced=False
        )
