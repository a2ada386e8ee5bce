"""Each digest comes once, complete, and says what it is, whatever happens on the way."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.digests import Digest
from bot.domain.jobs import JobKind, JobState
from bot.domain.models import LOCAL, ChannelId, Kind, LinkId, MessageId, Place, WorkspaceId
from bot.domain.planning import TOO_LATE, plan_now
from bot.domain.subscriptions import Size
from bot.errors import PlaceClosed, RateLimited, SendUnsure, TransientError, UserError
from bot.ports import NodeId, Piece, Target
from bot.services.delivering import PAUSED, REFUSED, deliver_job
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.platform import FakePlatform, words_of
from tests.link_records import GENERAL, make_link, make_save
from tests.unit.services.delivery_world import (
    ASKS,
    DAY,
    HOUR,
    MINUTE,
    MONDAY,
    WEEK,
    Crash,
    Fate,
    World,
)
from tests.waiting import until

SECRET = Place(ChannelId("secret"), is_private=True)


@dataclass
class SlowPlatform(FakePlatform):
    """Channels other than the general one take nothing until it `opens` them."""

    opens: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        if target.place != GENERAL:
            await self.opens.wait()
        return await super().send(target, piece, key=key)


@pytest.fixture
async def world() -> World:
    made = World()
    await made.subscribe()
    for name in "abcde":
        made.save(name)
    return made


async def test_a_digest_comes_when_it_is_due_with_its_number_and_span(world: World) -> None:
    process = world.start()
    await process.run()
    assert world.platform.sent == {}

    world.set_clock(MONDAY)
    await process.run()
    await process.run()

    head, *replies = world.platform.posts
    words = words_of(head.post)
    assert "No. 1 · " in words
    assert "/subscriptions" in words
    assert "late" not in words
    assert all(f"About {name}" in words for name in "abcde")
    assert {sent.thread for sent in replies} == {"sent:delivery:s1.1772409600"}
    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED
    assert (delivery.number, delivery.message) == (1, "sent:delivery:s1.1772409600")


async def test_the_next_one_is_numbered_on_and_tells_only_what_is_new(world: World) -> None:
    process = world.start()
    world.set_clock(MONDAY)
    await process.run()
    world.platform.sent.clear()
    world.save("new", at=MONDAY + DAY)
    world.links.kept[0] = make_link("a", title="About a", saves=[make_save(at=MONDAY + DAY)])
    world.save("late", at=MONDAY - HOUR)  # it was said before and heard of after the digest

    world.set_clock(MONDAY + WEEK)
    await process.run()

    words = world.platform.words
    assert "No. 2 · " in words
    assert "About new" in words
    assert "About late" in words
    assert "About a" not in words
    assert world.deliveries.rows[LOCAL, "s1.1773014400"].delivery.left_out == (LinkId("link-a"),)


async def test_the_filters_and_the_audience_are_those_of_its_channel() -> None:
    world = World()
    await world.subscribe("s1", kinds=(Kind.PAPER,), size=Size.SMALL)
    await world.subscribe("s2", place=SECRET)
    world.links.kept = [
        make_link("paper", title="A paper", kind=Kind.PAPER, saves=[make_save(at=MONDAY - DAY)]),
        make_link("news", title="Some news", kind=Kind.NEWS, saves=[make_save(at=MONDAY - DAY)]),
    ]
    world.save("secret", at=MONDAY - DAY, place=SECRET)
    world.set_clock(MONDAY)

    await world.start().run()

    general, secret = (
        "\n".join(words_of(sent.post) for sent in world.platform.posts if sent.place == place)
        for place in (world.platform.posts[0].place, SECRET)
    )
    assert "A paper" in general
    assert "news" not in general
    assert "About secret" not in general
    assert all(words in secret for words in ("A paper", "Some news", "About secret"))


@pytest.mark.parametrize("posts_empty", [False, True])
async def test_nothing_to_tell_is_said_only_where_that_was_asked_for(*, posts_empty: bool) -> None:
    world = World()
    await world.subscribe(posts_empty=posts_empty)
    world.set_clock(MONDAY)

    await world.start().run()

    (delivery,) = await world.recent()
    assert delivery.number == 0
    if posts_empty:
        assert delivery.state is DeliveryState.DELIVERED
        assert "No new links" in world.platform.words
    else:
        assert delivery.state is DeliveryState.EMPTY
        assert world.platform.sent == {}


async def test_whoever_asks_for_one_now_hears_that_there_is_nothing_to_tell() -> None:
    world = World()
    subscription = await world.subscribe()
    asked = plan_now(subscription, id_="e1", now=world.clock.now())
    assert await world.deliveries.plan(subscription, asked.after, asked.delivery)

    await world.start().run()

    (delivery,) = await world.recent()
    assert (delivery.state, delivery.number) == (DeliveryState.DELIVERED, 0)
    assert "No new links" in world.platform.words


async def test_one_that_is_late_says_so(world: World) -> None:
    world.set_clock(MONDAY + HOUR)

    await world.start().run()

    assert "It is late" in world.platform.words


async def test_what_was_missed_for_days_comes_at_once_and_says_so() -> None:
    world = World()
    await world.subscribe(cron="0 9 * * *", days=1)
    for day in range(4):
        world.save(f"day-{day}", at=MONDAY + day * DAY - HOUR)
    world.set_clock(MONDAY + 3 * DAY + MINUTE)

    await world.start().run()

    words = world.platform.words
    assert all(f"About day-{day}" in words for day in range(4))
    assert "also covers what was missed since" in words
    assert len(await world.recent()) == 1


STEPS = 40


@pytest.mark.parametrize("is_after", [False, True], ids=["before", "after"])
async def test_a_process_may_die_at_any_step(*, is_after: bool) -> None:
    expected = None
    died = 0
    for step in range(STEPS):
        world = World()
        await world.subscribe()
        for number in range(9):  # more than one reply
            world.save(f"link-{number}")
        world.set_clock(MONDAY)
        first = world.start("one", fate=Fate(step or None, is_after=is_after))
        try:
            await first.run()
        except Crash:
            died += 1

        # Its successor has no job of it, and its node is silent for ever.
        await world.start("two").run()

        sent = {key: words_of(each.post) for key, each in world.platform.sent.items()}
        expected = expected or sent
        assert sent == expected, f"died at step {step}"
        (delivery,) = await world.recent()
        assert delivery.state is DeliveryState.DELIVERED
        assert world.ledger.rows.keys() == {(LOCAL, key) for key in sent}
    assert 20 <= died < STEPS  # all of them, and then it lives
    assert expected is not None
    assert len(expected) >= 3


async def test_of_two_nodes_that_do_the_same_one_posts(world: World) -> None:
    world.set_clock(MONDAY)
    one, two = world.start("one"), world.start("two")
    world.deliveries.silent = {NodeId("one"): 0.0, NodeId("two"): 0.0}
    for process in (one, two):
        await process.ticking.tick()
        await process.ticking.sweep()
    deliver = [job for each in (one, two) for job in each.jobs.waiting if job.kind == "deliver"]
    assert len(deliver) == 2

    await asyncio.gather(one.work(), two.work())

    assert world.platform.calls == len(world.platform.sent) == 3


async def test_a_node_that_was_taken_for_dead_sends_nothing_more(world: World) -> None:
    world.set_clock(MONDAY)
    frozen, other = world.start("frozen"), world.start("other")
    world.deliveries.silent = {NodeId("frozen"): 11.0, NodeId("other"): 0.0}
    await frozen.ticking.tick()
    frozen.alive.is_alive = False
    await frozen.work()
    assert world.platform.sent == {}
    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.PLANNED

    await other.run()

    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED
    assert world.platform.calls == len(world.platform.sent)


class Overtaken(FakeDeliveries):
    """At its first call of this name another node has the delivery already."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name

    async def keep_digest(self, delivery: Delivery, digest: Digest, *, node: NodeId) -> bool:
        self._overtake("keep_digest", delivery)
        return await super().keep_digest(delivery, digest, node=node)

    async def end(self, delivery: Delivery, **how: Any) -> bool:
        self._overtake("end", delivery)
        return await super().end(delivery, **how)

    def _overtake(self, name: str, delivery: Delivery) -> None:
        if name == self._name:
            self.rows[delivery.workspace, delivery.id].node = NodeId("other")


