"""A host is asked for a few pages at once, with pauses, and left alone when it says so."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.services.hosts import AT_ONCE, LONGEST_REST, PAUSE, Hosts, host_of
from tests.fakes.clock import FakeClock

HOST = "site.example"


def test_turns_of_one_host_follow_one_another_with_a_pause() -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)

    turns = [hosts.find_turn(f"reader-{n}", HOST) for n in range(4)]

    assert turns[0] is None
    later = [turn for turn in turns if turn is not None]
    assert len(later) == 3
    assert all(b - a >= PAUSE for a, b in pairwise(later))


def test_who_comes_back_in_turn_is_let_in_before_who_has_none() -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)
    hosts.find_turn("first", HOST)
    hosts.find_turn("second", HOST)
    clock.move(seconds=PAUSE.total_seconds() + 0.5)

    stranger = hosts.find_turn("stranger", HOST)
    second = hosts.find_turn("second", HOST)

    assert stranger is not None
    assert second is None


def test_another_host_does_not_wait() -> None:
    hosts = Hosts(clock=FakeClock())
    hosts.find_turn("one", HOST)

    assert hosts.find_turn("two", "other.example") is None


def test_a_host_that_is_slow_gets_no_third_reader() -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)

    with hosts.reading(HOST), hosts.reading(HOST):
        clock.move(minutes=1)
        refused = hosts.find_turn("third", HOST)
    clock.move(minutes=1)

    assert refused is not None
    assert hosts.find_turn("third", HOST) is None


def test_a_host_that_asks_for_a_rest_gets_it_for_all_its_pages() -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)
    hosts.find_turn("one", HOST)
    ordered = hosts.find_turn("two", HOST)
    began = clock.now()
    hosts.let_rest(HOST, 600)
    clock.move(seconds=60)

    turns = [hosts.find_turn(each, HOST) for each in ("two", "three")]
    clock.move(seconds=600)

    assert ordered is not None
    assert all(turn is not None and turn >= began + timedelta(seconds=600) for turn in turns)
    assert hosts.find_turn("two", HOST) is None


def test_no_host_may_ask_for_a_year() -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)

    hosts.let_rest(HOST, 10.0**9)
    clock.move(seconds=LONGEST_REST.total_seconds() + 1)

    assert hosts.find_turn("one", HOST) is None


async def test_members_wait_for_other_members_alone() -> None:
    hosts = Hosts(clock=FakeClock())
    inside: list[int] = []
    may_leave = asyncio.Event()

    async def read(number: int) -> None:
        async with hosts.reading_for_somebody(HOST):
            inside.append(number)
            await may_leave.wait()

    with hosts.reading(HOST), hosts.reading(HOST):  # in the background
        async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
            for number in range(AT_ONCE + 1):
                tasks.create_task(read(number))
            for _ in range(10):
                await asyncio.sleep(0)
            at_once = list(inside)
            may_leave.set()

    assert at_once == list(range(AT_ONCE))
    assert sorted(inside) == list(range(AT_ONCE + 1))


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Site.Example/path", "site.example"),
        ("https://mina@site.example:8080/path", "site.example:8080"),
        ("http://[::1]/", "::1"),
        ("http://[half", ""),
        ("http://site.example:port/", ""),
        ("mailto:mina", ""),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@given(st.lists(st.sampled_from(["come", "move", "rest", "slow", "done"]), max_size=60))
def test_everybody_gets_a_turn_in_the_end(steps: list[str]) -> None:
    clock = FakeClock()
    hosts = Hosts(clock=clock)
    slow = []
    for step in steps:
        match step:
            case "come":
                hosts.find_turn(f"stranger-{clock.now()}", HOST)
            case "move":
                clock.move(seconds=0.7)
            case "rest":
                hosts.let_rest(HOST, 30)
            case "slow":
                slow.append(hosts.reading(HOST))
                slow[-1].__enter__()
            case _:
                for each in slow[-1:]:
                    each.__exit__(None, None, None)
                del slow[-1:]
    for each in slow:
        each.__exit__(None, None, None)

    turn = hosts.find_turn("me", HOST)
    comings = 0
    while turn is not None:
        clock.move(seconds=max(0.0, (turn - clock.now()).total_seconds()))
        turn = hosts.find_turn("me", HOST)
        comings += 1

    assert comings <= 2
