"""The port `SubscriptionStore`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update

from bot.domain.models import ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription
from storage.database import Database
from storage.rows import insert_new
from storage.schema import subscriptions


class SqlSubscriptionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, subscription: Subscription) -> bool:
        made = insert_new(subscriptions).values(_columns(subscription))
        return await self._database.change(made) == 1

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        query = (
            select(subscriptions.c.subscription)
            .where(subscriptions.c.workspace == workspace)
            .order_by(subscriptions.c.made_at, subscriptions.c.id)
        )
        if channel is not None:
            query = query.where(subscriptions.c.channel == channel)
        return await self._database.list(query)

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        query = select(subscriptions.c.subscription).where(_is(workspace, subscription))
        found: Subscription | None = await self._database.find(query)
        if found is None:
            raise KeyError(subscription)
        return found

    async def change(self, subscription: Subscription) -> None:
        """Keep it as it is now; a `KeyError` if there was none."""
        change = update(subscriptions).where(_is(subscription.workspace, subscription.id))
        changed = change.values(_columns(subscription))
        if not await self._database.change(changed):
            raise KeyError(subscription.id)

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        gone = delete(subscriptions).where(_is(workspace, subscription))
        return await self._database.change(gone) == 1


def _is(workspace: WorkspaceId, subscription: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.workspace == workspace, subscriptions.c.id == subscription)


def _columns(subscription: Subscription) -> dict[str, Any]:
    return {
        "workspace": subscription.workspace,
        "id": subscription.id,
        "channel": subscription.place.channel,
        "made_at": subscription.made_at,
        "subscription": subscription,
    }