@pytest.mark.parametrize(("name", "posted"), [("keep_digest", False), ("end", True)])
async def test_who_was_overtaken_leaves_the_rest_to_the_other(name: str, *, posted: bool) -> None:
    world = World(deliveries=Overtaken(name))
    await world.subscribe()
    world.save("a")
    world.set_clock(MONDAY)
    process = world.start()

    await process.run()

    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.PLANNED
    assert world.deliveries.rows[LOCAL, delivery.id].node == "other"
    assert bool(world.platform.calls) is posted
    (job,) = process.jobs.waiting
    assert job.reason == "LeaseLost"


async def test_who_slept_while_it_took_a_delivery_sends_nothing() -> None:
    class Slow(FakeDeliveries):
        async def claim(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> Any:
            taken = await super().claim(workspace, delivery, node=node)
            process.alive.term += 1  # it was taken for dead meanwhile, and lives again
            return taken

    world = World(deliveries=Slow())
    await world.subscribe()
    world.save("a")
    world.set_clock(MONDAY)
    process = world.start()

    await process.run()

    assert world.platform.calls == 0


class Silence(dict[NodeId, float]):
    """It grows while somebody pauses."""

    def __init__(self, world: World, node: str, *, seconds: float) -> None:
        super().__init__({NodeId(node): seconds})
        self._world, self._since = world, world.seconds

    def get(self, node: NodeId, default: Any = None) -> Any:
        silent_s = super().get(node, default)
        return silent_s + self._world.seconds - self._since


async def test_a_node_whose_jobs_are_orphaned_before_itself_is_waited_for(world: World) -> None:
    world.set_clock(MONDAY)
    dying = world.start("dying", fate=Fate(name="send", is_after=True))
    with pytest.raises(Crash):
        await dying.run()
    world.deliveries.silent = Silence(world, "dying", seconds=8.5)
    other = world.start("other")
    await other.jobs.enqueue(*(deliver_job(each) for each in await world.recent()))

    await other.work()

    # Tried again later, it would come after all that waits meanwhile.
    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED
    assert world.platform.calls == len(world.platform.sent)


async def test_what_another_node_goes_on_with_is_left_to_it(world: World) -> None:
    world.set_clock(MONDAY)
    dying = world.start("living", fate=Fate(name="send", is_after=True))
    with pytest.raises(Crash):
        await dying.run()
    world.deliveries.silent = {NodeId("living"): 0.0}
    other = world.start("other")
    await other.jobs.enqueue(*(deliver_job(each) for each in await world.recent()))

    await other.work()

    (job,) = other.jobs.waiting
    assert (job.state, job.reason) == (JobState.WAITING, "TransientError")


async def test_what_a_dead_node_may_have_under_way_is_waited_out(world: World) -> None:
    world.set_clock(MONDAY)
    dead = world.start("dead", fate=Fate(name="send", is_after=True))
    with pytest.raises(Crash):
        await dead.run()
    world.deliveries.silent = {NodeId("dead"): 12.0}
    other = world.start("other")
    world.seconds += 1000  # it runs for long already

    await other.run()

    # A lease and a request after the last sign of life.
    assert world.pauses == [10.0 + 10.0 - 12.0]
    assert world.platform.calls == len(world.platform.sent)


@pytest.mark.parametrize("arrives", [True, False])
async def test_a_dropped_answer_ends_in_one_post(world: World, *, arrives: bool) -> None:
    world.set_clock(MONDAY)
    world.platform.fails = [(SendUnsure("dropped"), arrives), (RateLimited(1), False)]

    await world.start().run()

    assert all("#" not in key for key in world.platform.sent)
    assert len(await world.recent()) == 1


async def test_an_outage_is_sat_out_and_named_when_the_next_is_due(world: World) -> None:
    process = world.start()
    world.set_clock(MONDAY)
    world.platform.fails = [(TransientError("away"), False)] * 5
    await process.run()
    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.PLANNED
    assert world.platform.sent == {}

    world.set_clock(MONDAY + 13 * HOUR)
    await process.run()
    (delivery,) = await world.recent()
    assert (delivery.state, delivery.reason) == (DeliveryState.FAILED, TOO_LATE)

    world.set_clock(MONDAY + WEEK)
    await process.run()
    assert "also covers what was missed since" in world.platform.words
    assert all(f"About {name}" in world.platform.words for name in "abcde")
    assert "No. 1" in world.platform.words


async def test_what_one_node_failed_to_post_is_left_to_any(world: World) -> None:
    world.set_clock(MONDAY)
    one, two = world.start("one"), world.start("two")
    world.deliveries.silent = {NodeId("one"): 0.0, NodeId("two"): 0.0}
    world.platform.fails = [(TransientError("away"), False)] * 5
    await one.run()
    assert world.platform.sent == {}

    await two.run()

    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED


async def test_what_arrived_before_the_outage_is_finished_after_it(world: World) -> None:
    process = world.start()
    world.set_clock(MONDAY)
    world.platform.fails = [
        (SendUnsure("dropped"), True),
        *[(TransientError("away"), False)] * 5,
    ]
    await process.run()
    world.set_clock(MONDAY + 13 * HOUR)
    await process.run()

    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED
    assert world.ledger.rows.keys() == {(LOCAL, key) for key in world.platform.sent}


async def test_a_refusal_stops_the_subscription_and_tells_who_made_it(world: World) -> None:
    world.set_clock(MONDAY)
    world.platform.fails = [(PlaceClosed("slack_post.archived"), False)]

    await world.start().run()

    (delivery,) = await world.recent()
    assert (delivery.state, delivery.reason) == (DeliveryState.FAILED, "slack_post.archived")
    stopped = await world.subscription()
    assert stopped.is_paused
    assert (stopped.next_run_at, stopped.pause_reason) == (None, "slack_post.archived")
    assert stopped.covered_until == delivery.since
    (told,) = world.platform.posts
    assert told.only_for == stopped.made_by
    assert "paused the subscription" in words_of(told.post)


async def test_what_is_refused_for_what_it_says_stops_nothing(world: World) -> None:
    world.set_clock(MONDAY)
    world.platform.fails = [(UserError("slack_post.refused", error="odd"), False)]

    await world.start().run()

    (delivery,) = await world.recent()
    assert (delivery.state, delivery.reason) == (DeliveryState.FAILED, REFUSED)
    assert not (await world.subscription()).is_paused
    assert world.platform.sent == {}


async def test_one_that_was_paused_or_removed_meanwhile_does_not_come(world: World) -> None:
    await world.subscribe("s2")
    world.set_clock(MONDAY)
    process = world.start()
    await process.ticking.tick()
    before = await world.subscription()
    await world.deliveries.plan(before, replace(before, is_paused=True, next_run_at=None), None)
    await world.deliveries.subscriptions.remove(LOCAL, "s2")

    await process.work()

    assert world.platform.sent == {}
    reasons = {each.subscription: each.reason for each in await world.recent()}
    assert reasons == {"s1": PAUSED, "s2": "subscription.was_removed"}
    assert (await world.subscription()).covered_until == MONDAY - WEEK


async def test_one_that_is_asked_for_comes_beside_the_others(world: World) -> None:
    process = world.start()
    world.set_clock(MONDAY)
    await process.run()
    before = await world.subscription()
    asked = plan_now(before, id_="e1", now=MONDAY + HOUR)
    assert asked.delivery is not None
    await world.deliveries.plan(before, asked.after, asked.delivery)
    world.platform.sent.clear()

    await process.jobs.enqueue(deliver_job(asked.delivery))
    await process.work()

    assert "About a" in world.platform.words
    assert "No. " not in world.platform.words
    assert (await world.deliveries.list_told(before)).number == 1


async def test_one_that_is_asked_for_comes_though_the_others_pause(world: World) -> None:
    before = await world.subscription()
    paused = replace(before, is_paused=True, next_run_at=None)
    asked = plan_now(paused, id_="e1", now=MONDAY - HOUR)
    assert asked.delivery is not None
    await world.deliveries.plan(before, paused, None)
    await world.deliveries.plan(paused, asked.after, asked.delivery)

    await world.start().run()

    (delivery,) = await world.recent()
    assert delivery.state is DeliveryState.DELIVERED


async def test_what_was_prepared_is_compiled_no_more_unless_something_changed() -> None:
    for window, compiled in (("as it was", 1), ("changed", 2)):
        world = World()
        world.clock.move(minutes=30)
        await world.subscribe()
        world.save("a")
        process = world.start()
        await process.run()
        assert world.links.asked == ASKS
        assert world.platform.sent == {}
        assert len(world.charts.drawn) == 1

        world.deliveries.window = window
        world.set_clock(MONDAY)
        await process.run()

        assert world.links.asked == compiled * ASKS
        assert len(world.charts.drawn) == 1
        assert "About a" in world.platform.words


async def test_equal_charts_are_drawn_once(world: World) -> None:
    for number in range(10):
        await world.subscribe(f"other-{number}")
    world.set_clock(MONDAY)

    await world.start().run()

    assert len(world.charts.drawn) == 1


async def test_digests_that_wait_for_their_channels_let_others_go() -> None:
    platform = SlowPlatform()
    world = World(platform=platform)
    slow = [f"many-{number}" for number in range(100)]
    for id_ in slow:
        await world.subscribe(id_, place=Place(ChannelId(id_)))
    await world.subscribe("other", cron="1 9 * * 1")
    world.save("a")
    world.set_clock(MONDAY + MINUTE)
    process = world.start()
    await process.ticking.tick()

    stop = asyncio.Event()
    handlers = {JobKind.DELIVER: process.delivering.handle}
    async with asyncio.TaskGroup() as group:
        group.create_task(process.jobs.work(handlers, stop=stop))
        await until(lambda: "delivery:other.1772409660" in platform.sent)
        assert {sent.place for sent in platform.posts} == {GENERAL}
        platform.opens.set()
        await until(lambda: {f"delivery:{id_}.1772409600" for id_ in slow} <= platform.sent.keys())
        stop.set()


async def test_a_delivery_of_a_platform_that_runs_elsewhere_waits(world: World) -> None:
    world.set_clock(MONDAY)
    process = world.start()
    await process.ticking.tick()
    elsewhere = world.start("two")
    elsewhere.platforms.clear()
    await elsewhere.jobs.enqueue(*(deliver_job(each) for each in await world.recent()))

    await elsewhere.work()

    (job,) = elsewhere.jobs.waiting
    assert (job.state, job.reason) == (JobState.WAITING, "TransientError")
