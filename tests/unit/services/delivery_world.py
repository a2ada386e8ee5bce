"""A workspace with subscriptions, seen through by processes that may die at any step."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.deliveries import Delivery
from bot.domain.digests import Style
from bot.domain.jobs import JobKind
from bot.domain.models import LOCAL, LinkRecord, MemberId, Place
from bot.domain.planning import schedule
from bot.domain.subscriptions import Subscription
from bot.ports import NodeId
from bot.services.deadlines import Deadlines
from bot.services.delivering import DeliveringService
from bot.services.digesting import DigestingService
from bot.services.drawing import Charts
from bot.services.issuing import IssuingService
from bot.services.posting import PostingService
from bot.services.ticking import TickingService
from bot.texts import Texts
from tests.fakes.clock import FakeClock
from tests.fakes.deliveries import FakeDeliveries
from tests.fakes.digest_sources import FakeCharts, FakeLinks, FakeNotes, FakeSignals
from tests.fakes.jobs import MemoryJobs
from tests.fakes.ledger import FakeLedger
from tests.fakes.platform import FakePlatform
from tests.link_records import GENERAL, make_link, make_save

TEXTS = Texts.load()
# A Monday; nine in Seoul.
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
ASKS = 2  # a digest asks for the links of its time, and for those of the time before
MINUTE, HOUR, DAY, WEEK = (
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=7),
)


class Crash(BaseException):
    """The process is gone: nothing after this runs."""


@dataclass
class Fate:
    """The process dies at its n-th step, or the first of this name, before or after it is done."""

    step: int | None = None
    name: str = ""
    is_after: bool = False
    steps: int = 0
    is_dead: bool = False

    def of(self, port: Any) -> Any:
        return Mortal(port, self) if self.step or self.name else port

    async def take(self, name: str, call: Any) -> Any:
        if self.is_dead:
            call.close()
            raise Crash
        self.steps += 1
        if self.steps == self.step or name == self.name:
            self.is_dead = True
            if self.is_after:
                await call
            else:
                call.close()
            raise Crash
        return await call


class Mortal:
    """A port as a process sees it that is about to die."""

    def __init__(self, port: Any, fate: Fate) -> None:
        self._port = port
        self._fate = fate

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not inspect.iscoroutinefunction(found):
            return found
        return lambda *args, **kwargs: self._fate.take(name, found(*args, **kwargs))


@dataclass
class Alive:
    id: NodeId
    term: int = 1
    is_alive: bool = True

    def holds(self, term: int) -> bool:
        return self.is_alive and term == self.term


@dataclass
class World:
    """What is outside of a process, and survives it."""

    clock: FakeClock = field(default_factory=lambda: FakeClock(MONDAY - HOUR))
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    platform: FakePlatform = field(default_factory=FakePlatform)
    links: FakeLinks = field(default_factory=FakeLinks)
    charts: FakeCharts = field(default_factory=FakeCharts)
    seconds: float = 0.0
    pauses: list[float] = field(default_factory=list)

    async def subscribe(self, id_: str = "s1", **chosen: Any) -> Subscription:
        subscription = make_subscription(id_, **chosen)
        scheduled = schedule(subscription, now=self.clock.now())
        await self.deliveries.subscriptions.add(scheduled)
        return scheduled

    def save(self, name: str, *, at: datetime = MONDAY - DAY, place: Place = GENERAL) -> LinkRecord:
        link = make_link(name, title=f"About {name}", saves=[make_save(at=at, place=place)])
        self.links.kept.append(link)
        return link

    def set_clock(self, at: datetime) -> None:
        self.clock.move(seconds=(at - self.clock.now()).total_seconds())

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.seconds += seconds
        self.clock.move(seconds=seconds)

    def start(self, name: str = "one", *, fate: Fate | None = None) -> Process:
        return Process(self, name, fate or Fate())

    async def subscription(self, id_: str = "s1") -> Subscription:
        return await self.deliveries.subscriptions.get(LOCAL, id_)

    async def recent(self) -> list[Delivery]:
        """Oldest first."""
        return list(reversed(await self.deliveries.list_recent(LOCAL, limit=100)))


class Process:
    def __init__(self, world: World, name: str, fate: Fate) -> None:
        self.jobs = MemoryJobs(clock=world.clock)
        self.alive = Alive(NodeId(name))
        self.clock = world.clock
        deliveries = fate.of(world.deliveries)
        subscriptions = fate.of(world.deliveries.subscriptions)
        self.deadlines = Deadlines()
        self.platforms = {"local": fate.of(world.platform)}
        self.posting = PostingService(
            self.platforms,
            fate.of(world.ledger),
            clock=world.clock,
            pause=world.pause,
            deadlines=self.deadlines,
            monotonic=lambda: world.seconds,
        )
        self.issuing = IssuingService(
            deliveries,
            DigestingService(
                fate.of(world.links), fate.of(FakeNotes()), fate.of(FakeSignals()), texts=TEXTS
            ),
            Charts(world.charts),
            self.posting,
            texts=TEXTS,
        )
        self.delivering = DeliveringService(
            subscriptions,
            deliveries,
            self.issuing,
            self.posting,
            alive=self.alive,
            texts=TEXTS,
            clock=world.clock,
            lease_s=10.0,
            send_s=self.deadlines.scheduled_s,
            pause=world.pause,
        )
        self.ticking = TickingService(
            subscriptions,
            deliveries,
            fate.of(self.jobs),
            self.posting,
            clock=world.clock,
            monotonic=lambda: world.seconds,
        )

    async def run(self) -> None:
        """Plan what is due and do all that can be done now."""
        await self.ticking.tick()
        await self.ticking.sweep()
        await self.work()

    async def work(self) -> None:
        handlers = {
            JobKind.DELIVER: self.delivering.handle,
            JobKind.PREPARE: self.delivering.prepare,
        }
        await self.jobs.run_due(handlers)


def make_subscription(
    id_: str = "s1",
    *,
    cron: str = "0 9 * * 1",
    days: int = 7,
    place: Place = GENERAL,
    **chosen: Any,
) -> Subscription:
    return Subscription(
        id=id_,
        workspace=LOCAL,
        place=place,
        cron=cron,
        zone="Asia/Seoul",
        days=days,
        style=Style.WEEKLY,
        language="en",
        made_by=MemberId("mina"),
        made_by_name="Mina",
        made_at=MONDAY - WEEK,
        **chosen,
    )
