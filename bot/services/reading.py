"""Use case: read the page behind a saved link, make sense of it, keep both, or say why not."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from weakref import WeakValueDictionary

from bot.domain.models import LinkId, LinkRecord, PageState, WorkspaceId
from bot.domain.understanding import shorten, understand
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import FetchFailed, TransientError
from bot.ports import LinkStore, PageFetcher
from bot.services.hosts import Hosts, host_of
from bot.text.chunking import chunk_text

log = logging.getLogger(__name__)

# How many pages are read at once for those who look on: enough to hide slow sites, and few enough
# to be a polite neighbour. What nobody waits for is read beside them: see `bot.services.unread`.
PAGES_AT_ONCE = 4
# Of one member's links: a message with two hundred leaves a slot to everybody else.
PAGES_OF_ONE = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a link. `reason` is a key of table `unreadable`, "" if it was read."""

    link: LinkRecord
    reason: str = ""

    @property
    def is_read(self) -> bool:
        return not self.reason


class ReadingService:
    def __init__(self, links: LinkStore, fetcher: PageFetcher, *, hosts: Hosts) -> None:
        self._links = links
        self._fetcher = fetcher
        self._hosts = hosts
        self._slots = asyncio.Semaphore(PAGES_AT_ONCE)
        # Two may want one page at once: the second must not undo what the first has read.
        self._turns: WeakValueDictionary[LinkId, asyncio.Lock] = WeakValueDictionary()

    async def read(
        self, workspace: WorkspaceId, link: LinkRecord, *, audience: Audience
    ) -> Reading:
        """Read one link for somebody who looks on, unless it is read already.

        Show it as this audience may see it. Never raises for a page's sake.
        """
        if link.state is PageState.READ:
            return Reading(link)
        host = self._hosts.reading_for_somebody(host_of(link.url_as_saved))
        async with self._turn(link), host, self._slots:
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

    async def read_unseen(self, workspace: WorkspaceId, link: LinkRecord) -> FetchFailed | None:
        """Read one link that nobody waits for, unless it is read already; return why it failed.

        What that means for the link is left to who asks.
        """
        async with self._turn(link):
            with self._hosts.reading(host_of(link.url_as_saved)):
                return await self._read_unless_read(workspace, link)

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
