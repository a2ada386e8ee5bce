"""The ledger of deliveries in memory, over subscriptions in memory."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.digests import Digest
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, NodeId
from tests.fakes.subscriptions import FakeSubscriptions

Key = tuple[WorkspaceId, str]
LEASE_S = 10


@dataclass
class Row:
    delivery: Delivery
    node: NodeId | None = None
    digest: Digest | None = None
    fingerprint: str = ""
    links: frozenset[LinkId] = frozenset()

    @property
    def is_on_its_way(self) -> bool:
        return self.delivery.state is DeliveryState.PLANNED


@dataclass
class FakeDeliveries:
    """`silent` says for how many seconds a node gave no sign of life; others are gone.

    `window` is the fingerprint of whatever was saved, `looked_at` the times that it was taken of.
    """

    subscriptions: FakeSubscriptions = field(default_factory=FakeSubscriptions)
    rows: dict[Key, Row] = field(default_factory=dict)
    silent: dict[NodeId, float] = field(default_factory=dict)
    window: str = "as it was"
    looked_at: list[tuple[datetime, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.subscriptions.is_on_its_way = self._is_on_its_way

    async def plan(
        self, before: Subscription, after: Subscription, delivery: Delivery | None
    ) -> bool:
        key = (before.workspace, before.id)
        kept = self.subscriptions.kept.get(key)
        if kept is None or _progress(kept) != _progress(before):
            return False
        if delivery is not None and not self._plan(delivery):
            return False
        self.subscriptions.kept[key] = after
        return True

    def _plan(self, delivery: Delivery) -> bool:
        follows = delivery.state is DeliveryState.PLANNED and not delivery.is_manual
        if follows and self._is_on_its_way(delivery.workspace, delivery.subscription):
            return False
        key = (delivery.workspace, delivery.id)
        row = self.rows.get(key)
        if row is None:
            self.rows[key] = Row(delivery)
            return True
        may_come_true = {DeliveryState.PREPARED, DeliveryState.FAILED}
        if row.delivery.state not in may_come_true:
            return False
        row.delivery = delivery
        if delivery.state is not DeliveryState.PLANNED:
            row.digest, row.fingerprint = None, ""
        return True

    async def prepare(self, delivery: Delivery, digest: Digest, *, fingerprint: str) -> None:
        prepared = replace(delivery, state=DeliveryState.PREPARED)
        row = self.rows.setdefault((delivery.workspace, delivery.id), Row(prepared))
        if row.delivery.state is DeliveryState.PREPARED:
            row.delivery, row.digest, row.fingerprint = prepared, digest, fingerprint

    async def get(self, workspace: WorkspaceId, delivery: str) -> Delivery:
        found = self.rows[workspace, delivery].delivery
        if found.state is DeliveryState.PREPARED:
            raise KeyError(delivery)
        return found

    async def list_unclaimed(self, *, limit: int) -> Sequence[Delivery]:
        found = [
            row.delivery
            for row in self.rows.values()
            if row.is_on_its_way and (row.node is None or self._silent_s(row.node) > LEASE_S)
        ]
        return sorted(found, key=lambda each: each.due_at)[:limit]

    async def claim(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> Claim | None:
        row = self.rows.get((workspace, delivery))
        if row is None or not row.is_on_its_way:
            return None
        silent_s = None
        if row.node not in {None, node} and row.node is not None:
            silent_s = self._silent_s(row.node)
            if silent_s <= LEASE_S:
                return None
        row.node = node
        subscription = self.subscriptions.kept.get((workspace, row.delivery.subscription))
        told = Told() if subscription is None else await self.list_told(subscription)
        return Claim(row.delivery, subscription, told, row.digest, row.fingerprint, silent_s)

    async def release(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> None:
        row = self.rows.get((workspace, delivery))
        if row is not None and row.node == node:
            row.node = None

    async def keep_digest(self, delivery: Delivery, digest: Digest, *, node: NodeId) -> bool:
        row = self.rows.get((delivery.workspace, delivery.id))
        if row is None or not row.is_on_its_way or row.node != node:
            return False
        row.delivery, row.digest, row.fingerprint = delivery, digest, ""
        return True

    async def end(
        self, delivery: Delivery, *, node: NodeId | None = None, links: Collection[LinkId] = ()
    ) -> bool:
        row = self.rows.get((delivery.workspace, delivery.id))
        if row is None or not row.is_on_its_way or node not in {None, row.node}:
            return False
        row.delivery, row.links = delivery, frozenset(links)
        row.node, row.digest, row.fingerprint = None, None, ""
        if delivery.state is DeliveryState.FAILED and not delivery.is_manual:
            self._uncover(delivery)
        return True

    def _uncover(self, delivery: Delivery) -> None:
        key = (delivery.workspace, delivery.subscription)
        kept = self.subscriptions.kept.get(key)
        if kept is not None and kept.covered_until == delivery.until:
            self.subscriptions.kept[key] = replace(kept, covered_until=delivery.since)

    async def list_recent(
        self, workspace: WorkspaceId, *, subscription: str | None = None, limit: int
    ) -> Sequence[Delivery]:
        found = [
            row.delivery
            for row in self.rows.values()
            if row.delivery.workspace == workspace
            and subscription in {None, row.delivery.subscription}
            and row.delivery.state is not DeliveryState.PREPARED
        ]
        return sorted(found, key=lambda each: (each.due_at, each.id), reverse=True)[:limit]

    async def list_told(self, subscription: Subscription) -> Told:
        rows = sorted(
            (
                row
                for row in self.rows.values()
                if (row.delivery.workspace, row.delivery.subscription)
                == (subscription.workspace, subscription.id)
                and not row.delivery.is_manual
            ),
            key=lambda row: row.delivery.due_at,
        )
        ended = {DeliveryState.DELIVERED, DeliveryState.EMPTY}
        since = max(
            (row.delivery.due_at for row in rows if row.delivery.state in ended), default=None
        )
        missed = [
            row.delivery.due_at
            for row in rows
            if row.delivery.state is DeliveryState.FAILED
            and (since is None or row.delivery.due_at > since)
        ]
        told = Told(missed_at=min(missed, default=None))
        for row in rows:
            if row.delivery.state is DeliveryState.DELIVERED and row.links:
                told = replace(
                    told,
                    number=row.delivery.number,
                    links=row.links,
                    left_out=frozenset(row.delivery.left_out),
                    since=row.delivery.since,
                )
        return told

    async def fingerprint(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime,
        until: datetime,
    ) -> str:
        self.looked_at.append((since, until))
        return self.window

    async def count(self) -> Mapping[DeliveryState, int]:
        states = Counter(row.delivery.state for row in self.rows.values())
        del states[DeliveryState.PREPARED]
        return states

    async def drop(self, workspace: WorkspaceId, subscription: str, *, reason: str) -> int:
        found = [
            row.delivery
            for row in self.rows.values()
            if row.is_on_its_way
            and (row.delivery.workspace, row.delivery.subscription) == (workspace, subscription)
        ]
        for each in found:
            await self.end(
                replace(each, state=DeliveryState.FAILED, reason=reason, ended_at=each.planned_at)
            )
        return len(found)

    async def forget_prepared(self, *, before: datetime) -> int:
        gone = [
            key
            for key, row in self.rows.items()
            if row.delivery.state is DeliveryState.PREPARED and row.delivery.due_at < before
        ]
        for key in gone:
            del self.rows[key]
        return len(gone)

    def _is_on_its_way(self, workspace: WorkspaceId, subscription: str) -> bool:
        return any(
            row.is_on_its_way
            and not row.delivery.is_manual
            and (row.delivery.workspace, row.delivery.subscription) == (workspace, subscription)
            for row in self.rows.values()
        )

    def _silent_s(self, node: NodeId) -> float:
        return self.silent.get(node, math.inf)


def _progress(subscription: Subscription) -> tuple[object, ...]:
    return subscription.version, subscription.next_run_at, subscription.covered_until
