"""What a digest that was compiled ahead is good for, and who and what it reaches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.models import LOCAL, ChannelId, LinkId, Place
from bot.domain.planning import plan_ahead
from bot.domain.subscriptions import Size, Subscription
from bot.ports import Claim
from tests.fakes.deliveries import Row
from tests.fakes.platform import words_of
from tests.link_records import make_link, make_save
from tests.unit.services.delivery_world import ASKS, DAY, HOUR, MONDAY, WEEK, World

DIRECT = Place(ChannelId("dm-mina"), is_private=True, is_direct=True)


async def prepare(world: World, **chosen: Any) -> tuple[Subscription, Delivery, Claim]:
    subscription = await world.subscribe(**chosen)
    delivery = plan_ahead(subscription)
    assert delivery is not None
    digest, fingerprint = await world.start().issuing.prepare(subscription, delivery)
    return subscription, delivery, Claim(delivery, subscription, Told(), digest, fingerprint)


@pytest.mark.parametrize(
    ("chosen", "told", "compiled"),
    [
        ({}, Told(), 1),
        ({"language": "ko"}, Told(), 2),
        ({"size": Size.SMALL}, Told(), 2),
        ({"zone": "UTC"}, Told(), 2),
        ({}, Told(1, since=MONDAY - WEEK), 2),
    ],
)
async def test_it_will_do_if_it_would_be_made_of_the_same_in_the_same_way(
    chosen: dict[str, Any], told: Told, compiled: int
) -> None:
    world = World()
    world.save("a")
    subscription, _, claim = await prepare(world)
    assert world.links.asked == ASKS
    edited = replace(subscription, **chosen)

    await world.start().issuing.make(
        edited, replace(claim, subscription=edited, told=told), told_at=MONDAY
    )

    assert world.links.asked == compiled * ASKS


async def test_what_was_told_by_now_makes_it_another_one() -> None:
    """All else is the same: what came late is looked for a week back, not further."""
    world = World()
    world.save("a")
    subscription = await world.subscribe()
    delivery = plan_ahead(subscription)
    assert delivery is not None
    old = replace(delivery, id="s1.0", due_at=MONDAY - WEEK, since=MONDAY - 9 * WEEK)
    old = replace(old, state=DeliveryState.DELIVERED, number=1)
    world.deliveries.rows[LOCAL, old.id] = Row(old, links=frozenset({LinkId("link-x")}))
    told = await world.deliveries.list_told(subscription)
    issuing = world.start().issuing
    digest, fingerprint = await issuing.prepare(subscription, delivery)
    claim = Claim(delivery, subscription, told, digest, fingerprint)

    await issuing.make(subscription, claim, told_at=MONDAY)
    assert world.links.asked == ASKS
    more = replace(told, links=frozenset({LinkId("link-a")}))
    await issuing.make(subscription, replace(claim, told=more), told_at=MONDAY)
    assert world.links.asked == ASKS + 1  # nothing is left to compare


async def test_it_will_not_do_if_the_time_that_it_is_compared_with_changed() -> None:
    world = World()

    await prepare(world)

    assert world.deliveries.looked_at == [(MONDAY - 2 * WEEK, MONDAY)]


async def test_what_came_late_is_told_if_it_is_not_older_than_a_week() -> None:
    world = World()
    await world.subscribe(days=30)
    world.save("in time")
    process = world.start()
    world.set_clock(MONDAY)
    await process.run()
    world.platform.sent.clear()
    world.save("late", at=MONDAY - WEEK + HOUR)
    world.save("too late", at=MONDAY - WEEK - HOUR)

    world.set_clock(MONDAY + WEEK)
    await process.run()

    assert "About late" in world.platform.words
    assert "About too late" not in world.platform.words


async def test_what_failed_after_it_is_not_made_up_for_by_it() -> None:
    world = World()
    subscription, delivery, claim = await prepare(world)
    later = Told(missed_at=delivery.due_at + timedelta(hours=1))
    before = Told(missed_at=delivery.due_at - DAY)
    issuing = world.start().issuing

    made, _ = await issuing.make(subscription, replace(claim, told=later), told_at=MONDAY)
    made_up, _ = await issuing.make(subscription, replace(claim, told=before), told_at=MONDAY)

    assert made.missed_at is None
    assert made_up.missed_at == delivery.due_at - DAY


async def test_who_reads_a_direct_message_is_found_out_when_it_is_sent() -> None:
    world = World()
    world.clock.move(minutes=30)
    subscription = await world.subscribe(place=DIRECT)
    secret, other = (
        Place(ChannelId(name), is_private=True) for name in ("mina-is-in", "mina-is-not-in")
    )
    for name, place in (("own", DIRECT), ("shared", secret), ("hidden", other)):
        save = make_save("jun", at=MONDAY - DAY, place=place)
        world.links.kept.append(make_link(name, title=f"About {name}", saves=[save]))
    process = world.start()
    await process.run()
    assert world.links.asked == 0
    world.platform.private_channels = {subscription.made_by: frozenset({secret.channel})}

    world.set_clock(MONDAY)
    await process.run()

    (head, *_) = world.platform.posts
    words = words_of(head.post)
    assert head.place == DIRECT
    assert "About own" in words
    assert "About shared" in words
    assert "About hidden" not in world.platform.words
