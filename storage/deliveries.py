"""The port `DeliveryStore`."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.digests import Digest
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, NodeId
from storage.columns import Instant
from storage.database import Database
from storage.living import LEASE_S
from storage.rows import now, upsert
from storage.schema import deliveries, nodes, subscriptions
from storage.subscriptions import (
    IS_ON_ITS_WAY,
    SUBSCRIPTION_COLUMNS,
    read_subscription,
    subscription_values,
)
from storage.telling import list_told, take_fingerprint

# As a literal: an index on some rows only is used where the query shows that it is about those.
_is_planned = deliveries.c.state == literal_column("'planned'")
_is_this = and_(deliveries.c.workspace == bindparam("of"), deliveries.c.id == bindparam("this"))
_is_subscription = and_(
    subscriptions.c.workspace == bindparam("of"), subscriptions.c.id == bindparam("this")
)

# Made once: building a statement costs more than running it.
_SUBSCRIPTION = select(*SUBSCRIPTION_COLUMNS).where(_is_subscription)
_LOCK = _SUBSCRIPTION.with_for_update()
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
    where=deliveries.c.state.in_(["prepared", "failed"]),
)
_PREPARE = _new.on_conflict_do_update(
    index_elements=["workspace", "id"],
    set_={name: _new.excluded[name] for name in ("delivery", "digest", "fingerprint")},
    where=deliveries.c.state == "prepared",
)
_EMPTY = update(deliveries).where(_is_this).values(digest=None, fingerprint=None)
_GET = select(deliveries.c.delivery).where(_is_this)
_FIND = (
    select(
        deliveries.c.delivery,
        deliveries.c.digest,
        deliveries.c.fingerprint,
        deliveries.c.node,
        nodes.c.beat_at,
    )
    .outerjoin(nodes, nodes.c.id == deliveries.c.node)
    .where(_is_this, _is_planned)
)
_is_still = deliveries.c.node.is_not_distinct_from(bindparam("holder"))
_CLAIM = update(deliveries).where(_is_this, _is_planned, _is_still).values(node=bindparam("taker"))
_KEEP = (
    update(deliveries)
    .where(_is_this, _is_planned, deliveries.c.node == bindparam("holder"))
    .values(
        delivery=bindparam("value", type_=deliveries.c.delivery.type),
        digest=bindparam("text", type_=deliveries.c.digest.type),
        fingerprint=None,
    )
)
_END = (
    update(deliveries)
    .where(_is_this, _is_planned)
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


class SqlDeliveryStore:
    def __init__(self, database: Database, *, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._lease_s = lease_s

    async def plan(
        self, before: Subscription, after: Subscription, delivery: Delivery | None
    ) -> bool:
        return await self._database.write_briefly(
            lambda connection: _plan(connection, before, after, delivery)
        )

    async def prepare(self, delivery: Delivery, digest: Digest, *, fingerprint: str) -> None:
        row = {
            **_row(replace(delivery, state=DeliveryState.PREPARED)),
            "digest": digest,
            "fingerprint": fingerprint,
        }
        await self._database.write_briefly(
            lambda connection: connection.execute(_PREPARE, row), is_synced=False
        )

    async def get(self, workspace: WorkspaceId, delivery: str) -> Delivery:
        found: Delivery | None = await self._database.read_briefly(
            lambda connection: connection.scalar(_GET, {"of": workspace, "this": delivery})
        )
        if found is None or found.state is DeliveryState.PREPARED:
            raise KeyError(delivery)
        return found

    async def list_unclaimed(self, *, limit: int) -> Sequence[Delivery]:
        def find(connection: Connection) -> Sequence[Delivery]:
            dead_since = _now(connection) - timedelta(seconds=self._lease_s)
            living = select(nodes.c.id).where(nodes.c.beat_at > dead_since)
            query = (
                select(deliveries.c.delivery)
                .where(_is_planned, deliveries.c.node.is_(None) | deliveries.c.node.not_in(living))
                .order_by(deliveries.c.due_at)
                .limit(limit)
            )
            return connection.scalars(query).all()

        return await self._database.read_briefly(find)

    async def claim(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> Claim | None:
        # Not synced: who claims it again after a power cut does no harm.
        return await self._database.write_briefly(
            lambda connection: _claim(connection, workspace, delivery, node, lease_s=self._lease_s),
            is_synced=False,
        )

    async def release(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> None:
        values = {"of": workspace, "this": delivery, "holder": node, "taker": None}
        await self._database.write_briefly(
            lambda connection: connection.execute(_CLAIM, values), is_synced=False
        )

    async def keep_digest(self, delivery: Delivery, digest: Digest, *, node: NodeId) -> bool:
        values = {**_key(delivery), "holder": node, "value": delivery, "text": digest}
        # Not synced: the ledger's row of the first part is, before that is sent, and with it this.
        kept = await self._database.write_briefly(
            lambda connection: connection.execute(_KEEP, values).rowcount, is_synced=False
        )
        return kept == 1

    async def end(
        self, delivery: Delivery, *, node: NodeId | None = None, links: Collection[LinkId] = ()
    ) -> bool:
        # Not synced: what ends again after a power cut finds its posts in the ledger.
        return await self._database.write_briefly(
            lambda connection: _end(connection, delivery, node, sorted(links)), is_synced=False
        )

    async def list_recent(
        self, workspace: WorkspaceId, *, subscription: str | None = None, limit: int
    ) -> Sequence[Delivery]:
        query = (
            select(deliveries.c.delivery)
            .where(
                deliveries.c.workspace == workspace,
                deliveries.c.state != DeliveryState.PREPARED,
            )
            .order_by(deliveries.c.due_at.desc(), deliveries.c.id.desc())
            .limit(limit)
        )
        if subscription is not None:
            query = query.where(deliveries.c.subscription == subscription)
        return await self._database.list(query)

    async def list_told(self, subscription: Subscription) -> Told:
        return await self._database.read_briefly(
            lambda connection: list_told(connection, subscription)
        )

    async def fingerprint(self, workspace: WorkspaceId, *, since: datetime, until: datetime) -> str:
        return await self._database.read_briefly(
            lambda connection: take_fingerprint(connection, workspace, since, until)
        )

    async def count(self) -> Mapping[DeliveryState, int]:
        query = (
            select(deliveries.c.state, func.count())
            .where(deliveries.c.state != DeliveryState.PREPARED)
            .group_by(deliveries.c.state)
        )
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        return {DeliveryState(state): number for state, number in rows}

    async def drop(self, workspace: WorkspaceId, subscription: str, *, reason: str) -> int:
        query = select(deliveries.c.delivery).where(
            deliveries.c.workspace == workspace,
            deliveries.c.subscription == subscription,
            _is_planned,
        )
        ended_at = now()

        def drop_all(connection: Connection) -> int:
            found: Sequence[Delivery] = connection.scalars(query).all()
            ended = (
                replace(each, state=DeliveryState.FAILED, reason=reason, ended_at=ended_at)
                for each in found
            )
            return sum(_end(connection, each, None, []) for each in ended)

        return await self._database.write_briefly(drop_all)

    async def forget_prepared(self, *, before: datetime) -> int:
        gone = delete(deliveries).where(
            deliveries.c.state == DeliveryState.PREPARED, deliveries.c.due_at < before
        )
        return await self._database.change(gone)


def _plan(
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
        if connection.execute(_PLAN, _row(delivery)).rowcount == 0:
            return False
        if delivery.state is not DeliveryState.PLANNED:
            connection.execute(_EMPTY, _key(delivery))
    if after != before:
        values = {f"new_{name}": value for name, value in subscription_values(after).items()}
        connection.execute(_MOVE_ON, {**this, **values})
    return True


def _progress(subscription: Subscription) -> tuple[object, ...]:
    return subscription.version, subscription.next_run_at, subscription.covered_until


def _claim(
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
    taken = connection.execute(_CLAIM, {**this, "holder": row.node, "taker": node}).rowcount
    if not taken:
        return None
    # In the same transaction: the rest would cost two more.
    found: Delivery = row.delivery
    told = Told()
    subscription = None
    of = {"of": workspace, "this": found.subscription}
    chosen = connection.execute(_SUBSCRIPTION, of).one_or_none()
    if chosen is not None:
        subscription = read_subscription(chosen)
        told = list_told(connection, subscription)
    return Claim(found, subscription, told, row.digest, row.fingerprint or "", silent_s)


def _silent_s(connection: Connection, beat_at: datetime | None) -> float:
    """Return for how long a node gave no sign of life; endless if it left or was forgotten."""
    if beat_at is None:
        return math.inf
    return (_now(connection) - beat_at).total_seconds()


def _end(
    connection: Connection, delivery: Delivery, node: NodeId | None, told: Sequence[LinkId]
) -> bool:
    values = {
        **_key(delivery),
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


def _row(delivery: Delivery) -> dict[str, Any]:
    return {
        "workspace": delivery.workspace,
        "id": delivery.id,
        "subscription": delivery.subscription,
        "state": delivery.state,
        "due_at": delivery.due_at,
        "is_manual": delivery.is_manual,
        "delivery": delivery,
    }


def _key(delivery: Delivery) -> dict[str, Any]:
    return {"of": delivery.workspace, "this": delivery.id}


def _now(connection: Connection) -> datetime:
    """Return the time by the database's own clock, which all of its nodes share."""
    if connection.dialect.name == "sqlite":
        return now()
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)
