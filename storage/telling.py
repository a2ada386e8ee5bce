"""What a subscription told last, and whether what it would tell now is still the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from bot.domain.deliveries import DeliveryState, Told
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from storage.columns import Instant
from storage.rows import fingerprint
from storage.schema import deliveries, notes, pages, saves, understandings

_is_of_it = and_(
    deliveries.c.workspace == bindparam("of"),
    deliveries.c.subscription == bindparam("this"),
    ~deliveries.c.is_manual,
)
# Made once: building a statement costs more than running it.
_NEWEST = (
    select(deliveries.c.delivery, deliveries.c.links)
    .where(
        _is_of_it,
        deliveries.c.state == DeliveryState.DELIVERED,
        deliveries.c.links.is_not(None),
    )
    .order_by(deliveries.c.due_at.desc())
    .limit(1)
)
_ENDED = select(func.max(deliveries.c.due_at)).where(
    _is_of_it, deliveries.c.state.in_([DeliveryState.DELIVERED, DeliveryState.EMPTY])
)
_MISSED = select(func.min(deliveries.c.due_at)).where(
    _is_of_it,
    deliveries.c.state == DeliveryState.FAILED,
    deliveries.c.due_at > func.coalesce(_ENDED.scalar_subquery(), 0),
)

_is_said = and_(
    saves.c.workspace == bindparam("of"),
    saves.c.saved_at >= bindparam("since", type_=Instant),
    saves.c.saved_at < bindparam("until", type_=Instant),
)
_said = select(saves.c.link_id).where(_is_said)
_WINDOW = (
    select(func.count(), func.max(saves.c.id)).where(_is_said),
    select(func.count(), func.max(pages.c.read_at)).where(pages.c.link_id.in_(_said)),
    select(func.count(), func.max(understandings.c.id)).where(understandings.c.link_id.in_(_said)),
    select(func.count(), func.max(notes.c.id)).where(
        notes.c.workspace == bindparam("of"),
        notes.c.noted_at >= bindparam("since", type_=Instant),
        notes.c.noted_at < bindparam("until", type_=Instant),
    ),
)


def list_told(connection: Connection, subscription: Subscription) -> Told:
    this = {"of": subscription.workspace, "this": subscription.id}
    missed_at = connection.scalar(_MISSED, this)
    row = connection.execute(_NEWEST, this).one_or_none()
    if row is None:
        return Told(missed_at=missed_at)
    return Told(
        number=row.delivery.number,
        links=frozenset(map(LinkId, row.links)),
        left_out=frozenset(row.delivery.left_out),
        since=row.delivery.since,
        missed_at=missed_at,
    )


def take_fingerprint(
    connection: Connection, workspace: WorkspaceId, since: datetime, until: datetime
) -> str:
    """Count what was said then, and what was read and understood of it, with the newest of each."""
    window = {"of": workspace, "since": since, "until": until}
    found = [tuple(connection.execute(query, window).one()) for query in _WINDOW]
    return fingerprint(*(str(value) for row in found for value in row))
