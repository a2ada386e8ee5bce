"""Reads every feed when it is due and saves what is new in it."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from dataclasses import replace

from bot.domain.emoji import BOOKMARK
from bot.domain.feeds import (
    NEW_LIMIT,
    PATIENCE,
    Feed,
    FeedDocument,
    FeedEntry,
    all_keys,
    failed,
    pause_after,
    recovered,
    select_new,
)
from bot.domain.models import NewSave
from bot.errors import FetchFailed, TransientError
from bot.ports import Clock, FeedReader, FeedStore, LinkStore
from bot.services.feed_reports import FeedReports
from bot.services.reading import ReadingService

log = logging.getLogger(__name__)

TICK_S = 30.0
FEEDS_AT_ONCE = 4
BATCH = 64


class FeedPoller:
    """Whatever one feed does, the others are read; a stop loses nothing, for twice is once."""

    def __init__(
        self,
        feeds: FeedStore,
        reader: FeedReader,
        links: LinkStore,
        reading: ReadingService,
        reports: FeedReports,
        *,
        clock: Clock,
        chance: Callable[[], float] = random.random,
        tick_s: float = TICK_S,
    ) -> None:
        self._feeds = feeds
        self._reader = reader
        self._links = links
        self._reading = reading
        self._reports = reports
        self._clock = clock
        self._chance = chance
        self._tick_s = tick_s
        self._slots = asyncio.Semaphore(FEEDS_AT_ONCE)

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                await self.poll_due()
            except TransientError:
                log.warning("feeds not read, will look again", exc_info=True)
            try:
                async with asyncio.timeout(self._tick_s):
                    await stop.wait()
            except TimeoutError:
                continue

    async def poll_due(self) -> int:
        """Read what is due, some feeds at once; return how many feeds that were."""
        due = await self._feeds.list_due(self._clock.now(), limit=BATCH)
        async with asyncio.TaskGroup() as group:
            for feed in due:
                group.create_task(self._poll_alone(feed))
        return len(due)

    async def _poll_alone(self, feed: Feed) -> None:
        async with self._slots:
            try:
                await self._poll_whatever_it_does(feed)
            except TransientError:  # of the database: the feed stays due
                log.warning("feed not read", extra={"feed": feed.id}, exc_info=True)
            except Exception:
                log.exception("feed not read", extra={"feed": feed.id})

    async def _poll_whatever_it_does(self, feed: Feed) -> None:
        try:
            await self._poll(feed)
        except TransientError:
            raise
        except Exception:
            log.exception("feed broke its reading", extra={"feed": feed.id})
            await self._note_failure(feed, FetchFailed("broken"))

    async def _poll(self, feed: Feed) -> None:
        try:
            document = await self._reader.read(feed)
        except FetchFailed as failure:
            log.info("feed unreadable", extra={"feed": feed.id, "reason": failure.reason})
            await self._note_failure(feed, failure)
            return
        now = self._clock.now()
        well = recovered(feed, at=now, due_at=now + pause_after(0, chance=self._chance()))
        if document is None:
            await self._feeds.change(well)
        else:
            await self._take_in(well, document)

    async def _take_in(self, feed: Feed, document: FeedDocument) -> None:
        """Save what is new, then keep that it is known: a crash in between saves nothing twice."""
        keys = all_keys(document.entries)
        known = await self._feeds.find_known(feed, keys)
        new = select_new(document.entries, known=known)
        now, later = new[:NEW_LIMIT], new[NEW_LIMIT:]
        feed = replace(
            feed,
            title=document.title,
            site=document.site,
            # Without them the whole document comes again, and with it what was left for later.
            etag="" if later else document.etag,
            last_modified="" if later else document.last_modified,
        )
        for entry in reversed(now):  # the oldest first, as people would have saved them
            await self._links.save(self._act(feed, entry))
        await self._feeds.change(feed, known=keys - all_keys(later) if later else keys)
        if now:
            log.info("feed read", extra={"feed": feed.id, "new": len(now), "left": len(later)})
            self._reading.ask(feed.workspace)

    def _act(self, feed: Feed, entry: FeedEntry) -> NewSave:
        return NewSave(
            workspace=feed.workspace,
            member=feed.member,
            member_name=feed.title,
            place=feed.place,
            message=feed.message_of(entry),
            emoji=BOOKMARK,
            saved_at=self._clock.now(),
            url=entry.url,
            title=entry.title,
        )

    async def _note_failure(self, feed: Feed, failure: FetchFailed) -> None:
        now = self._clock.now()
        pause = pause_after(feed.failures + 1, chance=self._chance())
        feed = failed(feed, at=now, due_at=now + pause, reason=failure.reason)
        await self._feeds.change(feed)
        is_lasting = not failure.may_pass or feed.failures >= PATIENCE
        if is_lasting and not feed.is_told and await self._reports.tell(feed):
            await self._feeds.change(replace(feed, is_told=True))
