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


async def test_what_is_due_is_listed_earliest_first_over_all_workspaces(
    subscriptions: SubscriptionStore,
) -> None:
    def due(id_: str, minute: int, workspace: WorkspaceId = LOCAL) -> Subscription:
        made = make_subscription(id_, workspace=workspace)
        return replace(made, next_run_at=NOON + timedelta(minutes=minute))

    later, first, second = due("s1", 61), due("s2", 1, TEAM), due("s3", 2)
    for each in (later, first, second, make_subscription("s4")):
        await subscriptions.add(each)

    hour = NOON + timedelta(hours=1)
    assert await subscriptions.list_due(hour, limit=10) == [first, second]
    assert await subscriptions.list_due(hour, limit=1) == [first]
    assert first.next_run_at is not None
    after = (first.next_run_at, first.workspace, first.id)
    assert await subscriptions.list_due(hour, limit=10, after=after) == [second]
    assert await subscriptions.list_due(hour, limit=10, skip=1) == [second]
    assert await subscriptions.list_due(hour, limit=10, schemes={"local"}) == [second]
    assert await subscriptions.list_due(hour, limit=10, schemes={"slack"}) == [first]
    assert await subscriptions.list_due(NOON, limit=10) == []


async def test_what_has_no_next_time_and_is_not_paused_is_found(
    subscriptions: SubscriptionStore,
) -> None:
    old = make_subscription("s1")
    await subscriptions.add(old)
    await subscriptions.add(replace(make_subscription("s2"), is_paused=True))
    await subscriptions.add(replace(make_subscription("s3"), next_run_at=NOON))

    assert await subscriptions.list_unscheduled() == [old]


async def test_one_is_removed_once(subscriptions: SubscriptionStore) -> None:
    await subscriptions.add(make_subscription())

    assert not await subscriptions.remove(TEAM, "s1")
    assert await subscriptions.remove(LOCAL, "s1")
    assert not await subscriptions.remove(LOCAL, "s1")
    assert await subscriptions.list_subscriptions(LOCAL) == []


async def test_an_unknown_one_is_a_key_error(subscriptions: SubscriptionStore) -> None:
    with pytest.raises(KeyError):
        await subscriptions.get(LOCAL, "s1")
