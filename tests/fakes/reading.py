"""Reading as a running bot does it, over any store and pages, with a queue in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from adapters.importers import ArchiveReaders
from bot.domain.jobs import JobKind
from bot.ports import Clock, PageFetcher, Storage
from bot.services.backfilling import BackfillingService
from bot.services.feed_lists import FeedLists
from bot.services.importing import ImportingService
from bot.services.noting import NotingService
from bot.services.pasting import PastingService
from bot.services.reading import PATIENCE_S, ReadingService
from bot.services.retrying import Retries
from bot.services.saving import SavingService
from bot.services.unread import UnreadService
from tests.fakes.clock import FakeClock
from tests.fakes.jobs import MemoryJobs
from tests.fakes.talking import TEXTS


@dataclass
class Readers:
    storage: Storage
    fetcher: PageFetcher
    clock: Clock = field(default_factory=FakeClock)
    patience_s: float = PATIENCE_S

    def __post_init__(self) -> None:
        self.jobs = MemoryJobs(clock=self.clock)
        # Pauses are the shortest that the rule allows.
        retries = Retries(self.storage.links, self.jobs, self.clock, chance=lambda: 0.0)
        self.reading = ReadingService(
            self.storage.links,
            self.fetcher,
            retries=retries,
            clock=self.clock,
            patience_s=self.patience_s,
        )
        self.unread = UnreadService(
            self.storage.workspaces,
            self.storage.links,
            self.jobs,
            self.reading,
            retries=retries,
            clock=self.clock,
        )

    def make_backfilling(self) -> BackfillingService:
        saving = SavingService(self.storage.links)
        return BackfillingService(
            self.storage.backfills, self.jobs, saving, self.unread, clock=self.clock, texts=TEXTS
        )

    def make_noting(self) -> NotingService:
        importing = ImportingService(
            self.storage.archives,
            ArchiveReaders(),
            FeedLists(self.storage.feeds, clock=self.clock),
            zone=ZoneInfo("Asia/Seoul"),
        )
        return NotingService(importing, self.unread)

    def make_pasting(self) -> PastingService:
        return PastingService(self.storage.links, ArchiveReaders(), self.unread)

    async def read_due(self) -> int:
        """Run the jobs that are due; return how many these were."""
        return await self.jobs.run_due({JobKind.READ: self.unread.handle})
