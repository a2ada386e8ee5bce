"""The port `DeliveryStore`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, delete, func, select

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.digests import Digest
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, NodeId
from storage import delivery_claims as claims
from storage import delivery_rows as rows
from storage.databases.database import Database
from storage.living import LEASE_S
from storage.rows import now
from storage.schema import deliveries, nodes
from storage.telling import list_told, take_fingerprint


class SqlDeliveryStore:
    def __init__(self, database: Database, *, lease_s: float = LEASE_S) -> None:
        self._database = database
        self._lease_s = lease_s
        self._claim = partial(claims.claim, lease_s=lease_s)

    async def plan(
        self, before: Subscription, after: Subscription, delivery: Delivery | None
    ) -> bool:
        order = rows.Order(before, after, delivery)
        return await self._database.write_jointly(rows.plan, order, key=order.key)

    async def prepare(self, delivery: Delivery, digest: Digest, *, fingerprint: str) -> None:
        row = {
            **rows.row_of(replace(delivery, state=DeliveryState.PREPARED)),
            "digest": digest,
            "fingerprint": fingerprint,
        }
        await self._database.write_briefly(
            lambda connection: connection.execute(rows.PREPARE, row), is_synced=False
        )

    async def get(self, workspace: WorkspaceId, delivery: str) -> Delivery:
        found: Delivery | None = await self._database.read_briefly(
            lambda connection: connection.scalar(rows.GET, {"of": workspace, "this": delivery})
        )
        if found is None or found.state is DeliveryState.PREPARED:
            raise KeyError(delivery)
        return found

    async def list_unclaimed(self, *, limit: int) -> Sequence[Delivery]:
        def find(connection: Connection) -> Sequence[Delivery]:
            dead_since = claims.now_there(connection) - timedelta(seconds=self._lease_s)
            living = select(nodes.c.id).where(nodes.c.beat_at > dead_since)
            query = (
                select(deliveries.c.delivery)
                .where(
                    rows.is_planned, deliveries.c.node.is_(None) | deliveries.c.node.not_in(living)
                )
                .order_by(deliveries.c.due_at)
                .limit(limit)
            )
            return connection.scalars(query).all()

        return await self._database.read_briefly(find)

    async def claim(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> Claim | None:
        # Not synced: who claims it again after a power cut does no harm.
        wish = claims.Wish(workspace, delivery, node)
        return await self._database.write_jointly(
            self._claim, wish, key=(workspace, delivery), is_synced=False
        )

    async def release(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> None:
        values = {"of": workspace, "this": delivery, "holder": node, "taker": None}
        await self._database.write_briefly(
            lambda connection: connection.execute(claims.CLAIM, values), is_synced=False
        )

    async def keep_digest(self, delivery: Delivery, digest: Digest, *, node: NodeId) -> bool:
        values = {**rows.key_of(delivery), "holder": node, "value": delivery, "text": digest}
        # Not synced: the ledger's row of the first part is, before that is sent, and with it this.
        return await self._database.write_jointly(
            rows.keep, values, key=(delivery.workspace, delivery.id), is_synced=False
        )

    async def end(
        self, delivery: Delivery, *, node: NodeId | None = None, links: Collection[LinkId] = ()
    ) -> bool:
        # Not synced: what ends again after a power cut finds its posts in the ledger.
        end = rows.End(delivery, node, sorted(links))
        return await self._database.write_jointly(
            rows.end, end, key=(delivery.workspace, delivery.id), is_synced=False
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
        key = (subscription.workspace, subscription.id)
        told = await self._database.read_briefly(lambda connection: list_told(connection, [key]))
        return told.get(key, Told())

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
        found = await self._database.read_briefly(
            lambda connection: connection.execute(query).all()
        )
        return {DeliveryState(state): number for state, number in found}

    async def drop(self, workspace: WorkspaceId, subscription: str, *, reason: str) -> int:
        query = select(deliveries.c.delivery).where(
            deliveries.c.workspace == workspace,
            deliveries.c.subscription == subscription,
            rows.is_planned,
        )
        ended_at = now()

        def drop_all(connection: Connection) -> int:
            found: Sequence[Delivery] = connection.scalars(query).all()
            ended = (
                replace(each, state=DeliveryState.FAILED, reason=reason, ended_at=ended_at)
                for each in found
            )
            return sum(rows.end(connection, [rows.End(each, None, [])])[0] for each in ended)

        return await self._database.write_briefly(drop_all)

    async def forget_prepared(self, *, before: datetime) -> int:
        gone = delete(deliveries).where(
            deliveries.c.state == DeliveryState.PREPARED, deliveries.c.due_at < before
        )
        return await self._database.change(gone)
