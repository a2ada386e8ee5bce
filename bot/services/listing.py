"""Use case: list what is saved, by filters, or by what a query finds."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from bot.domain.filters import Query
from bot.domain.matching import keep_matching
from bot.domain.models import LinkFilter, LinkRecord, SearchHit, WorkspaceId
from bot.domain.visibility import Audience
from bot.ports import LinkStore, SearchIndex
from bot.text.queries import names_nothing

SEARCH_DEPTH = 200  # passages looked at for a query: enough for more links than anyone reads


class ListingService:
    def __init__(self, links: LinkStore, search: SearchIndex) -> None:
        self._links = links
        self._search = search

    async def find_links(
        self, workspace: WorkspaceId, query: Query, *, zone: tzinfo, audience: Audience
    ) -> tuple[Sequence[LinkRecord], Query]:
        """Return what passes, and the query that found it: wider than asked where that is empty."""
        # Without a subject, what is wider than the filters is everything.
        tries = (query,) if names_nothing(query.words) else query.ever_wider()
        for each in tries:
            which = each.filters.within(zone)
            found = await self.list_links(workspace, each.words, which, audience=audience)
            if found:
                return found, each
        return (), query

    async def list_links(
        self, workspace: WorkspaceId, query: str, which: LinkFilter, *, audience: Audience
    ) -> Sequence[LinkRecord]:
        """Return the links that pass: newest first, or best first when there is a query."""
        if not query.strip():
            return await self._links.list_links(workspace, which, audience=audience)
        hits = await self._find(workspace, query, which, audience=audience)
        best_first = list(dict.fromkeys(hit.link for hit in hits if hit.link is not None))
        passing = await self._links.list_links(
            workspace, replace(which, limit=None), audience=audience
        )
        by_id = {link.id: link for link in passing}
        found = [by_id[link] for link in best_first if link in by_id]
        return found[: which.limit]

    async def _find(
        self, workspace: WorkspaceId, query: str, which: LinkFilter, *, audience: Audience
    ) -> Sequence[SearchHit]:
        hits = await self._search.search(
            workspace, query, limit=SEARCH_DEPTH, audience=audience, which=which
        )
        names = await self._search.find_other_names(workspace, query, audience=audience)
        return await asyncio.to_thread(keep_matching, hits, query, names=names)
