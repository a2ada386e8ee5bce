"""What is due is planned once and worked on, by however many nodes look."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.deliveries import DeliveryState
from bot.domain.jobs import JobKind
from bot.domain.models import LOCAL, ChannelId, Place
from bot.domain.planning import TOO_LATE
from bot.domain.subscriptions import Subscription
from bot.ports import Node, NodeId
from bot.services.ticking import BAD_SCHEDULE, BATCH, TickingService
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.nodes import MemoryNodes
from tests.unit.services.delivery_world import (
    DAY,
    HOUR,
    MONDAY,
    Process,
    World,
    make_subscription,
)


@pytest.fixture
def world() -> World:
    return World()


def jobs_of(process: Process, kind: JobKind) -> list[str]:
    return [job.key for job in process.jobs.waiting if job.kind is kind]


def make_ticking(
    world: World, process: Process, nodes: MemoryNodes, node: NodeId
) -> TickingService:
    return TickingService(
        world.deliveries.subscriptions,
        world.deliveries,
        process.jobs,
        process.posting,
        clock=world.clock,
        nodes=nodes,
        node=node,
    )


async def test_all_that_is_due_is_planned_at_once(world: World) -> None:
    for number in range(BATCH + 5):
        await world.subscribe(f"s{number}")
    world.set_clock(MONDAY)
    process = world.start()

    await process.ticking.tick()
    await process.ticking.tick()

    assert len(jobs_of(process, JobKind.DELIVER)) == BATCH + 5
    assert len(await world.deliveries.list_unclaimed(limit=1000)) == BATCH + 5


async def test_of_two_nodes_one_plans(world: World) -> None:
    await world.subscribe()
    world.set_clock(MONDAY)
    one, two = world.start("one"), world.start("two")

    await one.ticking.tick()
    world.deliveries.silent = {NodeId("one"): 0.0}
    await world.deliveries.claim(LOCAL, "s1.1772409600", node=NodeId("one"))
    await two.ticking.tick()

    assert len(jobs_of(one, JobKind.DELIVER)) == 1
    assert jobs_of(two, JobKind.DELIVER) == []


async def test_who_is_slower_than_another_node_looks_at_each_once(world: World) -> None:
    class Slower(FakeDeliveries):
        asked = 0

        async def plan(self, before: Subscription, *rest: Any) -> bool:
            self.asked += 1
            return False

    world.deliveries = deliveries = Slower()
    for number in range(BATCH + 5):
        await world.subscribe(f"s{number}")
    world.set_clock(MONDAY)
    process = world.start()

    async with asyncio.timeout(10):  # else it would never end
        await process.ticking.tick()

    assert deliveries.asked == BATCH + 5
    assert jobs_of(process, JobKind.DELIVER) == []


async def test_those_of_one_channel_do_not_come_in_a_row(world: World) -> None:
    for number, name in enumerate(["one", "one", "one", "two", "two"]):
        await world.subscribe(f"s{number}", place=Place(ChannelId(name)))
    world.set_clock(MONDAY)
    process = world.start()

    await process.ticking.tick()

    numbers = [key.partition(":s")[2][0] for key in jobs_of(process, JobKind.DELIVER)]
    assert numbers == ["0", "3", "1", "4", "2"]


async def test_what_another_node_posts_gets_no_job_here(world: World) -> None:
    await world.subscribe()
    world.set_clock(MONDAY)
    await world.start().ticking.tick()
    elsewhere = world.start("two")
    elsewhere.platforms.clear()

    assert await elsewhere.ticking.sweep() == 0
    assert elsewhere.jobs.waiting == []


async def test_what_a_crash_left_without_a_job_gets_one(world: World) -> None:
    await world.subscribe()
    world.set_clock(MONDAY)
    await world.start("dead").ticking.tick()  # its jobs die with it, here

    process = world.start()
    assert await process.ticking.sweep() == 1
    assert await process.ticking.sweep() == 0


async def test_a_subscription_of_before_gets_its_next_time(world: World) -> None:
    await world.deliveries.subscriptions.add(make_subscription())
    await world.deliveries.subscriptions.add(make_subscription("paused", is_paused=True))

    await world.start().ticking.tick()

    assert (await world.subscription()).next_run_at == MONDAY
    assert (await world.subscription("paused")).next_run_at is None


async def test_what_came_too_late_is_named_and_needs_no_job(world: World) -> None:
    await world.subscribe()
    world.set_clock(MONDAY + DAY)
    process = world.start()

    await process.ticking.tick()

    (delivery,) = await world.recent()
    assert (delivery.state, delivery.reason) == (DeliveryState.FAILED, TOO_LATE)
    assert process.jobs.waiting == []


async def test_a_zone_that_is_no_more_stops_its_subscription_alone(world: World) -> None:
    broken = await world.subscribe("broken")
    await world.subscribe("fine")
    without_time = replace(make_subscription("new"), zone="Mars/Olympus")
    key = (LOCAL, "broken")
    world.deliveries.subscriptions.kept[key] = replace(broken, zone="Mars/Olympus")
    await world.deliveries.subscriptions.add(without_time)
    world.set_clock(MONDAY)
    process = world.start()

    await process.ticking.tick()

    for name in ("broken", "new"):
        stopped = await world.subscription(name)
        assert (stopped.is_paused, stopped.pause_reason) == (True, BAD_SCHEDULE)
    assert [each.subscription for each in await world.recent()] == ["fine"]


async def test_a_node_leaves_a_batch_to_each_before_it_and_then_plans_what_is_left(
    world: World,
) -> None:
    class Noting(FakeDeliveries):
        def __init__(self) -> None:
            super().__init__()
            self.order: list[str] = []

        async def plan(self, before: Subscription, *rest: Any) -> bool:
            self.order.append(before.id)
            return await super().plan(before, *rest)

    world.deliveries = Noting()
    names = [f"s{number:03}" for number in range(3 * BATCH + 5)]
    for name in names:
        await world.subscribe(name)
    world.set_clock(MONDAY)
    nodes = MemoryNodes(clock=world.clock)
    for name in ("a", "b", "c"):
        await nodes.beat(Node(NodeId(name), name, (), MONDAY))
        world.clock.move(seconds=1)
    ticking = make_ticking(world, world.start(), nodes, NodeId("c"))

    await ticking.tick()

    left = names[: 2 * BATCH] + names[3 * BATCH :]
    assert world.deliveries.order == names[2 * BATCH : 3 * BATCH] + left


async def test_one_that_cannot_be_kept_holds_up_no_other(world: World) -> None:
    class Picky(FakeDeliveries):
        async def plan(self, before: Subscription, *rest: Any) -> bool:
            if before.id == "poison":
                raise ValueError("no")
            return await super().plan(before, *rest)

    world.deliveries = Picky()
    await world.subscribe("fine")
    await world.subscribe("poison")
    world.set_clock(MONDAY)
    process = world.start()

    await process.ticking.tick()

    assert len(jobs_of(process, JobKind.DELIVER)) == 1


async def test_what_is_due_within_the_hour_is_prepared_once(world: World) -> None:
    world.set_clock(MONDAY - 2 * HOUR)
    for number in range(BATCH + 5):
        await world.subscribe(f"s{number}")
    process = world.start()
    await process.ticking.tick()
    assert process.jobs.waiting == []

    world.clock.move(minutes=61)
    await process.ticking.tick()
    prepared = jobs_of(process, JobKind.PREPARE)
    assert len(prepared) == BATCH + 5

    await process.work()
    world.clock.move(minutes=5)
    await process.ticking.tick()
    assert process.jobs.waiting == []


async def test_living_nodes_share_what_platforms_take(world: World) -> None:
    nodes = MemoryNodes(clock=world.clock)
    for name, rests_s in (("dead", 60), ("one", 1), ("two", 1)):
        await nodes.beat(Node(NodeId(name), name, (), MONDAY))
        world.clock.move(seconds=rests_s)
    process = world.start()
    ticking = make_ticking(world, process, nodes, NodeId("two"))

    await ticking.tick()

    assert process.posting.pacing.share == 2


async def test_a_clock_that_jumps_by_an_hour_doubles_nothing(world: World) -> None:
    await world.subscribe(cron="0 * * * *", days=1)
    process = world.start()
    for minutes in (0, 61, 1, -60, 30, 31, 60, -61, 61, 61):
        world.clock.move(minutes=minutes)
        world.seconds += 60
        await process.run()

    spans = [(each.since, each.until) for each in await world.recent()]
    assert len({until for _, until in spans}) == len(spans)
    assert all(before[1] == after[0] for before, after in itertools.pairwise(spans))
    assert all(until - since >= timedelta(hours=1) for since, until in spans)
