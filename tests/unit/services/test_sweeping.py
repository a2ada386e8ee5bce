"""What nothing can repeat is forgotten; what catching up may still look at is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.emoji import SaveEmoji
from bot.domain.exchanges import Exchange
from bot.domain.jobs import JobKind
from bot.domain.models import LOCAL, ChannelId, MessageId, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.ports import Lane
from bot.services.sweeping import KEPT, SweepingService
from tests.factories import MINA, NOON, make_reaction
from tests.fakes.clock import FakeClock
from tests.fakes.exchanges import FakeExchanges
from tests.fakes.inbox import MemoryInbox
from tests.fakes.jobs import MemoryJobs
from tests.fakes.ledger import FakeLedger
from tests.fakes.workspaces import FakeWorkspaces

MESSAGE = MessageId("message-1")
DAY = timedelta(days=1)


@dataclass
class Kept:
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    inbox: MemoryInbox = field(default_factory=MemoryInbox)
    ledger: FakeLedger = field(default_factory=FakeLedger)
    exchanges: FakeExchanges = field(default_factory=FakeExchanges)
    workspaces: FakeWorkspaces = field(default_factory=FakeWorkspaces)
    horizon: datetime | None = None

    def __post_init__(self) -> None:
        self.jobs = MemoryJobs(clock=self.clock)
        self.service = SweepingService(
            self.workspaces,
            self.inbox,
            self.inbox,
            self.ledger,
            self.exchanges,
            self.jobs,
            find_horizon=self.find_horizon,
            clock=self.clock,
        )

    async def sweep(self) -> int:
        """Do what is due; return how many sweeps that were."""
        await self.service.look()
        return await self.jobs.run_due({JobKind.SWEEP: self.service.handle})

    async def find_horizon(self, workspace: WorkspaceId) -> datetime | None:
        assert workspace == LOCAL
        return self.horizon

    async def react(self, emoji: str, *, at: datetime = NOON) -> None:
        event = make_reaction("look", event=emoji, emoji=emoji, message=MESSAGE)
        await self.inbox.put(replace(event, at=at))

    async def standing(self) -> list[str]:
        found = await self.inbox.list_reactions(LOCAL, MESSAGE)
        return [each.emoji for each in found]

    async def post(self, key: str, *, at: datetime = NOON) -> None:
        await self.ledger.begin(LOCAL, key, at=at)
        await self.ledger.finish(LOCAL, key, MESSAGE)


async def test_reactions_that_mean_nothing_here_and_old_posts_go() -> None:
    kept = Kept()
    chosen = SaveEmoji(bookmark=":pin:")
    kept.workspaces.settings[LOCAL] = WorkspaceSettings(emoji=chosen)
    for emoji in (":pin:", "📜", "👨‍💻", "❌", "🔖", "👍"):
        await kept.react(emoji)
    await kept.react("👏", at=NOON + DAY)
    await kept.post("old")
    await kept.post("new", at=NOON + DAY)
    kept.clock.move(days=KEPT.days, hours=1)

    await kept.sweep()

    assert sorted(await kept.standing()) == sorted([":pin:", "📜", "👨💻", "❌", "👏"])
    assert [key for _, key in kept.ledger.rows] == ["new"]


async def test_handled_events_go() -> None:
    kept = Kept()
    await kept.react("🔖")
    await kept.react("📜")
    handled, waiting = await kept.inbox.list_open(lane=Lane.MARKS, limit=9)
    await kept.inbox.mark_done(handled.id)
    kept.clock.move(days=365_000)

    await kept.sweep()

    assert kept.inbox.events == [waiting.event]


async def test_what_was_asked_a_month_ago_is_forgotten() -> None:
    kept = Kept(horizon=NOON)
    for number, at in enumerate((NOON, NOON + DAY)):
        await kept.exchanges.remember(
            LOCAL,
            ChannelId("general"),
            Exchange("What is it?"),
            heads=[MessageId(f"thread-{number}")],
            question=MESSAGE,
            member=MINA,
            at=at,
        )
    kept.clock.move(days=KEPT.days, hours=1)

    await kept.sweep()

    assert [head for _, _, head in kept.exchanges.rows] == ["thread-1"]


async def test_after_a_long_absence_all_that_catching_up_looks_at_is_known() -> None:
    kept = Kept(horizon=NOON - KEPT)
    await kept.post("answer", at=NOON - KEPT - DAY)
    kept.clock.move(days=10 * KEPT.days)

    await kept.sweep()

    assert len(kept.ledger.rows) == 1


async def test_it_sweeps_once_a_day_however_often_somebody_looks() -> None:
    kept = Kept()

    counts = []
    for _ in range(3):
        counts.append([await kept.sweep(), await kept.sweep()])
        kept.clock.move(hours=23)
        counts.append([await kept.sweep()])
        kept.clock.move(hours=1)

    assert counts == [[1, 0], [0]] * 3


async def test_a_workspace_that_is_no_more_is_swept_no_more() -> None:
    kept = Kept()
    await kept.sweep()
    kept.workspaces.settings.clear()
    kept.clock.move(days=2)

    await kept.sweep()

    assert await kept.jobs.list_jobs(limit=9) == []
