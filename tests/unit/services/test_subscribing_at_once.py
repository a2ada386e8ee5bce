"""Members who subscribe a channel at one instant."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.domain.digests import Style
from bot.domain.models import LOCAL, ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from bot.services.subscribing import MOST_OF_A_CHANNEL, SubscribingService
from tests.factories import GENERAL, MINA, NOON
from tests.fakes.subscriptions import FakeSubscriptions

WEEKLY = Subscription(
    id="one",
    workspace=LOCAL,
    place=GENERAL,
    cron="0 9 * * 1",
    zone="Asia/Seoul",
    days=7,
    style=Style.WEEKLY,
    language="en",
    made_by=MINA,
    made_by_name="Mina",
    made_at=NOON,
)


class Database(FakeSubscriptions):
    """Takes a moment to answer, as databases do."""

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        found = await super().list_subscriptions(workspace, channel=channel)
        await asyncio.sleep(0)
        return found


async def add_at_once(*wanted: Subscription) -> tuple[int, set[str]]:
    """Return how many are kept, and why the others were refused."""
    store = Database()
    service = SubscribingService(store)
    ended = await asyncio.gather(*map(service.add, wanted), return_exceptions=True)
    refused = {each.message_key for each in ended if isinstance(each, UserError)}
    return len(store.kept), refused


async def test_the_same_from_two_members_is_kept_once() -> None:
    assert await add_at_once(WEEKLY, replace(WEEKLY, id="two")) == (1, {"subscribe.already"})


async def test_the_most_of_a_channel_holds_for_many_at_once() -> None:
    wanted = [replace(WEEKLY, id=str(n), cron=f"{n} 9 * * 1") for n in range(MOST_OF_A_CHANNEL + 3)]

    assert await add_at_once(*wanted) == (MOST_OF_A_CHANNEL, {"subscribe.too_many"})
