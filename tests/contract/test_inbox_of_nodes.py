"""One inbox, several nodes: each event has one of them, those of a message the same, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import text

from bot.domain.models import LOCAL, MemberId, WorkspaceId
from bot.events import Event
from bot.ports import InboxRow, Lane, Node, NodeId
from storage import SqlStorage, open_storage
from storage.databases.database import open_database
from storage.inbox import put_event
from tests.factories import NOON, make_command, make_reaction, make_unreaction
from tests.waiting import until

pytestmark = pytest.mark.postgres

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")
SLACK = WorkspaceId("slack:T1")


@pytest.fixture
async def nodes(postgres_url: str) -> AsyncIterator[dict[NodeId, SqlStorage]]:
    """Open the storage of three nodes that live."""
    async with AsyncExitStack() as stack:
        opened = {
            node: await stack.enter_async_context(open_storage(postgres_url, node=node))
            for node in (A, B, C)
        }
        for node, storage in opened.items():
            await storage.nodes.beat(Node(node, node, ("slack",), started_at=NOON))
        yield opened


async def rows(storage: SqlStorage, lane: Lane = Lane.MARKS) -> Sequence[InboxRow]:
    return await storage.inbox.list_open(lane=lane, limit=500)


async def events(storage: SqlStorage, lane: Lane = Lane.MARKS) -> list[str]:
    return [row.event.id for row in await rows(storage, lane)]


def anybody(workspace: WorkspaceId) -> bool:
    return workspace == LOCAL


def reaction(number: int, *, message: str = "m") -> Event:
    """Return the changing mind of one member about one message."""
    make = make_unreaction if number % 2 else partial(make_reaction, "worth reading")
    at = NOON + timedelta(seconds=number)
    return replace(make(message=message, event=f"{message}-{number}"), at=at)


async def test_who_writes_an_event_down_sees_it_through(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    await nodes[A].inbox.put(make_command("help", event="one"))
    await nodes[B].inbox.put(make_command("help", event="two"))

    assert await events(nodes[A], Lane.TALK) == ["one"]
    assert await events(nodes[B], Lane.TALK) == ["two"]


async def test_a_repeat_that_another_node_hears_changes_nothing(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    assert await nodes[A].inbox.put(make_command("help", event="one"))
    assert await nodes[A].inbox.put(reaction(0))

    assert not await nodes[B].inbox.put(make_command("help", event="one"))
    assert not await nodes[B].inbox.put(reaction(0))
    assert await events(nodes[B], Lane.TALK) == await events(nodes[B]) == []


async def test_what_joins_an_open_event_of_a_message_goes_where_that_is(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    await nodes[A].inbox.put(reaction(0))
    await nodes[B].inbox.put(reaction(1))
    await nodes[B].inbox.put(reaction(0, message="other"))
    assert await events(nodes[A]) == ["m-0", "m-1"]

    await nodes[A].inbox.mark_done(*(row.id for row in await rows(nodes[A])))
    await nodes[B].inbox.put(reaction(2))

    assert await events(nodes[A]) == []
    assert await events(nodes[B]) == ["other-0", "m-2"]


async def test_however_nodes_hear_of_a_message_at_once_one_has_it_in_order(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    messages = [f"m{number}" for number in range(20)]

    # Each node hears of the messages the other way round: what one holds, the other waits for.
    await asyncio.gather(
        *(
            nodes[node].inbox.put(reaction(number, message=message))
            for node, order in ((A, messages), (B, messages[::-1]), (C, messages))
            for message in order
            for number in range(2)
        )
    )

    found = {node: await events(storage) for node, storage in nodes.items()}
    for message in messages:
        holders = [node for node, all_ in found.items() if f"{message}-0" in all_]
        assert len(holders) == 1
        order = [each for each in found[holders[0]] if each.startswith(f"{message}-")]
        assert order[:1] == [f"{message}-0"]
    everything = [each for all_ in found.values() for each in all_]
    assert len(everything) == len(set(everything))


async def test_who_hears_of_a_message_while_another_writes_of_it_waits_for_that(
    nodes: dict[NodeId, SqlStorage], postgres_url: str
) -> None:
    by_another = replace(reaction(1), member=MemberId("jun"))
    async with open_database(postgres_url) as database:

        async def is_anybody_waiting() -> bool:
            waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
            return bool(await database.read_briefly(lambda made: made.scalar(waiting)))

        async with database.write() as other:
            await other.run_sync(lambda connection: put_event(connection, reaction(0), node=B))
            put = asyncio.create_task(nodes[A].inbox.put(by_another))
            await until(lambda: put.done() or is_anybody_waiting())
        await put

    assert await events(nodes[B]) == ["m-0", "m-1"]


async def test_what_a_dead_node_left_is_adopted_in_order_by_one_node(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    for number in range(3):
        await nodes[A].inbox.put(reaction(number))
    await nodes[A].inbox.put(make_command("help", event="asked"))
    assert await nodes[B].inbox.adopt(anybody) == 0
    await nodes[A].nodes.leave(A)
    await nodes[B].inbox.put(reaction(3))  # waits with those before it
    assert await events(nodes[B]) == []

    adopted = await asyncio.gather(nodes[B].inbox.adopt(anybody), nodes[C].inbox.adopt(anybody))

    assert sorted(adopted) == [0, 5]
    heir = nodes[B if adopted[0] else C]
    assert await events(heir) == ["m-0", "m-1", "m-2", "m-3"]
    assert await events(heir, Lane.TALK) == ["asked"]


async def test_what_belongs_to_an_event_of_a_living_node_goes_there(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    await nodes[A].inbox.put(reaction(0))
    await nodes[A].nodes.leave(A)
    await nodes[B].inbox.adopt(anybody)
    await nodes[A].inbox.put(reaction(0, message="late"))  # it does not know yet that it is dead
    await nodes[A].inbox.put(reaction(1))

    await nodes[C].inbox.adopt(anybody)

    assert await events(nodes[B]) == ["m-0", "m-1"]
    assert await events(nodes[C]) == ["late-0"]


async def test_who_was_taken_for_dead_does_nothing_with_what_others_took(
    nodes: dict[NodeId, SqlStorage],
) -> None:
    await nodes[A].inbox.put(reaction(0))
    (row,) = await rows(nodes[A])
    await nodes[A].nodes.leave(A)
    await nodes[B].inbox.adopt(anybody)

    assert not await nodes[A].inbox.count_attempt(row.id)
    assert await nodes[B].inbox.count_attempt(row.id)
    await nodes[B].inbox.mark_done(row.id)
    assert not await nodes[B].inbox.count_attempt(row.id)


async def test_nobody_adopts_what_they_cannot_serve(nodes: dict[NodeId, SqlStorage]) -> None:
    await nodes[A].inbox.put(replace(make_command("help", event="slack"), workspace=SLACK))
    await nodes[A].nodes.leave(A)

    assert await nodes[B].inbox.adopt(anybody) == 0
    assert await nodes[B].inbox.adopt(lambda workspace: workspace == SLACK) == 1


async def test_what_nobody_owns_is_adopted_once(
    nodes: dict[NodeId, SqlStorage], postgres_url: str
) -> None:
    async with open_storage(postgres_url) as shell:
        await shell.inbox.put(make_command("help", event="of the shell"))

    adopted = [await nodes[each].inbox.adopt(anybody) for each in (B, C)]

    assert adopted == [1, 0]
