"""The worker: sees every event of the inbox through, in order where order matters."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from bot.errors import TransientError
from bot.events import ButtonPressed, Event, MessagePosted, ReactionAdded, ReactionRemoved
from bot.ports import Inbox, InboxRow

log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 8
BATCH = 64
ATTEMPTS = 3
RETRY_AFTER_S = 2.0
STOP_WITHIN_S = 10.0

Handle = Callable[[Event], Awaitable[None]]


class InboxWorker:
    """Runs until `stop`. An event that a crash interrupted is still open, and is taken up again.

    Events about one message run one after the other, so that an un-reaction never overtakes
    the reaction before it; all others side by side.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        handle: Handle,
        give_up: Handle,
        retry_after_s: float = RETRY_AFTER_S,
    ) -> None:
        self._retry_after_s = retry_after_s
        self._inbox = inbox
        self._handle = handle
        self._give_up = give_up
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._running: dict[int, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(EVENTS_AT_ONCE)
        self._last: dict[str, asyncio.Task[None]] = {}  # by order key

    def wake(self) -> None:
        """Say that something was put into the inbox."""
        self._wake.set()

    def stop(self) -> None:
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while not self._stop.is_set():
                self._wake.clear()
                fresh = [row for row in await self._list_open() if row.id not in self._running]
                for row in fresh:
                    key = _order_key(row.event)
                    task = group.create_task(self._see_through(row, key, self._last.get(key)))
                    self._running[row.id] = self._last[key] = task
                if not fresh:
                    await self._wake.wait()
            await self._drain()

    async def _list_open(self) -> Sequence[InboxRow]:
        try:
            return await self._inbox.list_open(limit=BATCH + len(self._running))
        except TransientError:
            log.warning("inbox unavailable, will look again", exc_info=True)
            await self._pause()
            self._wake.set()
            return ()

    async def _drain(self) -> None:
        """Let running work finish for a while, then cancel it: its rows stay open."""
        if self._running:
            _, late = await asyncio.wait(self._running.values(), timeout=STOP_WITHIN_S)
            for task in late:
                task.cancel()

    async def _see_through(
        self, row: InboxRow, key: str, before: asyncio.Task[None] | None
    ) -> None:
        try:
            if before is not None:
                await asyncio.wait([before])
            async with self._slots:
                await self._try(row)
        except TransientError:  # of the inbox itself: the row stays open and is taken up again
            log.warning("inbox unavailable", extra={"event": row.event.id}, exc_info=True)
            await self._pause()
        finally:
            done = self._running.pop(row.id)
            if self._last.get(key) is done:
                del self._last[key]
            self._wake.set()

    async def _try(self, row: InboxRow) -> None:
        for attempt in range(row.attempts + 1, ATTEMPTS + 1):
            await self._inbox.count_attempt(row.id)
            try:
                await self._handle(row.event)
            except TransientError:
                log.warning(
                    "event failed, will run again",
                    extra={"event": row.event.id, "attempt": attempt},
                )
                await self._pause()
                if self._stop.is_set():
                    return  # the row stays open for the next start
                continue
            await self._inbox.mark_done(row.id)
            return
        # Told before it is set aside: a crash in between tells again, never nobody.
        await self._give_up(row.event)
        await self._inbox.mark_failed(row.id, "too_many_attempts")

    async def _pause(self) -> None:
        try:
            async with asyncio.timeout(self._retry_after_s):
                await self._stop.wait()
        except TimeoutError:
            return


def _order_key(event: Event) -> str:
    match event:
        case ReactionAdded() | ReactionRemoved() | MessagePosted() | ButtonPressed():
            return f"message:{event.place.channel}:{event.message}"
        case _:
            return f"event:{event.id}"
