"""What a worker does: who handles which job, and what is looked for by the clock."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.bootstrap.delivering import TICK_EVERY_S, make_delivering
from bot.bootstrap.timers import Timers
from bot.domain.jobs import Job, JobKind, NewJob
from bot.log import log_context
from bot.ports import Handler, Meter
from bot.services.catching_up import CatchingUpService
from bot.services.feed_reports import FeedReports
from bot.services.polling import FeedPoller
from bot.services.posting import PostingService
from bot.services.sweeping import SweepingService

if TYPE_CHECKING:
    from bot.bootstrap.app import App
    from bot.services.membership import Membership

# What is looked for so often is what a crash left without a job; the rest gets one at once.
LOOK_EVERY_S = 60.0
FEEDS_EVERY_S = 30.0
EMBED_EVERY_S = 20.0


class Background:
    def __init__(
        self,
        app: App,
        *,
        posting: PostingService,
        catching_up: CatchingUpService,
        timers: Timers,
        membership: Membership,
        meter: Meter,
    ) -> None:
        storage, clock = app.storage, app.clock
        delivering, ticking = make_delivering(
            app, posting=posting, membership=membership, meter=meter
        )
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
            storage.exchanges,
            storage.jobs,
            find_horizon=catching_up.find_horizon,
            clock=clock,
        )
        self._jobs = storage.jobs
        self._handlers: dict[JobKind, Handler] = {
            JobKind.DELIVER: delivering.handle,
            JobKind.PREPARE: delivering.prepare,
            JobKind.READ: app.unread.handle,
            JobKind.POLL: feeds.handle,
            JobKind.BACKFILL: app.backfilling.handle,
            JobKind.REINDEX: app.reindexing.handle,
            JobKind.SWEEP: sweeping.handle,
        }
        if app.embedding is not None:
            self._handlers[JobKind.EMBED] = app.embedding.handle
            timers.every(EMBED_EVERY_S, app.embedding.look, name="embeddings")
        timers.every(TICK_EVERY_S, ticking.tick, name="subscriptions")
        timers.every(LOOK_EVERY_S, app.unread.look, name="unread links")
        timers.every(LOOK_EVERY_S, app.backfilling.look, name="backfills")
        timers.every(LOOK_EVERY_S, sweeping.look, name="sweeps")
        timers.every(FEEDS_EVERY_S, feeds.look, name="feeds")

    async def run(self, stop: asyncio.Event) -> None:
        handlers = {kind: _told(handler) for kind, handler in self._handlers.items()}
        await self._jobs.work(handlers, stop=stop)


def _told(handler: Handler) -> Handler:
    """Have every record that is logged meanwhile name the job."""

    async def handle(job: Job) -> NewJob | None:
        with log_context(job=job.key):
            return await handler(job)

    return handle
