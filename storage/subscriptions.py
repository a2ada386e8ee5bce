"""The port `SubscriptionStore`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, literal, or_, select, tuple_

from bot.domain.models import ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Due
from storage.database import Database
from storage.rows import insert_new
from storage.schema import deliveries, subscriptions

SUBSCRIPTION_COLUMNS = (
    subscriptions.c.subscription,
    subscriptions.c.next_run_at,
    subscriptions.c.covered_until,
    subscriptions.c.version,
)
_DUE = (subscriptions.c.next_run_at, subscriptions.c.workspace, subscriptions.c.id)
_HAS_ONE_ON_ITS_WAY = exists().where(
    deliveries.c.workspace == subscriptions.c.workspace,
    deliveries.c.subscription == subscriptions.c.id,
    deliveries.c.state == "planned",
    ~deliveries.c.is_manual,
)


class SqlSubscriptionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, subscription: Subscription) -> bool:
        made = insert_new(subscriptions).values(
            workspace=subscription.workspace,
            id=subscription.id,
            made_at=subscription.made_at,
            **subscription_values(subscription),
        )
        return await self._database.change(made) == 1

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        query = (
            select(*SUBSCRIPTION_COLUMNS)
            .where(subscriptions.c.workspace == workspace)
            .order_by(subscriptions.c.made_at, subscriptions.c.id)
        )
        if channel is not None:
            query = query.where(subscriptions.c.channel == channel)
        return await self._list(query)

    async def list_due(
        self,
        at: datetime,
        *,
        limit: int,
        schemes: Collection[str] = (),
        after: Due | None = None,
    ) -> Sequence[Subscription]:
        query = (
            select(*SUBSCRIPTION_COLUMNS)
            .where(subscriptions.c.next_run_at <= at, ~_HAS_ONE_ON_ITS_WAY)
            .order_by(*_DUE)
            .limit(limit)
        )
        if after is not None:
            query = query.where(tuple_(*_DUE) > tuple_(*_bound(after)))
        if schemes:
            query = query.where(or_(*map(_is_of, sorted(schemes))))
        return await self._list(query)

    async def list_unscheduled(self) -> Sequence[Subscription]:
        query = (
            select(*SUBSCRIPTION_COLUMNS)
            .where(subscriptions.c.next_run_at.is_(None))
            .order_by(subscriptions.c.workspace, subscriptions.c.id)
        )
        return [each for each in await self._list(query) if not each.is_paused]

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        found = await self._list(
            select(*SUBSCRIPTION_COLUMNS).where(is_subscription(workspace, subscription))
        )
        if not found:
            raise KeyError(subscription)
        return found[0]

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        gone = delete(subscriptions).where(is_subscription(workspace, subscription))
        return await self._database.change(gone) == 1

    async def _list(self, query: Select[Any]) -> list[Subscription]:
        rows = await self._database.read_briefly(lambda connection: connection.execute(query).all())
        return [read_subscription(row) for row in rows]


def is_subscription(workspace: WorkspaceId, subscription: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.workspace == workspace, subscriptions.c.id == subscription)


def subscription_values(subscription: Subscription) -> dict[str, Any]:
    """Return what may change about one; the JSON holds nothing that has a column."""
    return {
        "channel": subscription.place.channel,
        "subscription": replace(subscription, next_run_at=None, covered_until=None, version=0),
        "next_run_at": subscription.next_run_at,
        "covered_until": subscription.covered_until,
        "version": subscription.version,
    }


def read_subscription(row: Any) -> Subscription:
    chosen: Subscription = row.subscription
    return replace(
        chosen,
        next_run_at=row.next_run_at,
        covered_until=row.covered_until,
        version=row.version,
    )


def _bound(after: Due) -> list[ColumnElement[Any]]:
    return [literal(value, column.type) for value, column in zip(after, _DUE, strict=True)]


def _is_of(scheme: str) -> ColumnElement[bool]:
    of_scheme = subscriptions.c.workspace.startswith(f"{scheme}:", autoescape=True)
    return or_(subscriptions.c.workspace == scheme, of_scheme)
