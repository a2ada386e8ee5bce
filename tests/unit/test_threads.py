"""Work that may never end does not hold up anything but itself."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading

import pytest

from bot.threads import run_in_own_thread

ENDLESS = """
import asyncio, itertools
from bot.threads import run_in_own_thread

async def main():
    async with asyncio.timeout(0.1):
        await run_in_own_thread(lambda: sum(1 for _ in itertools.count()))

asyncio.run(main())
"""


async def test_what_the_work_returns_or_raises_comes_back() -> None:
    def fail() -> None:
        raise ValueError("broken")

    assert await run_in_own_thread(lambda: 7) == 7
    with pytest.raises(ValueError, match="broken"):
        await run_in_own_thread(fail)


async def test_work_that_ends_too_late_is_forgotten() -> None:
    may_end, ended = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def work() -> None:
        may_end.wait()
        loop.call_soon_threadsafe(ended.set)

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await run_in_own_thread(work)
    may_end.set()
    await ended.wait()


def test_the_program_ends_without_waiting_for_endless_work() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=30, check=False
    )

    assert "TimeoutError" in ended.stderr
