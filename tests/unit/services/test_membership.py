"""A node and its lease, by clocks that tests move."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import pytest

from bot.errors import StorageUnavailable
from bot.ports import Node, NodeId
from bot.services.membership import BEATS, Membership, new_node_id
from tests.fakes.clock import FakeClock
from tests.fakes.nodes import MemoryNodes
from tests.waiting import until

LEASE_S = 10.0


@dataclass
class World:
    """`takes_s`: how long a beat is under way."""

    clock: FakeClock = field(default_factory=FakeClock)
    now_s: float = 1000.0
    takes_s: float = 0.0

    def __post_init__(self) -> None:
        self.nodes = SlowNodes(self)
        self.membership = Membership(
            self.nodes,
            NodeId("a"),
            parts=("web",),
            lease_s=LEASE_S,
            clock=self.clock,
            monotonic=lambda: self.now_s,
        )

    def pass_time(self, seconds: float) -> None:
        self.now_s += seconds
        self.clock.move(seconds=seconds)


class SlowNodes(MemoryNodes):
    def __init__(self, world: World) -> None:
        super().__init__(clock=world.clock, lease_s=LEASE_S)
        self._world = world

    async def beat(self, node: Node) -> None:
        await super().beat(node)
        self._world.pass_time(self._world.takes_s)


async def test_before_the_first_beat_nothing_is_held() -> None:
    membership = World().membership

    assert not membership.holds(membership.term)


async def test_a_node_holds_for_a_lease_after_a_beat() -> None:
    world = World()
    await world.membership.beat()
    term = world.membership.term

    world.pass_time(LEASE_S - 0.1)
    assert world.membership.holds(term)
    world.pass_time(0.2)
    assert not world.membership.holds(term)


async def test_a_lease_counts_from_before_the_beat() -> None:
    world = World(takes_s=4)
    await world.membership.beat()

    world.pass_time(LEASE_S - 4.1)
    assert world.membership.holds(world.membership.term)
    world.pass_time(0.2)
    assert not world.membership.holds(world.membership.term)


async def test_beats_in_time_keep_the_term() -> None:
    world = World()
    await world.membership.beat()
    term = world.membership.term

    for _ in range(5):
        world.pass_time(LEASE_S * 0.9)
        await world.membership.beat()

    assert world.membership.holds(term)


async def test_who_slept_through_the_lease_holds_nothing_of_before() -> None:
    """Others may have taken it meanwhile, though this node lives again."""
    world = World()
    await world.membership.beat()
    term = world.membership.term

    world.pass_time(LEASE_S + 1)
    await world.membership.beat()

    assert not world.membership.holds(term)
    assert world.membership.holds(world.membership.term)


async def test_a_beat_that_was_under_way_too_long_holds_nothing() -> None:
    world = World()
    await world.membership.beat()
    term = world.membership.term

    world.takes_s = LEASE_S + 1  # frozen in between
    await world.membership.beat()

    assert not world.membership.holds(term)
    assert not world.membership.holds(world.membership.term)


async def test_a_database_that_is_away_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    world = World()
    await world.membership.beat()

    world.nodes.is_away = True
    await world.membership.try_to_beat()
    assert not caplog.records
    world.pass_time(LEASE_S + 1)
    for _ in range(3):
        await world.membership.try_to_beat()
    assert [record.levelname for record in caplog.records] == ["WARNING"]

    world.nodes.is_away = False
    await world.membership.try_to_beat()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert world.membership.holds(world.membership.term)


async def test_a_node_belongs_until_it_leaves() -> None:
    world = World()

    async with world.membership.belong():
        (node,) = await world.nodes.list_nodes()
        assert (node.id, node.parts, node.is_alive) == ("a", ("web",), True)
        assert await world.nodes.take("discord:shard:0", NodeId("a"))

    assert not await world.nodes.list_nodes()
    assert not await world.nodes.list_leases("")
    assert not world.membership.holds(world.membership.term)


async def test_it_beats_several_times_in_a_lease() -> None:
    clock = FakeClock()
    nodes = MemoryNodes(clock=clock)
    membership = Membership(nodes, NodeId("a"), lease_s=0.04, clock=clock)

    async with membership.belong():
        await until(lambda: nodes.beats > BEATS)


async def test_without_a_first_beat_there_is_no_node() -> None:
    world = World()
    world.nodes.is_away = True

    with pytest.raises(StorageUnavailable):
        async with world.membership.belong():
            raise AssertionError


async def test_who_cannot_say_goodbye_goes_all_the_same() -> None:
    world = World()

    async with world.membership.belong():
        world.nodes.is_away = True

    world.nodes.is_away = False
    assert [node.id for node in await world.nodes.list_nodes()] == ["a"]


def test_every_start_is_another_node() -> None:
    assert new_node_id() != new_node_id()
