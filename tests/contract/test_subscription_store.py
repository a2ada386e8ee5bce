"""What the store of subscriptions promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.digests import Style
from bot.domain.models import LOCAL, ChannelId, MemberId, Place, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import SubscriptionStore
from storage import SqlStorage
from tests.factories import NOON
from tests.fakes.subscriptions import FakeSubscriptions

TEAM = WorkspaceId("slack:T1")


@pytest.fixture(params=["memory", "database"])
async def subscriptions(request: pytest.FixtureRequest, storage: SqlStorage) -> SubscriptionStore:
    if request.param == "memory":
        return FakeSubscriptions()
    await storage.workspaces.ensure(TEAM, name="Team")
    return storage.subscriptions


def make_subscription(
    id_: str = "s1",
    *,
    workspace: WorkspaceId = LOCAL,
    channel: str = "general",
    minute: int = 0,
) -> Subscription:
    return Subscription(
        id=id_,
        workspace=workspace,
        place=Place(ChannelId(channel)),
        cron="0 9 * * 1",
        zone="Asia/Seoul",
        days=7,
        style=Style.WEEKLY,
        language="ko",
        made_by=MemberId("mina"),
        made_by_name="미나",
        made_at=NOON + timedelta(minutes=minute),
    )


async def test_one_comes_back_as_it_was_made(subscriptions: SubscriptionStore) -> None:
    assert await subscriptions.add(make_subscription())

    assert await subscriptions.get(LOCAL, "s1") == make_subscription()


async def test_the_same_id_again_changes_nothing(subscriptions: SubscriptionStore) -> None:
    await subscriptions.add(make_subscription())

    assert not await subscriptions.add(replace(make_subscription(), days=1))
    assert await subscriptions.get(LOCAL, "s1") == make_subscription()


async def test_they_are_listed_oldest_first_for_a_workspace_or_one_channel(
    subscriptions: SubscriptionStore,
) -> None:
    newer = make_subscription("s1", minute=2)
    older = make_subscription("s2", minute=1)
    elsewhere = make_subscription("s3", channel="random")
    for each in (newer, older, elsewhere, make_subscription("s4", workspace=TEAM)):
        await subscriptions.add(each)

    listed = await subscriptions.list_subscriptions(LOCAL, channel=ChannelId("general"))
    assert listed == [older, newer]
    assert await subscriptions.list_subscriptions(LOCAL) == [elsewhere, older, newer]


async def test_one_is_paused(subscriptions: SubscriptionStore) -> None:
    await subscriptions.add(make_subscription())
    paused = replace(make_subscription(), is_paused=True)
    await subscriptions.change(paused)

    assert await subscriptions.list_subscriptions(LOCAL) == [paused]


async def test_one_is_removed_once(subscriptions: SubscriptionStore) -> None:
    await subscriptions.add(make_subscription())

    assert not await subscriptions.remove(TEAM, "s1")
    assert await subscriptions.remove(LOCAL, "s1")
    assert not await subscriptions.remove(LOCAL, "s1")
    assert await subscriptions.list_subscriptions(LOCAL) == []


async def test_an_unknown_one_is_a_key_error(subscriptions: SubscriptionStore) -> None:
    with pytest.raises(KeyError):
        await subscriptions.get(LOCAL, "s1")
    with pytest.raises(KeyError):
        await subscriptions.change(make_subscription())
