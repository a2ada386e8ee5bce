"""Turns in a channel: in order, handed on whatever happens, left for others by who may wait."""

from __future__ import annotations

import asyncio

from bot.domain.models import ChannelId
from bot.services.turns import Turns

HERE = ChannelId("general")


async def settle() -> None:
    """Let every task run as far as it comes."""
    for _ in range(20):
        await asyncio.sleep(0)


async def go(turns: Turns, name: str, gone: list[str], *, is_urgent: bool = True) -> None:
    async with turns.wait(HERE, is_urgent=is_urgent):
        gone.append(name)


async def test_the_urgent_go_first_and_each_kind_in_the_order_of_asking() -> None:
    turns, gone = Turns(), list[str]()
    tasks = asyncio.TaskGroup()
    async with asyncio.timeout(30), tasks, turns.wait(HERE, is_urgent=True):
        for name in ("digest-1", "answer-1", "digest-2", "answer-2"):
            is_urgent = name.startswith("answer")
            tasks.create_task(go(turns, name, gone, is_urgent=is_urgent))
            await settle()

    assert gone == ["answer-1", "answer-2", "digest-1", "digest-2"]


async def test_channels_do_not_wait_for_each_other() -> None:
    turns, gone = Turns(), list[str]()
    async with asyncio.timeout(30), turns.wait(ChannelId("other"), is_urgent=True):
        await go(turns, "here", gone)

    assert gone == ["here"]


async def test_who_is_cancelled_when_the_turn_is_theirs_already_hands_it_on() -> None:
    turns, gone = Turns(), list[str]()
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        async with turns.wait(HERE, is_urgent=True):
            leaves = tasks.create_task(go(turns, "leaves", gone))
            tasks.create_task(go(turns, "stays", gone))
            await settle()
        leaves.cancel()  # handed the turn, but not run yet

    assert gone == ["stays"]


async def test_who_rests_lets_others_go_and_keeps_their_place_among_their_kind() -> None:
    turns, gone, go_on = Turns(), list[str](), asyncio.Event()

    async def rest_once(name: str, *, is_urgent: bool) -> None:
        async with turns.wait(HERE, is_urgent=is_urgent) as turn:
            await turn.rest(_wait(go_on))
            gone.append(name)

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(rest_once("digest-1", is_urgent=False))
        await settle()
        await go(turns, "answer", gone)
        async with turns.wait(HERE, is_urgent=True):
            tasks.create_task(go(turns, "digest-2", gone, is_urgent=False))
            go_on.set()
            await settle()

    assert gone == ["answer", "digest-1", "digest-2"]


async def test_what_is_urgent_keeps_its_turn_while_it_rests() -> None:
    turns, gone, go_on = Turns(), list[str](), asyncio.Event()
    tasks = asyncio.TaskGroup()
    async with asyncio.timeout(30), tasks, turns.wait(HERE, is_urgent=True) as turn:
        tasks.create_task(go(turns, "second", gone))
        resting = tasks.create_task(turn.rest(_wait(go_on)))
        await settle()
        gone.append("first")
        go_on.set()
        await resting

    assert gone == ["first", "second"]


async def test_who_is_cancelled_at_rest_takes_nobodys_turn_along() -> None:
    turns, gone = Turns(), list[str]()

    async def rest() -> None:
        async with turns.wait(HERE, is_urgent=False) as turn:
            await turn.rest(_wait(asyncio.Event()))

    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        resting = tasks.create_task(rest())
        await settle()
        async with turns.wait(HERE, is_urgent=True):
            resting.cancel()
            waits = tasks.create_task(go(turns, "waits", gone))
            await settle()
            assert not waits.done()

    assert gone == ["waits"]


async def _wait(event: asyncio.Event) -> None:
    await event.wait()
