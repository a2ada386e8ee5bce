"""The table of deliveries: what the ledger does to it, as statements and functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    exists,
    select,
    update,
)

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.models import LinkId
from bot.domain.subscriptions import Subscription
from bot.ports import NodeId
from storage.columns import Instant
from storage.databases.grouping import OutcomesDiffer
from storage.rows import as_keys, change_all, change_each, is_one_of, upsert
from storage.schema import deliveries, subscriptions
from storage.subscriptions import (
    IS_ON_ITS_WAY,
    SUBSCRIPTION_COLUMNS,
    read_subscription,
    subscription_values,
)
from storage.telling import SubscriptionKey, is_in

is_planned = is_in(DeliveryState.PLANNED)
# Of one that is found by its key. Said so that no index on what is planned fits: the server holds
# it for nearly empty until its statistics know of the thousands of a Monday, and reads it whole.
is_planned_still = deliveries.c.state.concat("") == DeliveryState.PLANNED
is_this = and_(deliveries.c.workspace == bindparam("of"), deliveries.c.id == bindparam("this"))
_is_subscription = and_(
    subscriptions.c.workspace == bindparam("of"), subscriptions.c.id == bindparam("this")
)

# Made once: building a statement costs more than running it.
_FIND_OF = (
    select(subscriptions.c.workspace, subscriptions.c.id, *SUBSCRIPTION_COLUMNS)
    .where(is_one_of(subscriptions.c.workspace, subscriptions.c.id))
    # In one order, as two nodes lock the same at once.
    .order_by(subscriptions.c.workspace, subscriptions.c.id)
)
_LOCK = _FIND_OF.with_for_update(of=subscriptions)
# Of many that come due at once another node may be planning some: it need not be waited for.
_LOCK_FREE = _FIND_OF.with_for_update(of=subscriptions, skip_locked=True)
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
_EMPTY = update(deliveries).where(is_this).values(digest=None, fingerprint=None)
GET = select(deliveries.c.delivery).where(is_this)
KEEP = (
    update(deliveries)
    .where(is_this, is_planned_still, deliveries.c.node == bindparam("holder"))
    .values(
        delivery=bindparam("value", type_=deliveries.c.delivery.type),
        digest=bindparam("text", type_=deliveries.c.digest.type),
        fingerprint=None,
    )
)
_END = (
    update(deliveries)
    .where(is_this, is_planned_still)
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


class Order(NamedTuple):
    """A subscription moves on, and this is to be delivered: see `DeliveryStore.plan`."""

    before: Subscription
    after: Subscription
    delivery: Delivery | None

    @property
    def key(self) -> SubscriptionKey:
        return self.before.workspace, self.before.id


def plan(connection: Connection, orders: Sequence[Order]) -> Sequence[bool]:
    keys = as_keys(order.key for order in orders)
    lock = _LOCK if len(orders) == 1 else _LOCK_FREE
    there = {
        (row.workspace, row.id): _progress(read_subscription(row))
        for row in connection.execute(lock, {"keys": keys})
    }
    are_fresh = [there.get(order.key) == _progress(order.before) for order in orders]
    fresh = list(compress(orders, are_fresh))
    if len(orders) == 1:
        return [bool(fresh) and _plan_one(connection, fresh[0])]
    if not _plan_all(connection, fresh):
        raise OutcomesDiffer
    return are_fresh


def _plan_one(connection: Connection, order: Order) -> bool:
    delivery = order.delivery
    if delivery is not None and delivery.state is DeliveryState.PLANNED and not delivery.is_manual:
        workspace, id_ = order.key
        if connection.scalar(_IS_ON_ITS_WAY, {"of": workspace, "this": id_}):
            return False
    return _plan_all(connection, [order])


def _plan_all(connection: Connection, orders: Sequence[Order]) -> bool:
    """Return whether all are planned. What the index of those on their way rejects raises."""
    made = [order.delivery for order in orders if order.delivery is not None]
    if not all(change_each(connection, _PLAN, [row_of(each) for each in made])):
        return False
    emptied = [key_of(each) for each in made if each.state is not DeliveryState.PLANNED]
    change_all(connection, _EMPTY, emptied)
    moved = [order for order in orders if order.after != order.before]
    change_all(connection, _MOVE_ON, [_move_of(order) for order in moved])
    return True


def _move_of(order: Order) -> dict[str, Any]:
    workspace, id_ = order.key
    values = {f"new_{name}": value for name, value in subscription_values(order.after).items()}
    return {"of": workspace, "this": id_, **values}


def _progress(subscription: Subscription) -> tuple[object, ...]:
    return subscription.version, subscription.next_run_at, subscription.covered_until


def keep(connection: Connection, kept: Sequence[Mapping[str, Any]]) -> Sequence[bool]:
    return change_each(connection, KEEP, kept)


class End(NamedTuple):
    """`holder`: whose it has to be; None: anybody's."""

    delivery: Delivery
    holder: NodeId | None
    told: Sequence[LinkId]


def end(connection: Connection, ends: Sequence[End]) -> Sequence[bool]:
    ours = [each for each in ends if each.holder is not None]
    if ours and len(ours) < len(ends):
        raise OutcomesDiffer
    has_ended = change_each(connection, _END_OURS if ours else _END, [_ending(e) for e in ends])
    change_all(
        connection,
        _UNCOVER,
        [_uncovering(each.delivery) for each in compress(ends, has_ended) if _has_failed(each)],
    )
    return has_ended


def _has_failed(end: End) -> bool:
    return end.delivery.state is DeliveryState.FAILED and not end.delivery.is_manual


def _ending(end: End) -> dict[str, Any]:
    values = {
        **key_of(end.delivery),
        "end": end.delivery.state,
        "value": end.delivery,
        "told": tuple(end.told) or None,
    }
    return values if end.holder is None else {**values, "holder": end.holder}


def _uncovering(delivery: Delivery) -> dict[str, Any]:
    of = {"of": delivery.workspace, "this": delivery.subscription}
    return {**of, "since": delivery.since, "until": delivery.until}


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
