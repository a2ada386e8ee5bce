"""Use case: read the page behind a saved link, make sense of it, keep both, or say why not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

from bot.clock import SystemClock
from bot.domain.models import LinkId, LinkRecord, PageState, WorkspaceId
from bot.domain.understanding import shorten, understand
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import FetchFailed, TransientError
from bot.ports import Clock, LinkStore, PageFetcher
from bot.text.chunking import chunk_text

log = logging.getLogger(__name__)

# How many pages are read at once: enough to hide slow sites, few enough to be a polite neighbour.
PAGES_AT_ONCE = 4
# Of one member's links: a message with two hundred leaves a slot to everybody else.
PAGES_OF_ONE = 3
CATCH_UP_LIMIT = 10_000  # records without a text: some ten megabytes
# A site that is down is back in an hour, or next morning; after a week it is another's.
FIRST_PAUSE = timedelta(minutes=30)
LONGEST_PAUSE = timedelta(days=1)
MOST_TRIES = 12  # with these pauses, six days
LOOK_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a link. `reason` is a key of table `unreadable`, "" if it was read."""

    link: LinkRecord
    reason: str = ""

    @property
    def is_read(self) -> bool:
        return not self.reason


@dataclass(frozen=True, slots=True)
class _PutOff:
    """A link whose page failed for now, so many times."""

    workspace: WorkspaceId
    tries: int
    due_at: datetime


