"""The port `Inbox`: what platforms said, written down before they hear back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Update,
    bindparam,
    func,
    literal_column,
    select,
    text,
    update,
)

from bot.domain.models import WorkspaceId
from bot.events import (
    Event,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
    order_of,
)
from bot.ports import InboxRow, Lane, NodeId
from storage.codec import decode, encode
from storage.databases.database import Database
from storage.forgetting import forget_rows
from storage.living import LEASE_S, living_nodes
from storage.reactions import keep_reaction
from storage.rows import insert_new, now
from storage.schema import inbox
from storage.signals import keep_reply

log = logging.getLogger(__name__)


class _State(StrEnum):
    OPEN = "open"
    DONE = "done"
    FAILED = "failed"


# As a literal: an index on some rows only is used where the query shows that it is about those.
_is_open = inbox.c.state == literal_column(f"'{_State.OPEN}'")

# Made once: building a statement costs more than running it.
_PUT = insert_new(inbox)
_OPEN = (
    select(inbox.c.id, inbox.c.payload, inbox.c.attempts)
    .where(_is_open, inbox.c.lane == bindparam("lane"), inbox.c.id > bindparam("after"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_ROW = update(inbox).where(inbox.c.id == bindparam("row"))
# A repeat is told by its id alone: what people said, and the ways back to them, go.
_NOTHING = ""
_DONE = _ROW.values(state=_State.DONE, payload=_NOTHING)
_FAILED = _ROW.values(state=_State.FAILED, payload=_NOTHING, reason=bindparam("why"))
_ATTEMPT = _ROW.where(_is_open).values(attempts=inbox.c.attempts + 1)

# Where several nodes share the inbox.
_IS_OURS = inbox.c.node == bindparam("us")
_OUR_OPEN = _OPEN.where(_IS_OURS)
_OUR_ATTEMPT = _ATTEMPT.where(_IS_OURS)
_ROUTED = ("workspace", "event_id", "payload", "received_at", "lane", "about")
_others = inbox.alias("others")


def _joined(workspace: Any, lane: Any, about: Any, *more: ColumnElement[bool]) -> Any:
    """Return the node that has the newest open event of the same message and lane."""
    same = (_others.c.workspace == workspace, _others.c.lane == lane, _others.c.about == about)
    is_open = _others.c.state == literal_column(f"'{_State.OPEN}'")
    found = select(_others.c.node).where(is_open, *same, *more)
    return found.order_by(_others.c.id.desc()).limit(1).scalar_subquery()


# That node may be dead: then the event waits, with those before it, for who adopts them all.
_PUT_ROUTED = _PUT.values(
    {name: bindparam(name) for name in _ROUTED}
    | {
        "node": func.coalesce(
            _joined(bindparam("workspace"), bindparam("lane"), bindparam("about")), bindparam("us")
        )
    }
)
# Two nodes that hear of one message at the same instant must see each other's event.
_LOCK = text("SELECT pg_advisory_xact_lock(:kind, hashtext(:about))")
_LOCK_KIND = 0x696E6278  # any number that is ours
_IS_ORPHAN = inbox.c.node.is_(None) | inbox.c.node.not_in(living_nodes())
_ORPHANED = select(inbox.c.workspace).where(_is_open, _IS_ORPHAN).distinct()
_ADOPT = (
    update(inbox)
    .where(
        _is_open,
        _IS_ORPHAN,
        inbox.c.workspace.in_(bindparam("theirs", expanding=True)),
    )
    .values(
        node=func.coalesce(
            _joined(
                inbox.c.workspace,
                inbox.c.lane,
                inbox.c.about,
                _others.c.node.in_(living_nodes()),
            ),
            bindparam("us"),
        )
    )
)


def lane_of(event: Event) -> Lane:
    marks = isinstance(event, ReactionAdded | ReactionRemoved | MessageEdited)
    return Lane.MARKS if marks else Lane.TALK


def put_event(connection: Connection, event: Event, *, node: NodeId | None) -> bool:
    """Keep the event; return False if it is a repeat, see the port.

    `node`: who writes it down; None where there is but one.
    """
    if isinstance(event, ReactionAdded | ReactionRemoved) and not keep_reaction(connection, event):
        return False
    if isinstance(event, MessagePosted):
        keep_reply(connection, event)
    row = {
        "workspace": event.workspace,
        "event_id": event.id,
        "payload": encode(event),
        "received_at": now(),
        "lane": lane_of(event),
    }
    if node is None:
        return connection.execute(_PUT, row).rowcount == 1
    about = order_of(event)
    if about is not None:
        locked = {"kind": _LOCK_KIND, "about": f"{event.workspace} {about}"}
        connection.execute(_LOCK, locked)
    return connection.execute(_PUT_ROUTED, {**row, "about": about, "us": node}).rowcount == 1


class SqlInbox:
    """`node`: who we are among several that share the inbox; None where we are alone."""

    def __init__(
        self, database: Database, node: NodeId | None = None, *, lease_s: float = LEASE_S
    ) -> None:
        self._database = database
        self._node = node
        self._us = {} if node is None else {"us": node}
        self._lease = {"lease_us": round(lease_s * 1_000_000)}

    async def put(self, event: Event) -> bool:
        return await self._database.write_briefly(
            lambda connection: put_event(connection, event, node=self._node)
        )

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        """Rows that cannot be read any more are set aside: one of them would hold up all others."""
        chosen = {"lane": lane, "most": limit, "after": after, **self._us}
        query = _OUR_OPEN if self._us else _OPEN
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(query, chosen).all()
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

    async def count_attempt(self, row: int) -> bool:
        attempt = _OUR_ATTEMPT if self._us else _ATTEMPT
        return await self._change(attempt, {"row": row, **self._us}) == 1

    async def adopt(self, serves: Callable[[WorkspaceId], bool]) -> int:
        if self._node is None:
            return 0
        query = _ORPHANED.params(self._lease)
        orphaned = [WorkspaceId(each) for each in await self._database.list(query)]
        theirs = [each for each in orphaned if serves(each)]
        if not theirs:
            return 0
        named = {"theirs": theirs, **self._us, **self._lease}
        return await self._database.write_briefly(
            lambda connection: connection.execute(_ADOPT, named).rowcount, takes_turn=True
        )

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
    ) -> int:
        # What a power cut takes of it is handled again, and nothing of that counts twice.
        return await self._database.write_briefly(
            lambda connection: connection.execute(change, values).rowcount, is_synced=False
        )
