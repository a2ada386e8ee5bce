"""Shards are shared out fairly, each to one node at a time, with no more moves than that takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.shares import Move, next_move
from adapters.discord.sharing import Greetings, ShardSharing, SharedClient
from bot.ports import Node, NodeId, Sharing
from tests.factories import NOON
from tests.fakes.clock import FakeClock
from tests.fakes.nodes import MemoryNodes
from tests.waiting import until

A, B = NodeId("a"), NodeId("b")
NODES = ("a", "b", "c", "d")


def settle(count: int, holders: dict[int, str], nodes: tuple[str, ...]) -> int:
    """Let the nodes move in turn until nobody does; return how many shards changed hands."""
    moved = 0
    for _ in range(200):
        moves = [(node, next_move(count, dict(holders), nodes=nodes, us=node)) for node in nodes]
        if not any(move.take or move.leave for _, move in moves):
            return moved
        for node, move in moves:
            for shard in move.leave:
                moved += 1
                del holders[shard]
            for shard in move.take:
                holders.setdefault(shard, node)
    raise AssertionError("they never come to rest")


@given(
    count=st.integers(1, 20),
    nodes=st.sets(st.sampled_from(NODES), min_size=1),
    held=st.dictionaries(st.integers(0, 19), st.sampled_from(NODES)),
)
def test_all_shards_are_held_in_fair_shares_whatever_was_before(
    count: int, nodes: set[str], held: dict[int, str]
) -> None:
    holders = {shard: node for shard, node in held.items() if shard < count and node in nodes}

    settle(count, holders, tuple(sorted(nodes)))

    shares = [list(holders.values()).count(node) for node in nodes]
    assert sorted(holders) == list(range(count))
    assert max(shares) - min(shares) <= 1


@given(count=st.integers(1, 20), before=st.integers(1, 3))
def test_who_joins_gets_its_share_and_nobody_else_moves(count: int, before: int) -> None:
    holders: dict[int, str] = {}
    settle(count, holders, NODES[:before])

    moved = settle(count, holders, NODES[: before + 1])

    assert moved == count // (before + 1)


def test_with_one_shard_the_others_stand_by() -> None:
    assert next_move(1, {0: "b"}, nodes=("a", "b"), us="a") == Move()
    assert next_move(1, {0: "b"}, nodes=("a", "b"), us="b") == Move()


@dataclass
class Gateway:
    """Stands for the client: which shards are open, and all that were."""

    shard_count: int = 2
    open: set[int] = field(default_factory=set)
    opened: list[int] = field(default_factory=list)

    @property
    def greetings(self) -> Gateway:
        return self

    async def pass_on(self) -> None: ...

    async def close_strays(self) -> None: ...

    async def open_shard(self, shard: int) -> None:
        self.open.add(shard)
        self.opened.append(shard)

    async def close_shard(self, shard: int) -> None:
        self.open.discard(shard)

    def count_shards(self, count: int) -> None:
        self.shard_count = count


@dataclass
class Member:
    """A node: `term` as its membership tells, -1 where it does not hold."""

    id: NodeId
    nodes: MemoryNodes
    gateway: Gateway = field(default_factory=Gateway)
    term: int = 1

    async def live(self) -> None:
        await self.nodes.beat(Node(self.id, self.id, ("discord",), started_at=NOON))

    @asynccontextmanager
    async def share(self) -> AsyncIterator[None]:
        await self.live()
        sharing = Sharing(self.id, self.nodes, lambda: self.term, lambda term: term == self.term)
        work = ShardSharing(self.gateway, sharing, look_every_s=0.02)  # type: ignore[arg-type]  # stands for it
        running = asyncio.create_task(work.run())
        try:
            yield
        finally:
            running.cancel()
            await asyncio.wait((running,))
            assert not await self.nodes.list_leases(f"discord:listener:{self.id}")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture
def nodes(clock: FakeClock) -> MemoryNodes:
    return MemoryNodes(clock=clock)


async def test_a_node_alone_has_all_and_hands_over_to_who_joins(nodes: MemoryNodes) -> None:
    a, b = Member(A, nodes), Member(B, nodes)
    async with a.share():
        await until(lambda: a.gateway.open == {0, 1})
        async with b.share():
            await until(lambda: (a.gateway.open, b.gateway.open) == ({0}, {1}))
        await until(lambda: a.gateway.open == {0, 1})

    assert not await nodes.list_leases("")


async def test_the_shards_of_a_dead_node_are_taken_over(
    nodes: MemoryNodes, clock: FakeClock
) -> None:
    a, b = Member(A, nodes), Member(B, nodes)
    await b.live()
    assert await nodes.take("discord:shard:1/2", B)
    async with a.share():
        await until(lambda: a.gateway.open == {0})

        clock.move(seconds=11)
        await a.live()

        await until(lambda: a.gateway.open == {0, 1})


async def test_who_slept_through_its_lease_lets_go_at_once(nodes: MemoryNodes) -> None:
    a = Member(A, nodes)
    async with a.share():
        await until(lambda: a.gateway.open == {0, 1})

        nodes.is_away = True
        a.term = -1
        await until(lambda: not a.gateway.open)
        nodes.is_away = False
        a.term = 2
        await until(lambda: a.gateway.open == {0, 1})

    assert sorted(a.gateway.opened) == [0, 0, 1, 1]


async def test_all_count_the_shards_as_those_do_who_listen_already(nodes: MemoryNodes) -> None:
    a, b = Member(A, nodes), Member(B, nodes, Gateway(shard_count=4))
    async with a.share():
        await until(lambda: a.gateway.open == {0, 1})
        async with b.share():
            await until(lambda: (a.gateway.open, b.gateway.open) == ({0}, {1}))

    assert b.gateway.shard_count == 2


async def test_one_node_greets_the_gateway_at_a_time(nodes: MemoryNodes) -> None:
    sharing = [Sharing(each, nodes, lambda: 1, lambda _: True) for each in (A, B)]
    first, second = (Greetings(each, every_s=0.05) for each in sharing)
    await Member(A, nodes).live()
    await Member(B, nodes).live()

    await first.wait(0)
    waiting = asyncio.create_task(second.wait(1))
    _, pending = await asyncio.wait((waiting,), timeout=0.02)
    assert pending

    async def is_over() -> bool:
        await first.pass_on()
        return waiting.done()

    await until(is_over)


async def test_a_client_that_shares_asks_for_what_others_hear() -> None:
    sharing = Sharing(A, MemoryNodes(clock=FakeClock(NOON)), lambda: 1, lambda _: True)
    client = SharedClient(sharing, gateway_url="", shards=2)
    client.count_shards(2)

    client.dispatch("shard_ready", 0)
    assert client.hears(0 << 22)
    assert not client.hears(1 << 22)
    await client.close_shard(0)
    assert not client.hears(0 << 22)
