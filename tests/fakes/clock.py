"""A clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.ports import Clock


class FakeClock(Clock):
    def __init__(self, now: datetime = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)) -> None:
        self._now = now

    def now(self) -> datetime:
        """Return an instant later than all before, so that messages have an order."""
        self._now += timedelta(microseconds=1)
        return self._now

    def move(self, **by: float) -> None:
        self._now += timedelta(**by)
