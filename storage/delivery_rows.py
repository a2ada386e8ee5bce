"""The table of deliveries: what the ledger does to it, as statements and functions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    exists,
    func,
    select,
    update,
)

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, NodeId
from storage.columns import Instant
from storage.rows import now, upsert
from storage.schema import deliveries, nodes, subscriptions
from storage.subscriptions import (
    IS_ON_ITS_WAY,
    SUBSCRIPTION_COLUMNS,
    read_subscription,
    subscription_values,
)
from storage.telling import is_in, list_told

is_planned = is_in(DeliveryState.PLANNED)
# Of one that is found by its key. Said so that no index on what is planned fits: the server holds
# it for nearly empty until its statistics know of the thousands of a Monday, and reads it whole.
_is_planned_still = deliveries.c.state.concat("") == DeliveryState.PLANNED
_is_this = and_(deliveries.c.workspace == bindparam("of"), deliveries.c.id == bindparam("this"))
_is_subscription = and_(
    subscriptions.c.workspace == bindparam("of"), subscriptions.c.id == bindparam("this")
)

# Made once: building a statement costs more than running it.
_LOCK = select(*SUBSCRIPTION_COLUMNS).where(_is_subscription).with_for_update()
_MOVE_ON = (
    update(subscriptions)
    .where(_is_subscription)
    .values(
        {
            name: bindparam(f"new_{name}", type_=subscriptions.c[name].type)
            for name in ("channel", "subscription", "next_run_at", "covered_until", "version")
        }
    )
)
_IS_ON_ITS_WAY = select(
    exists().where(
        deliveries.c.workspace == bindparam("of"),
        deliveries.c.subscription == bindparam("this"),
        IS_ON_ITS_WAY,
    )
)
_new = upsert(deliveries)
_PLAN = _new.on_conflict_do_update(
    index_elements=["workspace", "id"],
    set_={"state": _new.excluded.state, "delivery": _new.excluded.delivery},
    # What was prepared comes true; an occurrence that failed may come again, with an edit.
    where=is_in(DeliveryState.PREPARED) | is_in(DeliveryState.FAILED),
)
PREPARE = _new.on_conflict_do_update(
    index_elements=["workspace", "id"],
    set_={name: _new.excluded[name] for name in ("delivery", "digest", "fingerprint")},
    where=is_in(DeliveryState.PREPARED),
)
_EMPTY = update(deliveries).where(_is_this).values(digest=None, fingerprint=None)
GET = select(deliveries.c.delivery).where(_is_this)
_its_subscription = and_(
    subscriptions.c.workspace == deliveries.c.workspace,
    subscriptions.c.id == deliveries.c.subscription,
)
_FIND = (
    select(
        deliveries.c.delivery,
        deliveries.c.digest,
        deliveries.c.fingerprint,
        deliveries.c.node,
        nodes.c.beat_at,
        *SUBSCRIPTION_COLUMNS,
    )
    .outerjoin(nodes, nodes.c.id == deliveries.c.node)
    .outerjoin(subscriptions, _its_subscription)
    .where(_is_this, _is_planned_still)
)
_is_still = deliveries.c.node.is_not_distinct_from(bindparam("holder"))
CLAIM = (
    update(deliveries).where(_is_this, _is_planned_still, _is_still).values(node=bindparam("taker"))
)
KEEP = (
    update(deliveries)
    .where(_is_this, _is_planned_still, deliveries.c.node == bindparam("holder"))
    .values(
        delivery=bindparam("value", type_=deliveries.c.delivery.type),
        digest=bindparam("text", type_=deliveries.c.digest.type),
        fingerprint=None,
    )
)
_END = (
    update(deliveries)
    .where(_is_this, _is_planned_still)
    .values(
        state=bindparam("end"),
        delivery=bindparam("value", type_=deliveries.c.delivery.type),
        links=bindparam("told", type_=deliveries.c.links.type),
        node=None,
        digest=None,
        fingerprint=None,
    )
)
_END_OURS = _END.where(deliveries.c.node == bindparam("holder"))
# What it covered is open again; only the last one can be, as the next is planned after its end.
_UNCOVER = (
    update(subscriptions)
    .where(
        _is_subscription,
        subscriptions.c.covered_until == bindparam("until", type_=Instant),
    )
    .values(covered_until=bindparam("since", type_=Instant))
)


def plan(
    connection: Connection, before: Subscription, after: Subscription, delivery: Delivery | None
) -> bool:
    this = {"of": before.workspace, "this": before.id}
    row = connection.execute(_LOCK, this).one_or_none()
    if row is None or _progress(read_subscription(row)) != _progress(before):
        return False
    if delivery is not None:
        follows = delivery.state is DeliveryState.PLANNED and not delivery.is_manual
        if follows and connection.scalar(_IS_ON_ITS_WAY, this):
            return False
        if connection.execute(_PLAN, row_of(delivery)).rowcount == 0:
            return False
        if delivery.state is not DeliveryState.PLANNED:
            connection.execute(_EMPTY, key_of(delivery))
    if after != before:
        values = {f"new_{name}": value for name, value in subscription_values(after).items()}
        connection.execute(_MOVE_ON, {**this, **values})
    return True


def _progress(subscription: Subscription) -> tuple[object, ...]:
    return subscription.version, subscription.next_run_at, subscription.covered_until


def claim(
    connection: Connection,
    workspace: WorkspaceId,
    delivery: str,
    node: NodeId,
    *,
    lease_s: float,
) -> Claim | None:
    this = {"of": workspace, "this": delivery}
    row = connection.execute(_FIND, this).one_or_none()
    if row is None:
        return None
    silent_s = None
    if row.node not in (None, node):
        silent_s = _silent_s(connection, row.beat_at)
        if silent_s <= lease_s:
            return None
    taken = connection.execute(CLAIM, {**this, "holder": row.node, "taker": node}).rowcount
    if not taken:
        return None
    # In the same transaction: the rest would cost another one.
    told, subscription = Told(), None
    if row.subscription is not None:
        subscription = read_subscription(row)
        told = list_told(connection, subscription)
    return Claim(row.delivery, subscription, told, row.digest, row.fingerprint or "", silent_s)


def _silent_s(connection: Connection, beat_at: datetime | None) -> float:
    """Return for how long a node gave no sign of life; endless if it left or was forgotten."""
    if beat_at is None:
        return math.inf
    return (now_there(connection) - beat_at).total_seconds()


def end(
    connection: Connection, delivery: Delivery, node: NodeId | None, told: Sequence[LinkId]
) -> bool:
    values = {
        **key_of(delivery),
        "end": delivery.state,
        "value": delivery,
        "told": tuple(told) or None,
    }
    statement = _END if node is None else _END_OURS
    if node is not None:
        values["holder"] = node
    if connection.execute(statement, values).rowcount == 0:
        return False
    if delivery.state is DeliveryState.FAILED and not delivery.is_manual:
        span = {"since": delivery.since, "until": delivery.until}
        of = {"of": delivery.workspace, "this": delivery.subscription}
        connection.execute(_UNCOVER, {**of, **span})
    return True


def row_of(delivery: Delivery) -> dict[str, Any]:
    return {
        "workspace": delivery.workspace,
        "id": delivery.id,
        "subscription": delivery.subscription,
        "state": delivery.state,
        "due_at": delivery.due_at,
        "is_manual": delivery.is_manual,
        "delivery": delivery,
    }


def key_of(delivery: Delivery) -> dict[str, Any]:
    return {"of": delivery.workspace, "this": delivery.id}


def now_there(connection: Connection) -> datetime:
    """Return the time by the database's own clock, which all of its nodes share."""
    if connection.dialect.name == "sqlite":
        return now()
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)
