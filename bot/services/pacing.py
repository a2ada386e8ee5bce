"""Keeps posts within a platform's limits ahead of time; who waits for an answer goes first."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

from bot.domain.models import WorkspaceId
from bot.ports import Pace, Rates, Target
from bot.services.turns import Turns

MOST_CHANNELS = 10_000  # remembered at once; those that rested are as good as new

_NOTHING = 1e-6
Pause = Callable[[float], Awaitable[None]]


class Bucket:
    """`most` at once, then `per_s`. Pure: whoever asks says what time it is."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._left = float(pace.burst)
        self._at = 0.0

    def wait_s(self, now: float, *, share: int = 1) -> float:
        """Return how long until one more may be taken; `share`: among so many takers like us."""
        self._fill(now, share)
        missing = 1.0 - self._left
        # What rounding leaves would be waited for without end.
        return missing * share / self._pace.per_s if missing > _NOTHING else 0.0

    def take(self, now: float, *, share: int = 1) -> None:
        self._fill(now, share)
        # Who does not wait for their turn leaves others a debt, but none without end.
        self._left = max(self._left - 1.0, -float(self._pace.burst))

    def is_full(self, now: float) -> bool:
        self._fill(now, 1)
        return self._left >= self._pace.burst

    def _fill(self, now: float, share: int) -> None:
        gained = max(0.0, now - self._at) * self._pace.per_s / share
        self._left = min(float(self._pace.burst), self._left + gained)
        self._at = now


class Pacing:
    """One for each process. `share`: among how many processes that post as the same bot."""

    def __init__(
        self,
        *,
        pause: Pause = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        share: int = 1,
    ) -> None:
        self._pause = pause
        self._monotonic = monotonic
        self.share = share
        self._turns = Turns()
        self._bots: dict[str, Bucket] = {}  # by scheme: all its workspaces are one bot's
        self._channels: dict[tuple[WorkspaceId, str], Bucket] = {}

    async def wait(self, target: Target, rates: Rates, *, is_urgent: bool) -> None:
        """Return when one more message may be sent there; it counts as sent.

        The way back to somebody who asked has limits of its own, which answers do not reach.
        Nor does a channel's pace hold up an answer: its platform allows bursts, and says itself
        when it is too much. What a clock ordered waits the longer for it.
        """
        if target.answer_by:
            return
        if rates.channel is not None:
            # Of one channel only one message is under way: nobody can overtake here.
            place = (target.workspace, target.place.channel)
            bucket = self._channels.get(place) or self._remember(place, rates.channel)
            if is_urgent:
                bucket.take(self._monotonic())
            else:
                await self._take(bucket, share=1)
        if rates.bot is not None:
            scheme = target.workspace.partition(":")[0]
            bucket = self._bots.setdefault(scheme, Bucket(rates.bot))
            async with self._turns.wait(scheme, is_urgent=is_urgent):
                await self._take(bucket, share=self.share)

    async def _take(self, bucket: Bucket, *, share: int) -> None:
        while (wait_s := bucket.wait_s(self._monotonic(), share=share)) > 0:
            await self._pause(wait_s)
        bucket.take(self._monotonic(), share=share)

    def _remember(self, place: tuple[WorkspaceId, str], pace: Pace) -> Bucket:
        if len(self._channels) >= MOST_CHANNELS:
            now = self._monotonic()
            self._channels = {
                each: bucket for each, bucket in self._channels.items() if not bucket.is_full(now)
            }
        return self._channels.setdefault(place, Bucket(pace))
