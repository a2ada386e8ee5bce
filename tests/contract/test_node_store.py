"""What every store of nodes does. On SQLite one process works at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select, update

from bot.ports import Node, NodeId, NodeStore
from storage.databases.database import open_database
from storage.nodes import SqlNodeStore
from storage.schema import leases
from storage.schema import nodes as nodes_table
from tests.fakes.clock import FakeClock
from tests.fakes.nodes import MemoryNodes
from tests.waiting import until

LEASE_S = 1.5  # PostgreSQL goes by its own clock: these tests wait for it
A, B = NodeId("a"), NodeId("b")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SHARD = "discord:shard:0"


class Nodes(NamedTuple):
    """`pass_time` moves a clock, where the store goes by one that tests move."""

    store: NodeStore
    pass_time: Callable[[float], None]


def _address(request: pytest.FixtureRequest) -> str:
    if request.param == "memory":
        return ""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
any_address = pytest.fixture(params=["memory", "sqlite", POSTGRES], name="any_address")(_address)
shared_address = pytest.fixture(params=["memory", POSTGRES], name="shared_address")(_address)


@asynccontextmanager
async def open_nodes(address: str) -> AsyncIterator[Nodes]:
    clock = FakeClock()

    def move(seconds: float) -> None:
        clock.move(seconds=seconds)

    if not address:
        yield Nodes(MemoryNodes(clock=clock, lease_s=LEASE_S), move)
        return
    async with open_database(address) as database:
        yield Nodes(SqlNodeStore(database, lease_s=LEASE_S, clock=clock), move)


@pytest.fixture
async def nodes(any_address: str) -> AsyncIterator[Nodes]:
    async with open_nodes(any_address) as opened:
        yield opened


@pytest.fixture
async def shared(shared_address: str) -> AsyncIterator[Nodes]:
    async with open_nodes(shared_address) as opened:
        yield opened


def node(name: NodeId, *, minute: int = 0) -> Node:
    return Node(name, f"host:{name}", ("web", "slack"), START + timedelta(minutes=minute))


async def let_die(nodes: Nodes, of: NodeId, *, beside: NodeId | None = None) -> None:
    """Wait until one is dead, while another lives on."""

    async def is_dead() -> bool:
        nodes.pass_time(0.05)
        if beside is not None:
            await nodes.store.beat(node(beside))
        return not any(each.is_alive for each in await nodes.store.list_nodes() if each.id == of)

    await until(is_dead)


async def test_who_beats_is_there_and_alive(nodes: Nodes) -> None:
    await nodes.store.beat(node(A))
    await nodes.store.beat(node(A))

    (found,) = await nodes.store.list_nodes()
    assert (found.id, found.name, found.parts, found.started_at) == (
        A,
        "host:a",
        ("web", "slack"),
        START,
    )
    assert found.is_alive
    assert 0 <= found.age_s <= LEASE_S


async def test_who_gives_no_sign_for_a_lease_is_dead_and_is_remembered(nodes: Nodes) -> None:
    await nodes.store.beat(node(A))

    await let_die(nodes, A)

    (found,) = await nodes.store.list_nodes()
    assert not found.is_alive
    assert found.age_s > LEASE_S


async def test_who_leaves_is_gone_with_all_that_it_held(nodes: Nodes) -> None:
    await nodes.store.beat(node(A))
    assert await nodes.store.take(SHARD, A)

    await nodes.store.leave(A)

    assert not await nodes.store.list_nodes()
    assert not await nodes.store.list_leases("")


async def test_a_lease_is_held_and_given_up(nodes: Nodes) -> None:
    await nodes.store.beat(node(A))

    assert await nodes.store.take(SHARD, A)
    assert await nodes.store.take(SHARD, A)
    assert await nodes.store.list_leases("discord:") == {SHARD: A}
    await nodes.store.give_up(SHARD, A)

    assert not await nodes.store.list_leases("discord:")


async def test_leases_are_listed_by_how_their_names_begin(nodes: Nodes) -> None:
    await nodes.store.beat(node(A))
    for name in (SHARD, "discord:shard:1", "discordant", "a%b", "axb"):
        assert await nodes.store.take(name, A)

    assert list(await nodes.store.list_leases("discord:")) == [SHARD, "discord:shard:1"]
    assert list(await nodes.store.list_leases("a%")) == ["a%b"]


async def test_who_gave_no_sign_of_life_holds_nothing(nodes: Nodes) -> None:
    assert not await nodes.store.take(SHARD, A)

    await nodes.store.beat(node(A))
    assert await nodes.store.take(SHARD, A)
    await let_die(nodes, A)
    assert not await nodes.store.list_leases("")
    assert not await nodes.store.take(SHARD, A)


async def test_nobody_takes_what_the_living_hold(shared: Nodes) -> None:
    await shared.store.beat(node(A))
    await shared.store.beat(node(B))
    assert await shared.store.take(SHARD, A)

    assert not await shared.store.take(SHARD, B)
    await shared.store.give_up(SHARD, B)
    assert await shared.store.list_leases("") == {SHARD: A}
    await shared.store.give_up(SHARD, A)
    assert await shared.store.take(SHARD, B)


async def test_what_the_dead_held_is_taken(shared: Nodes) -> None:
    await shared.store.beat(node(A))
    await shared.store.beat(node(B))
    assert await shared.store.take(SHARD, A)
    assert await shared.store.take("another", B)  # who takes it may hold something already

    await let_die(shared, A, beside=B)

    assert await shared.store.take(SHARD, B)
    await shared.store.beat(node(A))
    assert not await shared.store.take(SHARD, A)
    assert await shared.store.list_leases("") == {"another": B, SHARD: B}


async def test_a_lease_of_the_dead_is_taken_beside_another_of_the_living(shared: Nodes) -> None:
    await shared.store.beat(node(A))
    assert await shared.store.take(SHARD, A)
    await let_die(shared, A, beside=B)
    assert await shared.store.take("discord:shard:1", B)

    assert await shared.store.take(SHARD, B)


async def test_of_many_who_grab_at_once_one_holds(shared: Nodes) -> None:
    names = [NodeId(f"node-{number}") for number in range(8)]
    for name in names:
        await shared.store.beat(node(name))

    answers = await asyncio.gather(*(shared.store.take(SHARD, name) for name in names))

    assert answers.count(True) == 1
    assert await shared.store.list_leases("") == {SHARD: names[answers.index(True)]}


async def test_they_are_listed_by_how_long_they_run(shared: Nodes) -> None:
    await shared.store.beat(node(A, minute=1))
    await shared.store.beat(node(B))

    assert [each.id for each in await shared.store.list_nodes()] == [B, A]


async def test_on_sqlite_the_others_are_dead_when_a_process_begins(sqlite_url: str) -> None:
    async with open_nodes(sqlite_url) as nodes:
        await nodes.store.beat(node(A))
        assert await nodes.store.take(SHARD, A)

        await nodes.store.beat(node(B))

        assert [each.id for each in await nodes.store.list_nodes()] == [B]
        assert await nodes.store.take(SHARD, B)


async def test_the_long_dead_are_forgotten_on_sqlite_too(sqlite_url: str) -> None:
    async with open_nodes(sqlite_url) as nodes:
        await nodes.store.beat(node(A))

        nodes.pass_time(2 * 24 * 3600)

        assert not await nodes.store.list_nodes()


@pytest.mark.postgres
async def test_what_a_node_held_that_is_long_dead_is_kept_no_more(postgres_url: str) -> None:
    async with open_database(postgres_url) as database:
        store = SqlNodeStore(database, lease_s=LEASE_S)
        for node in (A, B):
            await store.beat(Node(node, node, (), START))
            assert await store.take(f"discord:listener:{node}", node)
        await database.change(
            update(nodes_table).where(nodes_table.c.id == A).values(beat_at=START)
        )

        await store.beat(Node(NodeId("c"), "c", (), START))

        assert await database.list(select(leases.c.node)) == [B]
