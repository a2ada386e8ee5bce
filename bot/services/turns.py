"""One at a time in each queue, such as a channel's: in order of asking, the urgent ones first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from heapq import heappop, heappush
from itertools import count
from types import TracebackType

Ticket = tuple[bool, int]  # what is smaller goes first


class Turns:
    def __init__(self) -> None:
        self._waiting: dict[str, list[tuple[Ticket, asyncio.Future[None]]]] = {}
        self._numbers = count()

    def wait(self, channel: str, *, is_urgent: bool) -> Turn:
        """Return a turn to be entered with `async with`."""
        return Turn(self, channel, (not is_urgent, next(self._numbers)))

    async def take(self, channel: str, ticket: Ticket) -> None:
        if channel not in self._waiting:
            self._waiting[channel] = []
            return
        turn = asyncio.get_running_loop().create_future()
        heappush(self._waiting[channel], (ticket, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was ours already: hand it on
                self.pass_on(channel)
            raise

    def pass_on(self, channel: str) -> None:
        waiting = self._waiting[channel]
        while waiting:
            _, turn = heappop(waiting)
            if not turn.done():
                turn.set_result(None)
                return
        del self._waiting[channel]


class Turn:
    """A place in a channel's queue, kept while it is left for others."""

    def __init__(self, turns: Turns, channel: str, ticket: Ticket) -> None:
        self._turns = turns
        self._channel = channel
        self._ticket = ticket
        self._is_ours = False

    async def __aenter__(self) -> Turn:
        await self.take()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    async def rest(self, pause: Awaitable[None]) -> None:
        """Let others go meanwhile if nobody waits for this. What is urgent keeps its order."""
        is_urgent = not self._ticket[0]
        if is_urgent:
            await pause
            return
        self.leave()
        await pause
        await self.take()

    async def take(self) -> None:
        await self._turns.take(self._channel, self._ticket)
        self._is_ours = True

    def leave(self) -> None:
        if self._is_ours:
            self._is_ours = False
            self._turns.pass_on(self._channel)
