"""How fast each host is asked, whoever asks: readers, feeds, redirects. One place for all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from bot.errors import FetchFailed

LONGEST_WAIT_S = 20.0
# Where a redirect leads: that wait is part of a download's time, and keeps its place from others.
LONGEST_ON_THE_WAY_S = 5.0
_HOSTS = 10_000  # remembered at once; those that rested are as good as new


@dataclass(frozen=True, slots=True)
class Rate:
    """One request in so many seconds, `burst` of them at once after a rest."""

    every_s: float
    burst: int = 1


# One page may take a robots.txt, some redirects and a few questions to its site's API.
USUAL = Rate(0.5, burst=8)
# What hosts ask for that are asked by our readers, and not to be found out by their refusals.
KNOWN = {
    # One request every three seconds. Source: info.arxiv.org/help/api/tou.html, "Rate limits".
    "export.arxiv.org": Rate(3.0),
    "rss.arxiv.org": Rate(3.0),
    # Ten a minute without an account. Source: Reddit's announcement for 1 July 2023 in r/modnews.
    "www.reddit.com": Rate(6.0, burst=5),
    "old.reddit.com": Rate(6.0, burst=5),
    # 100 pages in five minutes without an account. Source: huggingface.co/docs/hub/rate-limits.
    "huggingface.co": Rate(3.0, burst=20),
}


class Pace:
    """Knows the requests of one process."""

    def __init__(
        self,
        known: Mapping[str, Rate] = KNOWN,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._known = known
        self._monotonic = monotonic
        self._pause = pause
        self._busy_until: dict[str, float] = {}

    async def wait(
        self, host: str, *, rate: Rate | None = None, longest_s: float = LONGEST_WAIT_S
    ) -> None:
        """Return when a host may be asked, in the order of asking. `rate`: what it asks for.

        Raises:
            FetchFailed: `crowded`, if that would take too long. Nothing is waited for then, and
                those who ask later wait no longer for it.

        """
        rate = rate or self._known.get(host, USUAL)
        now = self._monotonic()
        busy_until = max(now, self._busy_until.get(host, now))
        wait_s = max(0.0, busy_until - (rate.burst - 1) * rate.every_s - now)
        if wait_s > longest_s:
            detail = f"{host} may be asked in {wait_s:.0f} s"
            raise FetchFailed("crowded", may_pass=True, retry_after_s=wait_s, detail=detail)
        if host not in self._busy_until and len(self._busy_until) >= _HOSTS:
            self._busy_until = {
                each: until for each, until in self._busy_until.items() if until > now
            }
        self._busy_until[host] = busy_until + rate.every_s
        if wait_s:
            await self._pause(wait_s)
