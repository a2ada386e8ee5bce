"""How each host is asked, whoever asks: for pages, feeds, by readers, by redirects. One table."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count

from bot.errors import FetchFailed, TransientError

LONGEST_WAIT_S = 20.0
# Where a redirect leads: that wait is part of a download's time, and keeps its place from others.
LONGEST_ON_THE_WAY_S = 5.0
AT_ONCE = 2  # of one host for those who look on, and as many in the background
OF_ONE = 4  # of one member who looks on, of all hosts
# In the background a host is asked no faster, and its burst is left to those who look on.
ALONE_EVERY_S = 1.0
# So long a turn is kept for who was sent away until then, and comes late or never.
_KEPT_S = 15.0
_HOSTS = 10_000  # remembered at once; those that rested are as good as new


@dataclass(frozen=True, slots=True)
class Rate:
    """One request in so many seconds, `burst` of them at once after a rest."""

    every_s: float
    burst: int = 1


# One page may take a robots.txt, some redirects and a few questions to its site's API.
USUAL = Rate(0.5, burst=8)
UNPACED = Rate(0.0)
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


@dataclass(slots=True)
class Caller:
    """Who asks, from the first request that a page takes to its last.

    `party`: hosts go from one to the next, however much each wants. `looks_on`: somebody waits,
    and waits for turns; who does not is sent away until its own, which is kept under `key`. What
    has begun is seen through. `keeps_delays`: sites asked for a pause between such requests.
    """

    party: str = ""
    looks_on: bool = True
    key: str = ""
    keeps_delays: bool = False
    has_begun: bool = False

    @contextmanager
    def told_as_failure(self) -> Iterator[None]:
        """Tell the core what a `NoTurn` means to it."""
        try:
            yield
        except NoTurn as late:
            raise self.refused("crowded", late.wait_s, detail=str(late)) from late

    def refused(self, reason: str, wait_s: float, *, detail: str) -> FetchFailed:
        return FetchFailed(
            reason,
            may_pass=True,
            retry_after_s=wait_s,
            was_asked=self.has_begun,
            detail=detail,
        )


class NoTurn(TransientError):
    """It is not this one's turn for long. No `FetchFailed`: readers go on without what fails."""

    def __init__(self, host: str, wait_s: float) -> None:
        super().__init__(f"{host} may be asked in {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Host:
    """`paid_until`: all requests that have begun are paid for then, at its rate."""

    paid_until: float = 0.0
    rests_until: float = 0.0
    delay_s: float = 0.0
    looked_at: int = 0
    alone: int = 0
    served: dict[str, int] = field(default_factory=dict)  # the number of a party's last turn
    promised: dict[str, dict[str, float]] = field(default_factory=dict)  # by party, then key

    def is_idle(self, now: float) -> bool:
        is_used = self.looked_at or self.alone or self.promised
        return not is_used and max(self.paid_until, self.rests_until) <= now


@dataclass(frozen=True, slots=True, eq=False)
class _Ticket:
    host: _Host
    caller: Caller
    number: int


class Hosts:
    """Knows the requests of one process, by the clock of its loop."""

    def __init__(self, known: Mapping[str, Rate] = KNOWN) -> None:
        self._known = known
        self._hosts: dict[str, _Host] = {}
        self._waiting: list[_Ticket] = []
        self._held: dict[str, int] = {}  # by party that looks on
        self._numbers = count(1)
        self._change = asyncio.Event()

    @asynccontextmanager
    async def asking(
        self,
        name: str,
        caller: Caller,
        *,
        is_paced: bool = True,
        longest_s: float = LONGEST_WAIT_S,
    ) -> AsyncIterator[None]:
        """Count as one who asks this host, when it is the caller's turn.

        Parties take turns, each in its order. `is_paced`: not for hosts of the operator's own.

        Raises:
            NoTurn: that would take too long. Nothing is waited for then.
            FetchFailed: the host asked for a rest. Who looks on hears that from itself.

        """
        host = self._host(name)
        rest_s = host.rests_until - _now()
        if rest_s > 0 and not caller.looks_on:
            raise caller.refused("too_many_requests", rest_s, detail=f"{name} rests")
        if caller.looks_on or caller.has_begun:
            await self._wait(name, host, caller, is_paced=is_paced, longest_s=longest_s)
        else:
            self._come(name, host, caller, is_paced=is_paced)
        self._begin(host, caller, self._rate(name, host, caller, is_paced=is_paced))
        try:
            yield
        finally:
            self._end(host, caller)

    def let_rest(self, name: str, seconds: float) -> None:
        """Begin nothing there for so long that nobody looks on at."""
        host = self._host(name)
        host.rests_until = max(host.rests_until, _now() + seconds)

    def slow_down(self, name: str, delay_s: float) -> None:
        """Let so long pass between two requests of programs that come by themselves."""
        self._host(name).delay_s = delay_s

    async def _wait(
        self, name: str, host: _Host, caller: Caller, *, is_paced: bool, longest_s: float
    ) -> None:
        until = _now() + longest_s
        ticket = _Ticket(host, caller, next(self._numbers))
        self._waiting.append(ticket)
        try:
            while True:
                rate = self._rate(name, host, caller, is_paced=is_paced)
                before = self._before(ticket)
                at = host.paid_until + (before - rate.burst + 1) * rate.every_s
                is_free = not before and self._has_place(ticket, is_paced=is_paced)
                if is_free and at <= _now():
                    return
                if at > until or _now() >= until:
                    raise NoTurn(name, max(at - _now(), ALONE_EVERY_S))
                await self._wait_for_change(until if not is_free else at)
        finally:
            self._waiting.remove(ticket)
            self._tell_change()

    def _before(self, ticket: _Ticket) -> int:
        """Return how many wait there whose turn is before this one's."""
        served = ticket.host.served

        def order(each: _Ticket) -> tuple[int, int]:
            return served.get(each.caller.party, 0), each.number

        rivals = (each for each in self._waiting if _are_rivals(each, ticket))
        return sum(order(each) < order(ticket) for each in rivals if self._may_have_one(each))

    def _has_place(self, ticket: _Ticket, *, is_paced: bool) -> bool:
        host = ticket.host
        asking = host.looked_at if ticket.caller.looks_on else host.alone
        return self._may_have_one(ticket) and (not is_paced or asking < AT_ONCE)

    def _may_have_one(self, ticket: _Ticket) -> bool:
        caller = ticket.caller
        return not caller.looks_on or self._held.get(caller.party, 0) < OF_ONE

    def _come(self, name: str, host: _Host, caller: Caller, *, is_paced: bool) -> None:
        """Return if this one may begin; else keep a turn for it.

        Raises:
            NoTurn: it is to come again then.

        """
        now = _now()
        rate = self._rate(name, host, caller, is_paced=is_paced)
        is_open = host.paid_until <= now and (not is_paced or host.alone < AT_ONCE)
        _forget_late(host, now)
        queue = host.promised.setdefault(caller.party, {})
        own = (host.served.get(caller.party, 0), queue.get(caller.key, now))
        if is_open and not any(order < own for order in _due(host, now)):
            queue.pop(caller.key, None)
            if not queue:
                del host.promised[caller.party]
            return
        step_s = max(rate.every_s, ALONE_EVERY_S)
        at = max(host.paid_until, now + ALONE_EVERY_S) + _ahead(host, caller) * step_s
        queue[caller.key] = at
        raise NoTurn(name, at - now)

    def _rate(self, name: str, host: _Host, caller: Caller, *, is_paced: bool) -> Rate:
        rate = self._known.get(name, USUAL) if is_paced else UNPACED
        if caller.keeps_delays and host.delay_s:
            rate = Rate(max(rate.every_s, host.delay_s))
        if is_paced and not caller.looks_on and not caller.has_begun:
            rate = Rate(max(rate.every_s, ALONE_EVERY_S))
        return rate

    def _begin(self, host: _Host, caller: Caller, rate: Rate) -> None:
        host.paid_until = max(host.paid_until, _now()) + rate.every_s
        host.served[caller.party] = next(self._numbers)
        caller.has_begun = True
        if caller.looks_on:
            host.looked_at += 1
            self._held[caller.party] = self._held.get(caller.party, 0) + 1
        else:
            host.alone += 1

    def _end(self, host: _Host, caller: Caller) -> None:
        if caller.looks_on:
            host.looked_at -= 1
            self._held[caller.party] -= 1
            if not self._held[caller.party]:
                del self._held[caller.party]
        else:
            host.alone -= 1
        if not host.promised and not any(each.host is host for each in self._waiting):
            host.served.clear()
        self._tell_change()

    async def _wait_for_change(self, until: float) -> None:
        try:
            async with asyncio.timeout_at(until):
                await self._change.wait()
        except TimeoutError:
            return

    def _tell_change(self) -> None:
        self._change.set()
        self._change = asyncio.Event()

    def _host(self, name: str) -> _Host:
        if name not in self._hosts and len(self._hosts) >= _HOSTS:
            now = _now()
            for host in self._hosts.values():
                _forget_late(host, now)
            waited_for = {id(each.host) for each in self._waiting}
            self._hosts = {
                each: host
                for each, host in self._hosts.items()
                if not host.is_idle(now) or id(host) in waited_for
            }
        return self._hosts.setdefault(name, _Host())


def _now() -> float:
    return asyncio.get_running_loop().time()


def _are_rivals(one: _Ticket, other: _Ticket) -> bool:
    return one.host is other.host and one.caller.looks_on == other.caller.looks_on


def _due(host: _Host, now: float) -> Iterator[tuple[int, float]]:
    """Return the order of those who may come any moment, the first of each party."""
    for party, queue in host.promised.items():
        at = next(iter(queue.values()), now)
        if at <= now:
            yield host.served.get(party, 0), at


def _ahead(host: _Host, caller: Caller) -> int:
    """Return how many have their turn before this one, if the parties take turns."""
    own = host.promised[caller.party]
    place = next((n for n, key in enumerate(own) if key == caller.key), len(own))
    served = host.served.get(caller.party, 0)
    others = (each for each in host.promised.items() if each[0] != caller.party)
    return place + sum(
        min(len(queue), place + (host.served.get(party, 0) < served)) for party, queue in others
    )


def _forget_late(host: _Host, now: float) -> None:
    """Keep no turn for who does not come: its job may be gone."""
    for party, queue in list(host.promised.items()):
        for key, at in list(queue.items()):
            if at > now - _KEPT_S:
                break
            del queue[key]
        if not queue:
            del host.promised[party]
