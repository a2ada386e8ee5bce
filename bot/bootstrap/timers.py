"""What a process does again and again by the clock, few things and each quick: jobs do the work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import TransientError
from bot.ports import Clock

log = logging.getLogger(__name__)

LOOK_AT_CLOCK_S = 5.0
STOP_WITHIN_S = 3.0

Work = Callable[[], Awaitable[object]]


class Timers:
    """None holds up another, ends for a failure, or runs twice at once.

    Lost runs are not made up for: after a rest of the whole process each runs once.
    """

    def __init__(self, *, clock: Clock, look_at_clock_s: float = LOOK_AT_CLOCK_S) -> None:
        self._clock = clock
        self._look_at_clock_s = look_at_clock_s
        self._running: set[asyncio.Task[object]] = set()
        # It warns of every run that a slow one before it takes the place of: once a second.
        # Failures are told by `every`; all that is left are traces of what a stop cut short.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def every(self, seconds: float, work: Work, *, name: str) -> None:
        """Do this work when `run` begins and then so often."""

        async def run() -> None:
            task = asyncio.current_task()
            assert task is not None  # noqa: S101 - a coroutine that the scheduler made a task of
            self._running.add(task)
            try:
                await work()
            except TransientError:
                log.warning("timer's work put off", extra={"timer": name}, exc_info=True)
            except Exception:
                log.exception("timer's work failed", extra={"timer": name})
            finally:
                self._running.discard(task)

        self._scheduler.add_job(run, "interval", seconds=seconds, next_run_time=datetime.now(UTC))

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop`; let what is under way end, for a moment."""
        self._scheduler.start()
        try:
            await self._watch_clock(stop)
            self._scheduler.pause()
            if self._running:
                await asyncio.wait(self._running, timeout=STOP_WITHIN_S)
        finally:
            self._scheduler.shutdown(wait=False)  # which cancels what is left

    async def _watch_clock(self, stop: asyncio.Event) -> None:
        """See to it that a clock that was set back by an hour does not rest the timers for one."""
        last = self._clock.now()
        while not stop.is_set():
            try:
                async with asyncio.timeout(self._look_at_clock_s):
                    await stop.wait()
            except TimeoutError:
                now = self._clock.now()
                if now < last:
                    for each in self._scheduler.get_jobs():
                        each.modify(next_run_time=now)
                last = now
