"""What a subscription told last, and whether what it would tell now is still the same."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from bot.domain.deliveries import DeliveryState, Told
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from storage.rows import fingerprint
from storage.schema import deliveries, notes, pages, saves, understandings


def list_told(connection: Connection, subscription: Subscription) -> Told:
    of_it = and_(
        deliveries.c.workspace == subscription.workspace,
        deliveries.c.subscription == subscription.id,
        ~deliveries.c.is_manual,
    )
    newest = (
        select(deliveries.c.delivery, deliveries.c.links)
        .where(
            of_it, deliveries.c.state == DeliveryState.DELIVERED, deliveries.c.links.is_not(None)
        )
        .order_by(deliveries.c.due_at.desc())
        .limit(1)
    )
    ended = select(func.max(deliveries.c.due_at)).where(
        of_it, deliveries.c.state.in_([DeliveryState.DELIVERED, DeliveryState.EMPTY])
    )
    missed_at = connection.scalar(
        select(func.min(deliveries.c.due_at)).where(
            of_it,
            deliveries.c.state == DeliveryState.FAILED,
            deliveries.c.due_at > func.coalesce(ended.scalar_subquery(), 0),
        )
    )
    row = connection.execute(newest).one_or_none()
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
    said = and_(saves.c.workspace == workspace, saves.c.saved_at >= since, saves.c.saved_at < until)
    chosen = select(saves.c.link_id).where(said)
    queries = (
        select(func.count(), func.max(saves.c.id)).where(said),
        select(func.count(), func.max(pages.c.read_at)).where(pages.c.link_id.in_(chosen)),
        select(func.count(), func.max(understandings.c.id)).where(
            understandings.c.link_id.in_(chosen)
        ),
        select(func.count(), func.max(notes.c.id)).where(
            notes.c.workspace == workspace, notes.c.noted_at >= since, notes.c.noted_at < until
        ),
    )
    found = [tuple(connection.execute(query).one()) for query in queries]
    return fingerprint(*(str(value) for row in found for value in row))
