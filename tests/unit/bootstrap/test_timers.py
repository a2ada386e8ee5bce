"""Timers go on whatever their work does, one beside the other, and end in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.bootstrap.timers import Timers
from bot.errors import StorageUnavailable
from tests.fakes.clock import FakeClock
from tests.waiting import until

QUICK_S = 0.01


@dataclass
class Work:
    """Counts its runs; the first ones end as told."""

    fails: list[Exception] = field(default_factory=list)
    runs: int = 0

    async def run(self) -> None:
        self.runs += 1
        if self.fails:
            raise self.fails.pop(0)


@asynccontextmanager
async def running(timers: Timers) -> AsyncIterator[asyncio.Event]:
    stop = asyncio.Event()
    task = asyncio.create_task(timers.run(stop))
    try:
        yield stop
    finally:
        stop.set()
        async with asyncio.timeout(10):
            await task


async def test_work_begins_at_once_and_comes_again() -> None:
    timers, often, seldom = Timers(clock=FakeClock()), Work(), Work()
    timers.every(QUICK_S, often.run, name="often")
    timers.every(3600, seldom.run, name="seldom")

    async with running(timers):
        await until(lambda: often.runs > 3)

    assert seldom.runs == 1


@pytest.mark.parametrize("error", [StorageUnavailable(), RuntimeError("a mistake")])
async def test_a_failure_is_logged_and_ends_neither_its_timer_nor_another(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    timers, bad, good = Timers(clock=FakeClock()), Work(fails=[error]), Work()
    timers.every(QUICK_S, bad.run, name="bad")
    timers.every(QUICK_S, good.run, name="good")

    with caplog.at_level(logging.WARNING, logger="bot"):
        async with running(timers):
            await until(lambda: bad.runs > 1 and good.runs > 1)

    assert [record.__dict__["timer"] for record in caplog.records] == ["bad"]


async def test_what_takes_long_does_not_run_twice_at_once_nor_catch_up() -> None:
    timers, other = Timers(clock=FakeClock()), Work()
    may_end = asyncio.Event()
    began = []

    async def take_long() -> None:
        began.append(other.runs)
        await may_end.wait()

    timers.every(QUICK_S, take_long, name="long")
    timers.every(QUICK_S, other.run, name="other")

    async with running(timers):
        await until(lambda: other.runs > 10)
        at_once = len(began)
        may_end.set()
        runs = other.runs
        await until(lambda: other.runs > runs + 2)

    assert at_once == 1
    assert len(began) <= 6  # not one for each that was left out


async def test_work_under_way_may_end_after_a_stop() -> None:
    timers = Timers(clock=FakeClock())
    may_end = asyncio.Event()
    steps = []

    async def work() -> None:
        steps.append("began")
        await may_end.wait()
        steps.append("ended")

    timers.every(3600, work, name="work")

    async with running(timers) as stop:
        await until(lambda: steps == ["began"])
        stop.set()
        await asyncio.sleep(0)
        may_end.set()

    assert steps == ["began", "ended"]


async def test_a_clock_that_is_set_back_by_an_hour_rests_no_timer_for_one() -> None:
    clock, work = FakeClock(), Work()
    timers = Timers(clock=clock, look_at_clock_s=0.001)
    timers.every(3600, work.run, name="work")

    async with running(timers):
        await until(lambda: work.runs == 1)
        clock.move(hours=-1)
        await until(lambda: work.runs == 2)
