"""Live updates: what pages are told while they are open. All of it is in the chat log too."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from bot.domain.models import ChannelId, MemberId

_REMEMBERED = 500  # changes that a page may have missed and still catch up with one by one
_QUEUE = 256  # changes that wait for one slow page before it has to load again


@dataclass(frozen=True, slots=True)
class Change:
    """A message as it looks now. `position` is the id that a page gives back when it reconnects."""

    position: str
    channel: ChannelId
    only_for: MemberId | None
    data: Mapping[str, object]


class Subscription:
    """The changes for one page, in order, from `missed` on."""

    def __init__(self, missed: list[Change] | None) -> None:
        self.must_reload = missed is None
        self._queue: asyncio.Queue[Change | None] = asyncio.Queue(_QUEUE + _REMEMBERED)
        for change in missed or ():
            self._queue.put_nowait(change)

    def offer(self, change: Change) -> bool:
        """Return False when the page is too slow: it is cut off, reconnects and catches up."""
        if self._queue.qsize() >= _QUEUE + _REMEMBERED - 1:
            self.end()
            return False
        self._queue.put_nowait(change)
        return True

    def end(self) -> None:
        if not self._queue.full():
            self._queue.put_nowait(None)

    async def changes(self, *, heartbeat_s: float) -> AsyncIterator[Change | None]:
        """Yield changes until the end; None each time nothing happened for `heartbeat_s`."""
        while True:
            try:
                async with asyncio.timeout(heartbeat_s):
                    change = await self._queue.get()
            except TimeoutError:
                yield None
                continue
            if change is None:
                return
            yield change


class Hub:
    """Joins whoever changes the chat with every open page, inside one process."""

    def __init__(self) -> None:
        self.order = asyncio.Lock()  # held while a message is read and published
        # A position of an earlier process must not be taken for one of this.
        self._start = secrets.token_hex(4)
        self._count = 0
        self._recent: deque[tuple[int, Change]] = deque(maxlen=_REMEMBERED)
        self._subscriptions: set[Subscription] = set()
        self._is_closed = False

    @property
    def position(self) -> str:
        return f"{self._start}-{self._count}"

    def publish(
        self, channel: ChannelId, data: Mapping[str, object], *, only_for: MemberId | None = None
    ) -> None:
        self._count += 1
        change = Change(self.position, channel, only_for, data)
        self._recent.append((self._count, change))
        self._subscriptions = {each for each in self._subscriptions if each.offer(change)}

    def shows(self, data: Mapping[str, object]) -> bool:
        """Whether the pages were told that this message looks so, and nothing else since."""
        for _, change in reversed(self._recent):
            if change.data["id"] == data["id"]:
                return change.data == data
        return False

    @contextmanager
    def subscribe(self, *, after: str) -> Iterator[Subscription]:
        """Open a subscription to what happens after a position, "" for now.

        `must_reload` tells that the position is too old or of another process.
        """
        subscription = Subscription(self._missed(after))
        self._subscriptions.add(subscription)
        if self._is_closed:
            subscription.end()
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    def close(self) -> None:
        """End all subscriptions, so that the server can stop."""
        self._is_closed = True
        for subscription in self._subscriptions:
            subscription.end()

    def _missed(self, after: str) -> list[Change] | None:
        if not after:
            return []
        start, _, number = after.partition("-")
        if start != self._start or not (number.isascii() and number.isdigit()):
            return None
        seen = int(number)
        oldest = self._recent[0][0] if self._recent else self._count + 1
        if seen > self._count or seen < oldest - 1:
            return None
        return [change for count, change in self._recent if count > seen]
