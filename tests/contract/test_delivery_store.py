"""What the ledger of deliveries promises."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.digests import Digest, Period, Style
from bot.domain.models import LOCAL, LinkId
from bot.domain.planning import plan, plan_now, schedule
from bot.domain.subscriptions import Subscription
from bot.ports import Claim, DeliveryStore, NodeId, SubscriptionStore
from storage import SqlStorage
from storage.databases.database import open_database
from storage.rows import now
from storage.schema import nodes
from tests.contract.test_subscription_store import make_subscription
from tests.factories import NOON
from tests.fakes.deliveries import LEASE_S, FakeDeliveries

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
ME, OTHER = NodeId("me"), NodeId("other")
# NOON is a Monday's in UTC; the next Monday at nine in Seoul.
DUE = NOON.replace(hour=0) + WEEK
DIGEST = Digest(
    Period("2024-W45", NOON.date(), NOON.date() + WEEK), Style.WEEKLY, "ko", "첫째 주", (), None
)


@dataclass
class Ledger:
    """`hear(node, seconds)`: a node gave its last sign of life so long ago."""

    deliveries: DeliveryStore
    subscriptions: SubscriptionStore
    hear: Callable[[NodeId, float], Awaitable[None]]

    async def subscribe(self, id_: str = "s1") -> Subscription:
        subscription = schedule(make_subscription(id_), now=NOON)
        await self.subscriptions.add(subscription)
        return subscription

    async def plan(self, subscription: Subscription) -> Delivery:
        assert subscription.next_run_at is not None
        made = plan(subscription, now=subscription.next_run_at)
        assert made is not None
        assert made.delivery is not None
        assert await self.deliveries.plan(subscription, made.after, made.delivery)
        return made.delivery

    async def get(self, id_: str = "s1") -> Subscription:
        return await self.subscriptions.get(LOCAL, id_)

    async def end(self, delivery: Delivery, state: DeliveryState, **how: Any) -> Delivery:
        ended = replace(delivery, state=state, ended_at=delivery.due_at, **how.pop("values", {}))
        assert await self.deliveries.end(ended, **how)
        return ended


@pytest.fixture(params=["memory", "database"])
async def ledger(request: pytest.FixtureRequest, storage: SqlStorage, database_url: str) -> Ledger:
    if request.param == "memory":
        fake = FakeDeliveries()

        async def hear_fake(node: NodeId, seconds: float) -> None:
            fake.silent[node] = seconds

        return Ledger(fake, fake.subscriptions, hear_fake)

    async def hear(node: NodeId, seconds: float) -> None:
        values = {"parts": (), "started_at": NOON, "beat_at": now() - timedelta(seconds=seconds)}
        async with open_database(database_url) as database:
            await database.change(insert(nodes).values(id=node, **values))

    return Ledger(storage.deliveries, storage.subscriptions, hear)


async def test_planning_moves_the_subscription_on_and_keeps_the_delivery(ledger: Ledger) -> None:
    delivery = await ledger.plan(await ledger.subscribe())

    moved = await ledger.get()
    assert (moved.next_run_at, moved.covered_until) == (DUE + WEEK, DUE)
    assert await ledger.deliveries.get(LOCAL, delivery.id) == delivery
    assert await ledger.deliveries.list_unclaimed(limit=10) == [delivery]
    assert await ledger.deliveries.count() == {DeliveryState.PLANNED: 1}


async def test_of_two_that_plan_at_once_one_does(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    made = plan(subscription, now=DUE)
    assert made is not None

    outcomes = await asyncio.gather(
        *(ledger.deliveries.plan(subscription, made.after, made.delivery) for _ in range(5))
    )

    assert sorted(outcomes) == [False] * 4 + [True]
    assert len(await ledger.deliveries.list_recent(LOCAL, limit=10)) == 1


async def test_who_changes_what_was_changed_meanwhile_changes_nothing(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    mine = replace(subscription, language="en", version=1, changed_by_name="Mina")
    yours = replace(subscription, language="ko", version=1, changed_by_name="Juno")

    assert await ledger.deliveries.plan(subscription, mine, None)
    assert not await ledger.deliveries.plan(subscription, yours, None)
    assert await ledger.get() == mine


async def test_none_is_planned_while_one_is_on_its_way(ledger: Ledger) -> None:
    first = await ledger.plan(await ledger.subscribe())
    subscription = await ledger.get()
    made = plan(subscription, now=DUE + WEEK)
    assert made is not None
    assert await ledger.subscriptions.list_due(DUE + WEEK, limit=10) == []

    assert not await ledger.deliveries.plan(subscription, made.after, made.delivery)
    await ledger.end(first, DeliveryState.EMPTY)

    assert await ledger.subscriptions.list_due(DUE + WEEK, limit=10) == [subscription]
    assert await ledger.deliveries.plan(subscription, made.after, made.delivery)


async def test_one_asked_for_comes_beside_one_on_its_way_and_once(ledger: Ledger) -> None:
    await ledger.plan(await ledger.subscribe())
    subscription = await ledger.get()
    asked = plan_now(subscription, id_="e1", now=DUE + HOUR)

    assert await ledger.deliveries.plan(subscription, asked.after, asked.delivery)
    assert not await ledger.deliveries.plan(subscription, asked.after, asked.delivery)
    assert await ledger.get() == subscription


async def test_one_node_at_a_time_has_a_delivery(ledger: Ledger) -> None:
    delivery = await ledger.plan(await ledger.subscribe())
    await ledger.hear(ME, 0)
    await ledger.hear(OTHER, 0)

    claim = Claim(delivery, await ledger.get())
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=ME) == claim
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=ME) == claim
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=OTHER) is None
    assert await ledger.deliveries.list_unclaimed(limit=10) == []
    assert not await ledger.deliveries.keep_digest(delivery, DIGEST, node=OTHER)

    await ledger.deliveries.release(LOCAL, delivery.id, node=OTHER)
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=OTHER) is None
    await ledger.deliveries.release(LOCAL, delivery.id, node=ME)
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=OTHER) == claim


async def test_what_a_dead_node_had_is_taken_over_with_its_digest(ledger: Ledger) -> None:
    delivery = await ledger.plan(await ledger.subscribe())
    await ledger.hear(OTHER, LEASE_S + 5)
    await ledger.deliveries.claim(LOCAL, delivery.id, node=OTHER)
    told = replace(delivery, number=3, told_at=DUE)
    assert await ledger.deliveries.keep_digest(told, DIGEST, node=OTHER)

    assert await ledger.deliveries.list_unclaimed(limit=10) == [told]
    claim = await ledger.deliveries.claim(LOCAL, delivery.id, node=ME)

    assert claim is not None
    assert (claim.delivery, claim.digest, claim.fingerprint) == (told, DIGEST, "")
    assert claim.silent_s is not None
    assert LEASE_S + 4 < claim.silent_s < LEASE_S + 60
    late = replace(told, state=DeliveryState.DELIVERED)
    assert not await ledger.deliveries.end(late, node=OTHER)
    assert await ledger.deliveries.end(late, node=ME)


async def test_a_node_that_left_is_silent_for_ever(ledger: Ledger) -> None:
    delivery = await ledger.plan(await ledger.subscribe())
    await ledger.deliveries.claim(LOCAL, delivery.id, node=OTHER)

    claim = await ledger.deliveries.claim(LOCAL, delivery.id, node=ME)

    assert claim is not None
    assert claim.silent_s == float("inf")


async def test_what_ended_keeps_what_it_told_and_is_claimed_no_more(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    first = await ledger.plan(subscription)
    told = frozenset({LinkId("l1"), LinkId("l2")})
    assert await ledger.deliveries.list_told(subscription) == Told()

    values = {"number": 1, "left_out": (LinkId("l0"),)}
    ended = await ledger.end(first, DeliveryState.DELIVERED, links=told, values=values)

    assert await ledger.deliveries.claim(LOCAL, first.id, node=ME) is None
    assert not await ledger.deliveries.end(ended)
    assert await ledger.deliveries.get(LOCAL, first.id) == ended
    last = Told(1, told, frozenset({LinkId("l0")}), first.since)
    assert await ledger.deliveries.list_told(subscription) == last

    second = await ledger.plan(await ledger.get())
    claim = await ledger.deliveries.claim(LOCAL, second.id, node=ME)
    assert claim == Claim(second, await ledger.get(), last)
    await ledger.end(second, DeliveryState.EMPTY)
    assert await ledger.deliveries.list_told(subscription) == last
    recent = await ledger.deliveries.list_recent(LOCAL, subscription="s1", limit=5)
    assert [each.id for each in recent] == [second.id, first.id]
    assert await ledger.deliveries.list_recent(LOCAL, subscription="s2", limit=5) == []


async def test_the_time_of_one_that_failed_is_covered_by_the_next(ledger: Ledger) -> None:
    first = await ledger.plan(await ledger.subscribe())

    await ledger.end(first, DeliveryState.FAILED, values={"reason": "delivery.too_late"})

    moved = await ledger.get()
    assert (moved.next_run_at, moved.covered_until) == (DUE + WEEK, first.since)
    assert await ledger.deliveries.list_told(moved) == Told(missed_at=DUE)
    second = await ledger.plan(moved)
    assert (second.since, second.until) == (first.since, DUE + WEEK)
    await ledger.end(second, DeliveryState.DELIVERED, links={LinkId("l1")}, values={"number": 1})
    assert (await ledger.deliveries.list_told(moved)).missed_at is None


async def test_what_was_covered_again_meanwhile_is_not_opened_by_a_failure(ledger: Ledger) -> None:
    first = await ledger.plan(await ledger.subscribe())
    moved = await ledger.get()
    further = replace(moved, covered_until=DUE + DAY)
    assert await ledger.deliveries.plan(moved, further, None)

    await ledger.end(first, DeliveryState.FAILED)

    assert await ledger.get() == further


async def test_who_does_not_know_what_is_covered_plans_nothing(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    covered = replace(subscription, covered_until=DUE - DAY)
    assert await ledger.deliveries.plan(subscription, covered, None)
    stale = plan(subscription, now=DUE)
    assert stale is not None

    assert not await ledger.deliveries.plan(subscription, stale.after, stale.delivery)

    assert await ledger.get() == covered
    assert await ledger.deliveries.list_unclaimed(limit=1) == []


async def test_an_occurrence_that_failed_may_come_again(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    first = await ledger.plan(subscription)
    await ledger.end(first, DeliveryState.FAILED, values={"reason": "delivery.paused"})
    edited = replace(await ledger.get(), next_run_at=DUE, version=1)
    assert await ledger.deliveries.plan(await ledger.get(), edited, None)

    assert await ledger.plan(edited) == first

    assert await ledger.deliveries.list_unclaimed(limit=1) == [first]


async def test_one_that_was_delivered_never_comes_again(ledger: Ledger) -> None:
    first = await ledger.plan(await ledger.subscribe())
    await ledger.end(first, DeliveryState.DELIVERED)
    moved = await ledger.get()

    assert not await ledger.deliveries.plan(moved, replace(moved, version=1), first)

    assert await ledger.get() == moved
    assert (await ledger.deliveries.get(LOCAL, first.id)).state is DeliveryState.DELIVERED


async def test_one_asked_for_is_not_what_the_next_goes_on_from(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    asked = plan_now(subscription, id_="e1", now=DUE - DAY)
    assert asked.delivery is not None
    await ledger.deliveries.plan(subscription, asked.after, asked.delivery)

    await ledger.end(asked.delivery, DeliveryState.DELIVERED, links={LinkId("l1")})

    assert await ledger.deliveries.list_told(subscription) == Told()


async def test_one_asked_for_that_failed_uncovers_nothing(ledger: Ledger) -> None:
    await ledger.end(await ledger.plan(await ledger.subscribe()), DeliveryState.EMPTY)
    subscription = await ledger.get()
    asked = plan_now(subscription, id_="e1", now=DUE)
    assert asked.delivery is not None
    await ledger.deliveries.plan(subscription, asked.after, asked.delivery)

    await ledger.end(asked.delivery, DeliveryState.FAILED)

    assert await ledger.get() == subscription
    assert await ledger.deliveries.list_told(subscription) == Told()


async def test_one_that_failed_as_it_was_planned_is_kept_and_never_claimed(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    made = plan(subscription, now=DUE + DAY)
    assert made is not None
    assert made.delivery is not None

    assert await ledger.deliveries.plan(subscription, made.after, made.delivery)

    assert await ledger.deliveries.list_unclaimed(limit=10) == []
    assert await ledger.deliveries.get(LOCAL, made.delivery.id) == made.delivery
    assert (await ledger.deliveries.list_told(subscription)).missed_at == DUE


async def test_what_was_prepared_comes_true_when_it_is_planned(ledger: Ledger) -> None:
    subscription = await ledger.subscribe()
    made = plan(subscription, now=DUE)
    assert made is not None
    assert made.delivery is not None
    id_ = made.delivery.id
    await ledger.deliveries.prepare(made.delivery, DIGEST, fingerprint="f1")
    await ledger.deliveries.prepare(made.delivery, DIGEST, fingerprint="f2")

    with pytest.raises(KeyError):
        await ledger.deliveries.get(LOCAL, id_)
    assert await ledger.deliveries.claim(LOCAL, id_, node=ME) is None
    assert await ledger.deliveries.list_recent(LOCAL, limit=5) == []
    assert await ledger.deliveries.count() == {}

    assert await ledger.deliveries.plan(subscription, made.after, made.delivery)
    await ledger.deliveries.prepare(made.delivery, DIGEST, fingerprint="f3")
    claim = await ledger.deliveries.claim(LOCAL, id_, node=ME)
    assert claim == Claim(made.delivery, made.after, digest=DIGEST, fingerprint="f2")
    await ledger.deliveries.keep_digest(made.delivery, DIGEST, node=ME)
    claim = await ledger.deliveries.claim(LOCAL, id_, node=ME)
    assert claim == Claim(made.delivery, made.after, digest=DIGEST)


async def test_what_was_prepared_in_vain_is_forgotten(ledger: Ledger) -> None:
    made = plan(await ledger.subscribe(), now=DUE)
    assert made is not None
    assert made.delivery is not None
    await ledger.deliveries.prepare(made.delivery, DIGEST, fingerprint="f1")

    assert await ledger.deliveries.forget_prepared(before=DUE) == 0
    assert await ledger.deliveries.forget_prepared(before=DUE + HOUR) == 1


async def test_what_is_planned_of_a_subscription_that_is_gone_ends(ledger: Ledger) -> None:
    delivery = await ledger.plan(await ledger.subscribe())
    await ledger.subscriptions.remove(LOCAL, "s1")
    assert await ledger.deliveries.claim(LOCAL, delivery.id, node=ME) == Claim(delivery)

    assert await ledger.deliveries.drop(LOCAL, "s1", reason="subscription.was_removed") == 1
    assert await ledger.deliveries.drop(LOCAL, "s1", reason="subscription.was_removed") == 0
    ended = await ledger.deliveries.get(LOCAL, delivery.id)
    assert (ended.state, ended.reason) == (DeliveryState.FAILED, "subscription.was_removed")


async def test_an_unknown_one_is_a_key_error(ledger: Ledger) -> None:
    with pytest.raises(KeyError):
        await ledger.deliveries.get(LOCAL, "d1")
    assert await ledger.deliveries.claim(LOCAL, "d1", node=ME) is None
