"""Subscriptions in memory."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.models import ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Due
from bot.ports.records import passes


@dataclass
class FakeSubscriptions:
    """`is_on_its_way` says whether a subscription has a delivery that has not ended."""

    kept: dict[tuple[WorkspaceId, str], Subscription] = field(default_factory=dict)
    is_on_its_way: Callable[[WorkspaceId, str], bool] = lambda *_: False

    async def add(
        self,
        subscription: Subscription,
        *,
        check: Callable[[Sequence[Subscription]], None] = passes,
    ) -> bool:
        check(
            await self.list_subscriptions(
                subscription.workspace, channel=subscription.place.channel
            )
        )
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

    async def list_due(
        self,
        at: datetime,
        *,
        limit: int,
        schemes: Collection[str] = (),
        after: Due | None = None,
        skip: int = 0,
    ) -> Sequence[Subscription]:
        found = [
            each
            for each in self.kept.values()
            if each.next_run_at is not None
            and each.next_run_at <= at
            and (not schemes or each.workspace.partition(":")[0] in schemes)
            and (after is None or (each.next_run_at, each.workspace, each.id) > after)
            and not self.is_on_its_way(each.workspace, each.id)
        ]
        return sorted(found, key=lambda each: (str(each.next_run_at), each.workspace, each.id))[
            skip : skip + limit
        ]

    async def list_unscheduled(self) -> Sequence[Subscription]:
        found = (
            each for each in self.kept.values() if each.next_run_at is None and not each.is_paused
        )
        return sorted(found, key=lambda each: (each.workspace, each.id))

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        return self.kept[workspace, subscription]

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        return self.kept.pop((workspace, subscription), None) is not None
