"""What a subscription told last, and whether what it would tell now is still the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Subquery,
    and_,
    bindparam,
    func,
    literal_column,
    select,
    true,
)

from bot.domain.deliveries import DeliveryState, Told
from bot.domain.models import Engine, LinkId, WorkspaceId
from storage.columns import Instant
from storage.rows import as_keys, batches, fingerprint, is_one_of
from storage.schema import (
    deliveries,
    link_merges,
    notes,
    pages,
    reactions,
    replies,
    saves,
    subscriptions,
    understandings,
    votes,
)

SubscriptionKey = tuple[str, str]  # its workspace and its id


def is_in(state: DeliveryState) -> ColumnElement[bool]:
    """Say it as a literal: SQLite plans anew for each value that might choose a partial index.

    And it uses such an index only where the query shows that it is about its rows.
    """
    return deliveries.c.state == literal_column(f"'{state}'")


_of_it = and_(
    deliveries.c.workspace == subscriptions.c.workspace,
    deliveries.c.subscription == subscriptions.c.id,
    ~deliveries.c.is_manual,
)


def _newest(column: Column[Any]) -> ColumnElement[Any]:
    query = (
        select(column)
        .where(_of_it, is_in(DeliveryState.DELIVERED), deliveries.c.links.is_not(None))
        .order_by(deliveries.c.due_at.desc())
        .limit(1)
    )
    return query.scalar_subquery()


_ended = (
    select(func.max(deliveries.c.due_at))
    .where(_of_it, is_in(DeliveryState.DELIVERED) | is_in(DeliveryState.EMPTY))
    .correlate(subscriptions)
    .scalar_subquery()
)
_missed = (
    select(func.min(deliveries.c.due_at))
    .where(
        _of_it,
        is_in(DeliveryState.FAILED),
        deliveries.c.due_at > func.coalesce(_ended, 0),
    )
    .correlate(subscriptions)
    .scalar_subquery()
)
# Made once: building a statement costs more than running it.
_TOLD = select(
    subscriptions.c.workspace,
    subscriptions.c.id,
    _missed.label("missed_at"),
    _newest(deliveries.c.delivery).label("delivery"),
    _newest(deliveries.c.links).label("links"),
).where(is_one_of(subscriptions.c.workspace, subscriptions.c.id))

_is_said = and_(
    saves.c.workspace == bindparam("of"),
    saves.c.saved_at >= bindparam("since", type_=Instant),
    saves.c.saved_at < bindparam("until", type_=Instant),
)
_said = select(saves.c.link_id).where(_is_said)


def _count(*conditions: ColumnElement[bool], newest: Column[Any]) -> Subquery[Any]:
    return (
        select(func.count().label("count"), func.max(newest).label("newest"))
        .where(*conditions)
        .subquery()
    )


# Whatever else was said of these links, at any time, may name them and credit them.
_saved = _count(saves.c.link_id.in_(_said), newest=saves.c.id)
_read = _count(pages.c.link_id.in_(_said), newest=pages.c.read_at)
# Not what a model wrote: it does so for the very digest that is asked about.
_understood = _count(
    understandings.c.link_id.in_(_said),
    func.coalesce(understandings.c.engine, "") != Engine.MODEL,
    newest=understandings.c.id,
)
_merged = _count(link_merges.c.link_id.in_(_said), newest=link_merges.c.gone_id)
_noted = _count(
    notes.c.workspace == bindparam("of"),
    notes.c.noted_at >= bindparam("since", type_=Instant),
    notes.c.noted_at < bindparam("until", type_=Instant),
    newest=notes.c.id,
)
_until = bindparam("until", type_=Instant)
_from = select(saves.c.message).where(_is_said)
_reacted = _count(
    reactions.c.workspace == bindparam("of"),
    reactions.c.message.in_(_from),
    reactions.c.is_on.is_(True),
    reactions.c.changed_at < _until,
    newest=reactions.c.changed_at,
)
_replied = _count(
    replies.c.workspace == bindparam("of"),
    replies.c.message.in_(_from),
    replies.c.replied_at < _until,
    newest=replies.c.replied_at,
)
_voted = _count(
    votes.c.workspace == bindparam("of"), votes.c.voted_at < _until, newest=votes.c.voted_at
)


def _beside(joined: FromClause, other: FromClause) -> FromClause:
    return joined.join(other, true())


_counts: tuple[FromClause, ...] = (
    _saved,
    _read,
    _understood,
    _merged,
    _noted,
    _reacted,
    _replied,
    _voted,
)
_WINDOW = select(*(column for each in _counts for column in each.c)).select_from(
    reduce(_beside, _counts)
)
_MERGED = select(link_merges.c.gone_id, link_merges.c.link_id).where(
    link_merges.c.gone_id.in_(bindparam("these", expanding=True))
)


def list_told(
    connection: Connection, of: Iterable[SubscriptionKey]
) -> Mapping[SubscriptionKey, Told]:
    """Return it for those subscriptions that are there."""
    rows = connection.execute(_TOLD, {"keys": as_keys(of)}).all()
    told = {id_ for row in rows if row.delivery for id_ in (*row.links, *row.delivery.left_out)}
    became = _find_merged(connection, told)
    return {(row.workspace, row.id): _as_told(row, became) for row in rows}


def _as_told(row: Any, became: Mapping[str, LinkId]) -> Told:
    if row.delivery is None:
        return Told(missed_at=row.missed_at)
    return Told(
        number=row.delivery.number,
        links=frozenset(became.get(id_, LinkId(id_)) for id_ in row.links),
        left_out=frozenset(became.get(id_, id_) for id_ in row.delivery.left_out),
        since=row.delivery.since,
        missed_at=row.missed_at,
    )


def _find_merged(connection: Connection, told: Collection[str]) -> Mapping[str, LinkId]:
    """Return what became of those that were told and are part of others by now."""
    found: dict[str, LinkId] = {}
    for batch in batches(sorted(told)):
        rows = connection.execute(_MERGED, {"these": batch})
        found |= {row.gone_id: LinkId(row.link_id) for row in rows}
    return found


def take_fingerprint(
    connection: Connection, workspace: WorkspaceId, since: datetime, until: datetime
) -> str:
    """Count what was said then, what was made of it and said to it, with the newest of each."""
    window = {"of": workspace, "since": since, "until": until}
    return fingerprint(*map(str, connection.execute(_WINDOW, window).one()))
