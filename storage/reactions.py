"""The port `ReactionStore`: each member's standing reactions, as the inbox heard of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.domain.emoji import bare_emoji
from bot.domain.models import MemberId, MessageId, WorkspaceId
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import MemberReaction
from storage.database import Database
from storage.schema import reactions

_KEY = ("workspace", "message", "member", "emoji")
_IS_THIS = [reactions.c[name] == bindparam(f"this_{name}") for name in _KEY]
_FIND = select(reactions.c.is_on, reactions.c.changed_at).where(*_IS_THIS)
_HEAR_AGAIN = update(reactions).where(*_IS_THIS).values(changed_at=bindparam("at"))
_KEEP = insert(reactions)
_KEEP = _KEEP.on_conflict_do_update(
    index_elements=_KEY,
    set_={name: _KEEP.excluded[name] for name in ("is_on", "changed_at", "member_name")},
)
_STANDING = (
    select(reactions.c.emoji, reactions.c.member, reactions.c.member_name)
    .where(
        reactions.c.workspace == bindparam("workspace"),
        reactions.c.message == bindparam("message"),
        reactions.c.is_on.is_(True),
    )
    .order_by(reactions.c.changed_at, reactions.c.member, reactions.c.emoji)
)


def is_reaction_news(connection: Connection, event: ReactionAdded | ReactionRemoved) -> bool:
    """Tell whether the event changes how its reaction stands.

    What says again how it stands makes that younger: an older change that comes late is none.
    So the newest act decides, in whatever order they arrive.
    """
    key = {f"this_{name}": value for name, value in _key(event).items()}
    row = connection.execute(_FIND, key).one_or_none()
    if row is None:
        return True
    if row.is_on is not isinstance(event, ReactionAdded):
        return bool(row.changed_at <= event.at)
    if row.changed_at < event.at:
        connection.execute(_HEAR_AGAIN, {**key, "at": event.at})
    return False


def keep_reaction(connection: Connection, event: ReactionAdded | ReactionRemoved) -> None:
    state = {
        "is_on": isinstance(event, ReactionAdded),
        "changed_at": event.at,
        "member_name": event.member_name,
    }
    connection.execute(_KEEP, {**_key(event), **state})


def _key(event: ReactionAdded | ReactionRemoved) -> dict[str, str]:
    return {
        "workspace": event.workspace,
        "message": event.message,
        "member": event.member,
        "emoji": bare_emoji(event.emoji),
    }


class SqlReactionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[MemberReaction]:
        named = {"workspace": workspace, "message": message}
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(_STANDING, named).all()
        )
        return [MemberReaction(row.emoji, MemberId(row.member), row.member_name) for row in rows]
