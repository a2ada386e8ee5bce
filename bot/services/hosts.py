"""How politely one host is read: a few pages at once, a pause between them, a rest when asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from bot.ports import Clock

AT_ONCE = 2
PAUSE = timedelta(seconds=1)  # between two beginnings
LONGEST_REST = timedelta(days=1)  # a site may ask for a year
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Host:
    """`free_at`: when the next page may begin that has no turn yet."""

    free_at: datetime = _LONG_AGO
    rests_until: datetime = _LONG_AGO
    running: int = 0
    looked_at: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


class Hosts:
    """What waits for its turn waits in its job, so that one slow host holds up no other.

    One process knows its own readers alone, and forgets at its end who asked it to rest.
    """

    def __init__(self, *, clock: Clock) -> None:
        self._clock = clock
        self._hosts: dict[str, _Host] = {}
        self._turns: dict[str, datetime] = {}

    def find_turn(self, reader: str, host: str) -> datetime | None:
        """Return None if this reader may begin now; else when, and keep that turn for it."""
        now = self._clock.now()
        each = self._host(host)
        turn = self._turns.pop(reader, None)
        is_open = each.running < AT_ONCE and each.rests_until <= now
        if is_open and turn is not None and turn <= now:
            return None
        if is_open and each.free_at <= now:
            each.free_at = now + PAUSE
            return None
        turn = max(each.free_at, each.rests_until, now + PAUSE)
        each.free_at = turn + PAUSE
        self._turns[reader] = turn
        return turn

    @contextmanager
    def reading(self, host: str) -> Iterator[None]:
        """Count as one of its readers."""
        each = self._host(host)
        each.running += 1
        try:
            yield
        finally:
            each.running -= 1

    @asynccontextmanager
    async def reading_for_somebody(self, host: str) -> AsyncIterator[None]:
        """Do so for a member who looks on: they wait for other members alone."""
        async with self._host(host).looked_at:
            with self.reading(host):
                yield

    def let_rest(self, host: str, seconds: float) -> None:
        """Begin nothing there for so long, whoever asks."""
        rest = min(timedelta(seconds=seconds), LONGEST_REST)
        each = self._host(host)
        each.rests_until = max(each.rests_until, self._clock.now() + rest)

    def rests_until(self, host: str) -> datetime:
        """Return the end of the last rest that it asked for, which may be long over."""
        return self._host(host).rests_until

    def _host(self, host: str) -> _Host:
        return self._hosts.setdefault(host, _Host())


def host_of(url: str) -> str:
    """Return the server that answers there, with its port if that is a special one."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # no address at all, which reading it will say
        return ""
    return f"{parts.hostname or ''}{port}"
