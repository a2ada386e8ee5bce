"""Takes one member out of a workspace: what they saved and said, and their name where it stays."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any

from sqlalchemy import Column, Connection, Table, and_, delete, exists, or_, select, update

from bot.domain.feeds import Feed
from bot.domain.models import LOCAL, LinkId, MemberId, SaveId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import ForgottenMember, KnownMember
from storage.databases.database import Database
from storage.rows import batches
from storage.saving import remove_saves
from storage.schema import (
    backfills,
    chat_messages,
    chat_reactions,
    deliveries,
    documents,
    exchanges,
    feeds,
    homes,
    inbox,
    links,
    notes,
    reactions,
    replies,
    saves,
    subscriptions,
    votes,
)
from storage.understandings import remove_orphan_concepts
from storage.unposted import drop_unposted

# Who made a thing that goes on for everybody, such as a subscription, when they are forgotten.
_NOBODY = MemberId("forgotten")
_NO_NAME = "—"
# What keeps as a value who made it.
_MADE: Sequence[tuple[Table, Column[Any]]] = (
    (subscriptions, subscriptions.c.subscription),
    (feeds, feeds.c.feed),
)

# What they did, and nobody else needs.
_ACTS = (reactions, replies, votes, homes, exchanges)


class SqlMemberStore:
    """The port `MemberStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find_members(self, workspace: WorkspaceId, name: str) -> Sequence[KnownMember]:
        found = await self._database.read_briefly(
            lambda connection: _find(connection, workspace, name)
        )
        return sorted(found, key=lambda each: (each.id, each.name))

    async def forget(self, workspace: WorkspaceId, member: MemberId) -> ForgottenMember:
        async with self._database.write() as connection:
            return await connection.run_sync(_forget, workspace, member)


def _find(connection: Connection, workspace: WorkspaceId, name: str) -> set[KnownMember]:
    """Return who is called so where names are kept; where only ids are, whose id it is."""
    saved = (
        select(saves.c.member, saves.c.member_name)
        .distinct()
        .where(saves.c.workspace == workspace)
        .where(or_(saves.c.member == name, saves.c.member_name == name))
    )
    found = {KnownMember(MemberId(row[0]), row[1]) for row in connection.execute(saved)}
    for table, value in _MADE:
        for made in connection.scalars(select(value).where(table.c.workspace == workspace)):
            if name in (made.made_by, made.made_by_name) and made.made_by != _NOBODY:
                found.add(KnownMember(made.made_by, made.made_by_name))
    member = MemberId(name)
    traces = [_of(table, workspace, member) for table in (documents, notes, *_ACTS)]
    if workspace == LOCAL:
        traces.append(chat_messages.c.member == member)
    if not found and any(connection.scalar(select(exists().where(each))) for each in traces):
        found.add(KnownMember(member, ""))
    return found


def _forget(connection: Connection, workspace: WorkspaceId, member: MemberId) -> ForgottenMember:
    before = _ids(connection, links, links.c.workspace == workspace)
    names = _names(connection, workspace, member)
    own = _ids(connection, saves, _of(saves, workspace, member))
    for batch in batches(own):
        remove_saves(connection, workspace, [SaveId(id_) for id_ in batch])
    after = _ids(connection, links, links.c.workspace == workspace)
    noted = [
        connection.execute(delete(table).where(_of(table, workspace, member))).rowcount
        for table in (documents, notes)
    ]
    remove_orphan_concepts(connection, workspace)
    for table in _ACTS:
        connection.execute(delete(table).where(_of(table, workspace, member)))
    said = _forget_chat(connection, member) if workspace == LOCAL else 0
    _forget_acts(connection, workspace, member)
    _take_out_name(connection, workspace, member, names)
    # What was compiled tells who saved.
    drop_unposted(connection, workspace)
    return ForgottenMember(
        saves=len(own),
        links=len({LinkId(id_) for id_ in before} - set(after)),
        notes=noted[1],
        messages=said,
    )


def _forget_chat(connection: Connection, member: MemberId) -> int:
    """Delete what they said in the web chat, and what only they were told."""
    connection.execute(delete(chat_reactions).where(chat_reactions.c.member == member))
    theirs = or_(chat_messages.c.member == member, chat_messages.c.only_for == member)
    return connection.execute(delete(chat_messages).where(theirs)).rowcount


def _forget_acts(connection: Connection, workspace: WorkspaceId, member: MemberId) -> None:
    """Drop what they asked for and what is not done yet."""
    waiting = select(inbox.c.id, inbox.c.payload).where(
        inbox.c.workspace == workspace, inbox.c.state == "open"
    )
    theirs = [row.id for row in connection.execute(waiting) if f'"{member}"' in row.payload]
    for batch in batches(theirs):
        done = update(inbox).where(inbox.c.id.in_(batch)).values(state="done", payload="")
        connection.execute(done)
    rows = connection.execute(
        select(backfills.c.id, backfills.c.backfill).where(backfills.c.workspace == workspace)
    )
    for row in rows.all():
        if row.backfill.member == member:
            is_this = and_(backfills.c.workspace == workspace, backfills.c.id == row.id)
            connection.execute(delete(backfills).where(is_this))


def _take_out_name(
    connection: Connection, workspace: WorkspaceId, member: MemberId, names: Set[str]
) -> None:
    """Let what serves a whole channel go on, without who made or changed it."""
    for table, value in _MADE:
        rows = connection.execute(
            select(table.c.id, value.label("made"))
            .where(table.c.workspace == workspace)
            .with_for_update()
        )
        for row in rows.all():
            is_this = and_(table.c.workspace == workspace, table.c.id == row.id)
            if _is_for_them_alone(row.made, member):
                connection.execute(delete(table).where(is_this))
                theirs = deliveries.c.subscription == row.id
                connection.execute(
                    delete(deliveries).where(deliveries.c.workspace == workspace, theirs)
                )
                continue
            nameless = _without(row.made, member, names)
            if nameless != row.made:
                values: dict[str, Any] = {value.name: nameless}
                if table is subscriptions:  # whoever read it before must not write the name back
                    values["version"] = subscriptions.c.version + 1
                connection.execute(update(table).where(is_this).values(values))


def _is_for_them_alone(made: Subscription | Feed, member: MemberId) -> bool:
    return isinstance(made, Subscription) and made.place.is_direct and made.made_by == member


def _without(made: Subscription | Feed, member: MemberId, names: Set[str]) -> Subscription | Feed:
    if made.made_by == member:
        made = replace(made, made_by=_NOBODY, made_by_name=_NO_NAME)
    if isinstance(made, Subscription):
        # Of these only the name is kept.
        if made.changed_by_name in names:
            made = replace(made, changed_by_name=_NO_NAME)
        if made.paused_by_name in names:
            made = replace(made, paused_by_name=_NO_NAME)
    return made


def _names(connection: Connection, workspace: WorkspaceId, member: MemberId) -> Set[str]:
    query = select(saves.c.member_name).where(_of(saves, workspace, member)).distinct()
    return set(connection.scalars(query)) - {""}


def _of(table: Table, workspace: WorkspaceId, member: MemberId) -> Any:
    return and_(table.c.workspace == workspace, table.c.member == member)


def _ids(connection: Connection, table: Table, which: Any) -> Sequence[str]:
    return list(connection.scalars(select(table.c.id).where(which)))