class ReadingService:
    def __init__(
        self,
        links: LinkStore,
        fetcher: PageFetcher,
        *,
        clock: Clock | None = None,
        look_again_s: float = LOOK_AGAIN_S,
    ) -> None:
        self._links = links
        self._fetcher = fetcher
        self._slots = asyncio.Semaphore(PAGES_AT_ONCE)
        # Of its own: a member who looks on does not wait behind a whole archive.
        self._backlog = asyncio.Semaphore(PAGES_AT_ONCE)
        # Two may want one page at once: the second must not undo what the first has read.
        self._turns: WeakValueDictionary[LinkId, asyncio.Lock] = WeakValueDictionary()
        self._asked: dict[WorkspaceId, None] = {}
        self._wake = asyncio.Event()
        self._clock = clock or SystemClock()
        self._look_again_s = look_again_s
        self._put_off: dict[LinkId, _PutOff] = {}  # a start forgets it, and tries all at once

    async def read(
        self, workspace: WorkspaceId, link: LinkRecord, *, audience: Audience
    ) -> Reading:
        """Read one link unless it is read already; show it as this audience may see it.

        Never raises for a page's sake.
        """
        if link.state is PageState.READ:
            return Reading(link)
        async with self._turn(link), self._slots:
            failure = await self._read_unless_read(workspace, link)
            if failure is not None:
                await self._links.mark_unreadable(workspace, link.id, failure.reason)
        reason = failure.reason if failure is not None else ""
        return Reading(await self._again(workspace, link, audience), reason)

    async def read_all(
        self, workspace: WorkspaceId, links: Sequence[LinkRecord], *, audience: Audience
    ) -> list[Reading]:
        """Read several links for one member, a few at once; return them in the order given."""
        own = asyncio.Semaphore(PAGES_OF_ONE)

        async def read(link: LinkRecord) -> Reading:
            async with own:
                return await self.read(workspace, link, audience=audience)

        return await asyncio.gather(*map(read, links))

    def ask(self, workspace: WorkspaceId) -> None:
        """Have `run` read what waits there, for nobody who looks on."""
        self._asked[workspace] = None
        self._wake.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Read what is asked for, one workspace after the other, until `stop` is set.

        What failed for now is asked for again by itself.
        """
        async with asyncio.TaskGroup() as tasks:
            own = [tasks.create_task(self._work()), tasks.create_task(self._look_again())]
            await stop.wait()
            for task in own:
                task.cancel()

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(self._look_again_s)
            now = self._clock.now()
            for each in list(self._put_off.values()):
                if each.due_at <= now:
                    self.ask(each.workspace)

    async def _work(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._asked:
                workspace = next(iter(self._asked))
                del self._asked[workspace]
                await self._catch_up_patiently(workspace)

    async def _catch_up_patiently(self, workspace: WorkspaceId) -> None:
        try:
            await self.catch_up(workspace)
        except TransientError:
            log.warning("links not read, the next start takes them up", exc_info=True)

    async def catch_up(self, workspace: WorkspaceId) -> int:
        """Read what waits; return how many links that were.

        Nobody looks on: what fails for now goes on waiting, and is left alone for a while.
        """
        unread = await self._links.list_unread(workspace, limit=CATCH_UP_LIMIT)
        self._forget_all_but(workspace, {link.id for link in unread})
        now = self._clock.now()
        waiting = [link for link in unread if not self._is_put_off(link.id, now)]
        async with asyncio.TaskGroup() as group:
            for link in waiting:
                group.create_task(self._read_alone(workspace, link))
        return len(waiting)

    async def _read_alone(self, workspace: WorkspaceId, link: LinkRecord) -> None:
        try:
            async with self._turn(link), self._backlog:
                failure = await self._read_unless_read(workspace, link)
                if failure is None:
                    self._put_off.pop(link.id, None)
                elif failure.may_pass and self._may_put_off(workspace, link.id):
                    await self._links.mark_waiting(workspace, link.id)
                else:
                    self._put_off.pop(link.id, None)
                    await self._links.mark_unreadable(workspace, link.id, failure.reason)
        except TransientError:  # the link is still unread: the next start takes it up
            log.warning("link not read", extra={"link": link.id}, exc_info=True)

    def _may_put_off(self, workspace: WorkspaceId, link: LinkId) -> bool:
        """Leave the link alone for a while, longer each time; False if it was tried enough."""
        known = self._put_off.get(link)
        tries = known.tries + 1 if known else 1
        pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
        self._put_off[link] = _PutOff(workspace, tries, self._clock.now() + pause)
        return tries < MOST_TRIES

    def _is_put_off(self, link: LinkId, now: datetime) -> bool:
        return link in self._put_off and self._put_off[link].due_at > now

    def _forget_all_but(self, workspace: WorkspaceId, unread: Collection[LinkId]) -> None:
        """Let go of links that a member's reading, or nobody's wish any more, has settled."""
        for link, each in list(self._put_off.items()):
            if each.workspace == workspace and link not in unread:
                del self._put_off[link]

    def _turn(self, link: LinkRecord) -> asyncio.Lock:
        """Return the lock that lets one at a time read this link."""
        return self._turns.setdefault(link.id, asyncio.Lock())

    async def _read_unless_read(
        self, workspace: WorkspaceId, link: LinkRecord
    ) -> FetchFailed | None:
        now = await self._again(workspace, link, OPERATOR)
        if now.state is PageState.READ:  # by whoever had the turn before
            return None
        await self._links.mark_reading(workspace, link.id)
        return await self._read_page(workspace, link)

    async def _read_page(self, workspace: WorkspaceId, link: LinkRecord) -> FetchFailed | None:
        """Read and keep the page; return why it could not be read, else None."""
        try:
            fetched = await self._fetcher.fetch(link.url_as_saved)
            page = shorten(fetched)
            if page is not fetched:
                log.info(
                    "page shortened",
                    extra={"link": link.id, "chars": len(fetched.text), "kept": len(page.text)},
                )
            understanding = await asyncio.to_thread(understand, page)
            passages = await asyncio.to_thread(chunk_text, page.text)
        except FetchFailed as failure:
            log.info("page unreadable", extra={"link": link.id, "reason": failure.reason})
            return failure
        except TransientError:
            raise
        except Exception:
            # A page that a parser falls over must not stop the others, now or at every start.
            log.exception("page broke its reader", extra={"link": link.id})
            return FetchFailed("broken")
        await self._links.store_page(workspace, link.id, page, understanding, passages)
        return None

    async def _again(
        self, workspace: WorkspaceId, link: LinkRecord, audience: Audience
    ) -> LinkRecord:
        try:
            return await self._links.get(workspace, link.id, audience=audience)
        except KeyError:
            return link  # its last save was taken back while it was read
