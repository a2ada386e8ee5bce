"""The worker: sees every event of an inbox's lane through, in order where order matters."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from weakref import WeakValueDictionary

from bot.domain.models import WorkspaceId
from bot.errors import RateLimited, StorageUnavailable, TransientError
from bot.events import Awaited, Event, awaited_by, order_of
from bot.log import log_context
from bot.ports import Inbox, InboxRow, Lane
from bot.services.posting import scheme_of

log = logging.getLogger(__name__)

EVENTS_AT_ONCE = 16  # of each platform and sort: one that is slow or away must not stall the others
OF_ONE_MEMBER = 8  # of these: who asks for much must not keep the others waiting
BATCH = 64
MOST_TAKEN = 1024  # events in memory; the others wait in the inbox
ATTEMPTS = 3  # of one start
# Of all: many events are under way when a process is killed, and each is innocent but one at most.
MOST_ATTEMPTS = 12
RETRY_AFTER_S = 2.0
LOOK_EVERY_S = 1.0  # where other nodes put rows into our care: someone may wait for an answer
LONGEST_PAUSE_S = 60.0
STOP_WITHIN_S = 8.0  # a stop takes ten seconds at most; the rest is for the goodbyes

Handle = Callable[[Event], Awaitable[None]]
IsIdle = Callable[[Event], Awaitable[bool]]
IsServed = Callable[[WorkspaceId], bool]

_Result = TypeVar("_Result")


class InboxWorker:
    """Sees one lane through until `stop`. What a crash interrupted is open, and is taken up again.

    `is_idle` says which events need no work: most reactions mean nothing to us. `is_served` says
    whose events can be handled now: those of a platform that does not run stay as they are.
    `is_one_of_many`: other nodes may leave rows to us at any time, and take ours if we seem dead.

    Events about one message run one after the other, so that an un-reaction never overtakes
    the reaction before it; all others side by side.
    """

    def __init__(
        self,
        inbox: Inbox,
        *,
        lane: Lane,
        handle: Handle,
        give_up: Handle,
        is_idle: IsIdle | None = None,
        is_served: IsServed | None = None,
        is_one_of_many: bool = False,
        look_every_s: float = LOOK_EVERY_S,
        retry_after_s: float = RETRY_AFTER_S,
    ) -> None:
        self._retry_after_s = retry_after_s
        self._inbox = inbox
        self._lane = lane
        self._handle = handle
        self._give_up = give_up
        self._is_idle = is_idle or _never
        self._is_served = is_served or _always
        self._look_every_s = look_every_s if is_one_of_many else None
        self._look_at = 0.0
        self._wake = asyncio.Event()
        self._stop = asyncio.Event()
        self._left: set[int] = set()  # rows that are not looked at again until the next start
        self._listed = 0  # a row: what came before it runs or is done
        self._running: dict[int, asyncio.Task[None]] = {}
        # Both apart by what is waited for: a site or a model that hangs must not stall the rest.
        self._shares: WeakValueDictionary[tuple[str, str, Awaited], asyncio.Semaphore] = (
            WeakValueDictionary()
        )
        self._slots: dict[tuple[str, Awaited], asyncio.Semaphore] = defaultdict(  # by scheme
            lambda: asyncio.Semaphore(EVENTS_AT_ONCE)
        )
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
                self._begin_again_if_due()
                listed = await self._list_open() if len(self._running) < MOST_TAKEN else ()
                for row in await self._leave_idle(listed):
                    key = order_of(row.event) or f"event:{row.event.id}"
                    task = group.create_task(self._see_through(row, key, self._last.get(key)))
                    self._running[row.id] = self._last[key] = task
                if not listed:
                    await self._rest()
            await self._drain()

    def _begin_again_if_due(self) -> None:
        """List all rows anew: what another node puts or leaves to us may come out of order."""
        now = asyncio.get_running_loop().time()
        if self._look_every_s is not None and now >= self._look_at:
            self._look_at = now + self._look_every_s
            self._listed = 0

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout_at(None if self._look_every_s is None else self._look_at):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _leave_idle(self, listed: Sequence[InboxRow]) -> Sequence[InboxRow]:
        """Mark all that needs no work as done at once; return the rest of what does not run."""
        fresh = [
            row
            for row in listed
            if row.id not in self._running
            and row.id not in self._left
            and self._is_served(row.event.workspace)
        ]
        idle = {row.id for row in fresh if await self._needs_nothing(row.event)}
        if not idle:
            return fresh
        try:
            await self._inbox.mark_done(*idle)
        except TransientError:
            return fresh  # handling them finds out the same, more slowly
        return [row for row in fresh if row.id not in idle]

    async def _needs_nothing(self, event: Event) -> bool:
        try:
            return await self._is_idle(event)
        except Exception:  # handling it finds out the same, and there it is dealt with
            log.warning("event not looked at", extra={"event": event.id}, exc_info=True)
            return False

    async def _list_open(self) -> Sequence[InboxRow]:
        after = self._listed
        try:
            rows = await self._inbox.list_open(lane=self._lane, limit=BATCH, after=after)
        except TransientError:
            log.warning("inbox unavailable, will look again", exc_info=True)
            await self._pause(self._retry_after_s)
            self._wake.set()
            return ()
        if rows and self._listed == after:  # no row was let go meanwhile
            self._listed = rows[-1].id
        return rows

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
            with log_context(event=row.event.id):
                await self._try(row)
        except TransientError:  # of the inbox at a stop, or of giving up: the row stays open
            log.warning("inbox unavailable", extra={"event": row.event.id}, exc_info=True)
            await self._pause(self._retry_after_s)
            self._listed = min(self._listed, row.id - 1)
            self._wake.set()
        except Exception:  # the row stays open until the next start; the others go on
            log.exception("event not seen through", extra={"event": row.event.id})
            self._left.add(row.id)
        finally:
            done = self._running.pop(row.id)
            if self._last.get(key) is done:
                del self._last[key]
            if len(self._running) == MOST_TAKEN - 1:
                self._wake.set()

    async def _try(self, row: InboxRow) -> None:
        last = min(row.attempts + ATTEMPTS, MOST_ATTEMPTS)
        for attempt in range(row.attempts + 1, last + 1):
            if not await self._patiently(row, lambda: self._inbox.count_attempt(row.id)):
                return  # we seemed dead, and another node took it
            if await self._has_handled(row, attempt):
                await self._patiently(row, lambda: self._inbox.mark_done(row.id))
                return
            if self._stop.is_set():
                return  # the row stays open for the next start
        # Told before it is set aside: a crash in between tells again, never nobody.
        await self._tell_that_it_failed(row)
        await self._inbox.mark_failed(row.id, "too_many_attempts")

    async def _has_handled(self, row: InboxRow, attempt: int) -> bool:
        fields = {"event": row.event.id, "attempt": attempt}
        try:
            await self._patiently(row, lambda: self._handle(row.event))
        except TransientError:
            log.warning("event failed, will run again", extra=fields)
        except Exception:
            log.exception("event broke its handler", extra=fields)
        else:
            return True
        await self._pause(self._retry_after_s)
        return False

    async def _tell_that_it_failed(self, row: InboxRow) -> None:
        try:
            await self._patiently(row, lambda: self._give_up(row.event))
        except TransientError:
            raise
        except Exception:
            log.exception("nobody could be told", extra={"event": row.event.id})

    async def _patiently(self, row: InboxRow, work: Callable[[], Awaitable[_Result]]) -> _Result:
        """Do the work, however long the database is away or the platform asks to wait.

        Neither is a fault of the event: it must not be lost to a disk that was full for a minute.
        A stop ends the waiting.
        """
        pause_s = self._retry_after_s
        workspace, member, awaited = row.event.workspace, row.event.member, awaited_by(row.event)
        share = self._shares.setdefault(
            (workspace, member, awaited), asyncio.Semaphore(OF_ONE_MEMBER)
        )
        slots = self._slots[scheme_of(workspace), awaited]
        while True:
            try:
                # Left while waiting: others may need no database, or be under no limit.
                async with share, slots:
                    return await work()
            except StorageUnavailable:
                log.warning("database unavailable, will try again", exc_info=True)
                await self._pause(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
                if self._stop.is_set():
                    raise
            except RateLimited as limited:
                log.warning("asked to wait", extra={"event": row.event.id}, exc_info=True)
                await self._pause(max(limited.retry_after_s, self._retry_after_s))
                if self._stop.is_set():
                    raise

    async def _pause(self, pause_s: float) -> None:
        try:
            async with asyncio.timeout(pause_s):
                await self._stop.wait()
        except TimeoutError:
            return


async def _never(event: Event) -> bool:
    del event
    return False


def _always(workspace: WorkspaceId) -> bool:
    del workspace
    return True
