"""The port `ReactionStore`: each member's standing reactions, as the inbox heard of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    exists,
    or_,
    select,
    true,
)

from bot.domain.emoji import bare_emoji
from bot.domain.models import MemberId, MessageId, WorkspaceId
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import MemberReaction, ReactionState
from storage.databases.database import Database
from storage.forgetting import forget_rows
from storage.rows import upsert
from storage.schema import reactions, replies, saves

_KEY = ("workspace", "message", "member", "emoji")
_STATE = ("is_on", "changed_at", "member_name")
_told = upsert(reactions)
_is_newer = or_(
    reactions.c.changed_at < _told.excluded.changed_at,
    # At one instant taking back wins: any rule will do that asks for no order of arrival.
    and_(reactions.c.changed_at == _told.excluded.changed_at, _told.excluded.is_on.is_(False)),
)
_CHANGE = _told.on_conflict_do_update(
    index_elements=_KEY,
    set_={name: _told.excluded[name] for name in _STATE},
    where=and_(reactions.c.is_on != _told.excluded.is_on, _is_newer),
)
_HEAR_AGAIN = _told.on_conflict_do_update(
    index_elements=_KEY,
    set_={"changed_at": _told.excluded.changed_at},
    where=and_(
        reactions.c.is_on == _told.excluded.is_on,
        reactions.c.changed_at < _told.excluded.changed_at,
    ),
)
_STATES = (
    select(*(reactions.c[name] for name in ("emoji", "member", *_STATE)))
    .where(
        reactions.c.workspace == bindparam("workspace"),
        reactions.c.message == bindparam("message"),
    )
    .order_by(reactions.c.changed_at, reactions.c.member, reactions.c.emoji)
)
_STANDING = _STATES.where(reactions.c.is_on.is_(True))


def keep_reaction(connection: Connection, event: ReactionAdded | ReactionRemoved) -> bool:
    """Keep how the reaction stands now; return False if the event does not change that.

    What says again how it stands makes that younger: an older change that comes late is none.
    So the newest act decides, in whatever order they arrive.
    """
    row = {
        "workspace": event.workspace,
        "message": event.message,
        "member": event.member,
        "emoji": bare_emoji(event.emoji),
        "is_on": isinstance(event, ReactionAdded),
        "changed_at": event.at,
        "member_name": event.member_name,
    }
    if connection.execute(_CHANGE, row).rowcount == 1:
        return True
    connection.execute(_HEAR_AGAIN, row)
    return False


def _is_saved_from(table: Table) -> ColumnElement[bool]:
    """Whether somebody saved a link of the message: then what others did there counts for it."""
    of_it = (saves.c.workspace == table.c.workspace, saves.c.message == table.c.message)
    return exists().where(*of_it)


class SqlReactionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[MemberReaction]:
        return [each.reaction for each in await self._list(_STANDING, workspace, message)]

    async def list_states(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[ReactionState]:
        return await self._list(_STATES, workspace, message)

    async def forget_reactions(
        self, workspace: WorkspaceId, *, keep: Collection[str], before: datetime
    ) -> int:
        # One by one: `NOT IN` is written anew for each list, and cannot run for many rows at once.
        is_other = and_(true(), *(reactions.c.emoji != each for each in sorted(keep)))
        gone = await forget_rows(
            self._database,
            reactions,
            reactions.c.workspace == workspace,
            reactions.c.changed_at < before,
            or_(reactions.c.is_on.is_(False), and_(is_other, ~_is_saved_from(reactions))),
        )
        return gone + await forget_rows(
            self._database,
            replies,
            replies.c.workspace == workspace,
            replies.c.replied_at < before,
            ~_is_saved_from(replies),
        )

    async def _list(
        self, query: Select[Any], workspace: WorkspaceId, message: MessageId
    ) -> Sequence[ReactionState]:
        named = {"workspace": workspace, "message": message}
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(query, named).all()
        )
        return [
            ReactionState(
                MemberReaction(row.emoji, MemberId(row.member), row.member_name),
                row.is_on,
                row.changed_at,
            )
            for row in rows
        ]
