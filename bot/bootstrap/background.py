"""What a running bot does in the background: who handles which job, and what the clock begins."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bot.bootstrap.timers import Timers
from bot.domain.jobs import JobKind
from bot.ports import ChatHistory, Handler
from bot.services.catching_up import CatchingUpService
from bot.services.feed_reports import FeedReports
from bot.services.polling import FeedPoller
from bot.services.posting import PostingService
from bot.services.sweeping import SweepingService

if TYPE_CHECKING:
    from bot.bootstrap.app import App

# What is looked for so often is what a crash left without a job; the rest gets one at once.
LOOK_EVERY_S = 60.0
FEEDS_EVERY_S = 30.0


class Background:
    def __init__(
        self,
        app: App,
        *,
        posting: PostingService,
        histories: Mapping[str, ChatHistory],
        catching_up: CatchingUpService,
    ) -> None:
        storage, clock = app.storage, app.clock
        app.backfilling.connect(posting=posting, histories=histories)
        feeds = FeedPoller(
            storage.feeds,
            app.feed_reader,
            storage.links,
            storage.jobs,
            app.unread,
            FeedReports(posting, storage.workspaces, app.texts, app.settings.language),
            clock=clock,
        )
        sweeping = SweepingService(
            storage.workspaces,
            storage.inbox,
            storage.reactions,
            storage.ledger,
            storage.jobs,
            find_horizon=catching_up.find_horizon,
            clock=clock,
        )
        self._jobs = storage.jobs
        self._handlers: dict[JobKind, Handler] = {
            JobKind.READ: app.unread.handle,
            JobKind.POLL: feeds.handle,
            JobKind.BACKFILL: app.backfilling.handle,
            JobKind.REINDEX: app.reindexing.handle,
            JobKind.SWEEP: sweeping.handle,
        }
        self._timers = Timers(clock=clock)
        self._timers.every(LOOK_EVERY_S, app.unread.look, name="unread links")
        self._timers.every(LOOK_EVERY_S, app.backfilling.look, name="backfills")
        self._timers.every(LOOK_EVERY_S, sweeping.look, name="sweeps")
        self._timers.every(FEEDS_EVERY_S, feeds.look, name="feeds")

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._timers.run(stop))
            tasks.create_task(self._jobs.work(self._handlers, stop=stop))
