"""The port `SignalStore`: who responded to what was saved, and what a channel's people like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    literal_column,
    select,
    union_all,
    update,
)

from bot.domain.models import ChannelId, LinkId, MemberId, MessageId, WorkspaceId
from bot.domain.signals import Response
from bot.domain.taste import Aspect, Vote
from bot.events import MessagePosted
from storage.columns import Instant
from storage.databases.database import Database
from storage.merging import resolve
from storage.rows import insert_new, upsert
from storage.schema import reactions, replies, saves, votes
from storage.unposted import drop_unposted

_KEY = ("workspace", "channel", "member", "link_id")
_IN_ORDER = (votes.c.voted_at, votes.c.member, votes.c.link_id)
_ASPECTS = tuple(str(each) for each in Aspect)

# Made once: building a statement costs more than running it.
_REPLY = insert_new(replies)
_since, _until = (bindparam(name, type_=Instant) for name in ("since", "until"))
_saved = select(saves.c.message).where(
    saves.c.workspace == bindparam("of"), saves.c.saved_at >= _since, saves.c.saved_at < _until
)
_RESPONSES = union_all(
    select(reactions.c.message, reactions.c.member, reactions.c.emoji).where(
        reactions.c.workspace == bindparam("of"),
        reactions.c.message.in_(_saved),
        reactions.c.is_on.is_(True),
        reactions.c.changed_at < _until,
    ),
    select(replies.c.message, replies.c.member, literal_column("''").label("emoji")).where(
        replies.c.workspace == bindparam("of"),
        replies.c.message.in_(_saved),
        replies.c.replied_at < _until,
    ),
).order_by("message", "member", "emoji")
_new = upsert(votes)
_VOTE = _new.on_conflict_do_update(
    index_elements=list(_KEY),
    set_={name: _new.excluded[name] for name in ("is_liked", "voted_at", *_ASPECTS)},
    where=votes.c.voted_at <= _new.excluded.voted_at,
)


def keep_reply(connection: Connection, event: MessagePosted) -> None:
    """Keep that a member replied to a message or a thread's head; again, it changes nothing."""
    heads = {head for head in (event.thread, event.answers) if head and head != event.message}
    for head in sorted(heads):
        row = {
            "workspace": event.workspace,
            "message": head,
            "member": event.member,
            "replied_at": event.at,
        }
        connection.execute(_REPLY, row)


class SqlSignalStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def list_responses(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime
    ) -> Sequence[Response]:
        named = {"of": workspace, "since": since, "until": until}
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(_RESPONSES, named).all()
        )
        return [Response(MessageId(row.message), MemberId(row.member), row.emoji) for row in rows]

    async def vote(self, workspace: WorkspaceId, channel: ChannelId, vote: Vote) -> bool:
        def keep(connection: Connection) -> bool:
            link = resolve(connection, workspace, vote.link)
            if link is None:
                return False
            row = {
                "workspace": workspace,
                "channel": channel,
                "member": vote.member,
                "link_id": link,
                "is_liked": vote.is_liked,
                "voted_at": vote.at,
                **{name: getattr(vote, name) for name in _ASPECTS},
            }
            return connection.execute(_VOTE, row).rowcount == 1

        return await self._database.write_briefly(keep, takes_turn=True)

    async def take_back(
        self, workspace: WorkspaceId, channel: ChannelId, *, member: MemberId, link: LinkId
    ) -> bool:
        def drop(connection: Connection) -> bool:
            known = resolve(connection, workspace, link)
            theirs = (votes.c.member == member, votes.c.link_id == known)
            gone = delete(votes).where(_here(workspace, channel), *theirs)
            return connection.execute(gone).rowcount == 1

        return await self._database.write_briefly(drop, takes_turn=True)

    async def list_votes(
        self, workspace: WorkspaceId, channel: ChannelId, *, until: datetime | None = None
    ) -> Sequence[Vote]:
        query = select(votes).where(_here(workspace, channel)).order_by(*_IN_ORDER)
        if until is not None:
            query = query.where(votes.c.voted_at < until)
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        return [_vote(row) for row in rows]

    async def list_all_votes(self, workspace: WorkspaceId) -> Mapping[ChannelId, Sequence[Vote]]:
        query = select(votes).where(votes.c.workspace == workspace)
        query = query.order_by(votes.c.channel, *_IN_ORDER)
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        found: defaultdict[ChannelId, list[Vote]] = defaultdict(list)
        for row in rows:
            found[ChannelId(row.channel)].append(_vote(row))
        return dict(found)

    async def forget_votes(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        *,
        aspect: Aspect | None = None,
        name: str = "",
    ) -> int:
        def forget(connection: Connection) -> int:
            here = _here(workspace, channel)
            if aspect is None:
                count = connection.execute(delete(votes).where(here)).rowcount
            else:
                is_this = votes.c[aspect] == name
                blank = update(votes).where(here, is_this).values({aspect.value: ""})
                count = connection.execute(blank).rowcount
                says_nothing = and_(*(votes.c[each] == "" for each in _ASPECTS))
                connection.execute(delete(votes).where(here, says_nothing))
            drop_unposted(connection, workspace)
            return count

        return await self._database.write_briefly(forget, takes_turn=True)


def _here(workspace: WorkspaceId, channel: ChannelId) -> ColumnElement[bool]:
    return and_(votes.c.workspace == workspace, votes.c.channel == channel)


def _vote(row: Any) -> Vote:
    return Vote(
        MemberId(row.member),
        LinkId(row.link_id),
        row.is_liked,
        row.voted_at,
        row.topic,
        row.source,
        row.kind,
    )
