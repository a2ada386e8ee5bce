"""Reads every feed when it is due and saves what is new in it; one job a feed."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

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
from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import NewSave, WorkspaceId
from bot.errors import FetchFailed, TransientError
from bot.ports import Clock, FeedReader, FeedStore, Jobs, LinkStore
from bot.services.feed_reports import FeedReports
from bot.services.missing_jobs import enqueue_missing
from bot.services.unread import UnreadService

log = logging.getLogger(__name__)

MOST_DUE = 500  # jobs at a time; the others are due still when these are done


class FeedPoller:
    """Whatever one feed does, the others are read; a stop loses nothing, for twice is once."""

    def __init__(
        self,
        feeds: FeedStore,
        reader: FeedReader,
        links: LinkStore,
        jobs: Jobs,
        unread: UnreadService,
        reports: FeedReports,
        *,
        clock: Clock,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._feeds = feeds
        self._reader = reader
        self._links = links
        self._jobs = jobs
        self._unread = unread
        self._reports = reports
        self._clock = clock
        self._chance = chance

    async def look(self) -> None:
        """Have every feed read that is due and has no job yet."""
        due = await self._feeds.list_due(self._clock.now(), limit=MOST_DUE)
        await enqueue_missing(self._jobs, [_job(feed) for feed in due])

    async def handle(self, job: Job) -> NewJob | None:
        """Read one feed if it is due still. Trouble with it is its own; the database's is not."""
        feed = await self._find(job)
        if feed is None or feed.due_at > self._clock.now():
            return None
        try:
            await self._poll(feed)
        except FetchFailed as failure:
            if failure.was_asked:
                log.info("feed unreadable", extra={"feed": feed.id, "reason": failure.reason})
                await self._note_failure(feed, failure)
                return None
            turn = self._clock.now() + timedelta(seconds=failure.retry_after_s)
            return _job(feed, run_at=turn)
        except TransientError:
            raise
        except Exception:
            log.exception("feed broke its reading", extra={"feed": feed.id})
            await self._note_failure(feed, FetchFailed("broken"))
        return None

    async def _find(self, job: Job) -> Feed | None:
        feeds = await self._feeds.list_feeds(WorkspaceId(job.arguments["workspace"]))
        return next((each for each in feeds if each.id == job.arguments["feed"]), None)

    async def _poll(self, feed: Feed) -> None:
        document = await self._reader.read(feed)
        now = self._clock.now()
        well = recovered(feed, at=now, due_at=now + pause_after(0, chance=self._chance()))
        if document is None:
            await self._feeds.change(well)
        elif feed.checked_at is None:  # followed by a list: what it has today is not new
            told = replace(well, title=document.title, site=document.site)
            await self._feeds.change(told, known=all_keys(document.entries))
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
        saved = [  # the oldest first, as people would have saved them
            (await self._links.save(self._act(feed, entry))).link.id for entry in reversed(now)
        ]
        await self._unread.ask(feed.workspace, saved)
        await self._feeds.change(feed, known=keys - all_keys(later) if later else keys)
        if now:
            log.info("feed read", extra={"feed": feed.id, "new": len(now), "left": len(later)})

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
        rest = timedelta(seconds=failure.retry_after_s)
        pause = pause_after(feed.failures + 1, chance=self._chance())
        feed = failed(feed, at=now, due_at=now + max(pause, rest), reason=failure.reason)
        await self._feeds.change(feed)
        is_lasting = not failure.may_pass or feed.failures >= PATIENCE
        if is_lasting and not feed.is_told and await self._reports.tell(feed):
            await self._feeds.change(replace(feed, is_told=True))


def _job(feed: Feed, *, run_at: datetime | None = None) -> NewJob:
    arguments = {"workspace": feed.workspace, "feed": feed.id}
    return NewJob(JobKind.POLL, f"poll:{feed.workspace}:{feed.id}", arguments, run_at=run_at)
