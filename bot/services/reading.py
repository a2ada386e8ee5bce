"""Use case: read the page behind a saved link, make sense of it, keep both, or say why not."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from bot.domain.models import LinkId, LinkRecord, PageState, PageText, WorkspaceId
from bot.domain.understanding import understand
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.ports import LinkStore, PageFetcher
from bot.text.chunking import chunk_text

log = logging.getLogger(__name__)

# How many pages are read at once: enough to hide slow sites, few enough to be a polite neighbour.
PAGES_AT_ONCE = 4
CATCH_UP_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a link. `reason` is a key of table `unreadable`, "" if it was read."""

    link: LinkRecord
    reason: str = ""

    @property
    def is_read(self) -> bool:
        return not self.reason


class ReadingService:
    def __init__(self, links: LinkStore, fetcher: PageFetcher) -> None:
        self._links = links
        self._fetcher = fetcher
        self._slots = asyncio.Semaphore(PAGES_AT_ONCE)

    async def read(self, workspace: WorkspaceId, link: LinkRecord) -> Reading:
        """Read one link unless it is read already. Never raises for a page's sake."""
        if link.state is PageState.READ:
            return Reading(link)
        async with self._slots:
            await self._links.mark_reading(workspace, link.id)
            try:
                page = await self._fetcher.fetch(link.url_as_saved)
            except FetchFailed as failure:
                log.info("page unreadable", extra={"link": link.id, "reason": failure.reason})
                await self._links.mark_unreadable(workspace, link.id, failure.reason)
                return Reading(await self._again(workspace, link), failure.reason)
            await self._keep(workspace, link.id, page)
        return Reading(await self._again(workspace, link))

    async def catch_up(self, workspace: WorkspaceId) -> int:
        """Read what was waiting when the process stopped; return how many links that were."""
        waiting = await self._links.list_unread(workspace, limit=CATCH_UP_LIMIT)
        async with asyncio.TaskGroup() as group:
            for link in waiting:
                group.create_task(self.read(workspace, link))
        return len(waiting)

    async def _keep(self, workspace: WorkspaceId, link: LinkId, page: PageText) -> None:
        understanding = await asyncio.to_thread(understand, page)
        passages = await asyncio.to_thread(chunk_text, page.text)
        await self._links.store_page(workspace, link, page, understanding, passages)

    async def _again(self, workspace: WorkspaceId, link: LinkRecord) -> LinkRecord:
        try:
            return await self._links.get(workspace, link.id, audience=OPERATOR)
        except KeyError:
            return link  # its last save was taken back while it was read
