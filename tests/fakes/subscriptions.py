"""Subscriptions in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.domain.models import ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription


@dataclass
class FakeSubscriptions:
    kept: dict[tuple[WorkspaceId, str], Subscription] = field(default_factory=dict)

    async def add(self, subscription: Subscription) -> bool:
        key = (subscription.workspace, subscription.id)
        if key in self.kept:
            return False
        self.kept[key] = subscription
        return True

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        found = [
            each
            for each in self.kept.values()
            if each.workspace == workspace and channel in {None, each.place.channel}
        ]
        return sorted(found, key=lambda each: (each.made_at, each.id))

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        return self.kept[workspace, subscription]

    async def change(self, subscription: Subscription) -> None:
        if (subscription.workspace, subscription.id) not in self.kept:
            raise KeyError(subscription.id)
        self.kept[subscription.workspace, subscription.id] = subscription

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        return self.kept.pop((workspace, subscription), None) is not None
