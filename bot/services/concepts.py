"""Use case: what the workspace's terms mean, who says so, and where they occur."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.concepts import ConceptBook, ConceptSource, KnownConcept
from bot.domain.models import LinkId, LinkRecord, WorkspaceId
from bot.domain.proposed_concepts import occurs_in
from bot.domain.visibility import Audience
from bot.ports import ConceptStore, LinkStore, SearchIndex
from bot.services.listing import SEARCH_DEPTH


@dataclass(frozen=True, slots=True)
class Explanation:
    """A concept for one audience: who explains it, newest first; where it occurs, newest first.

    Of `occurs_in` only the links asked for are read; `occurrences` counts them all.
    """

    concept: KnownConcept
    explained: tuple[tuple[ConceptSource, LinkRecord | None], ...]
    links: tuple[LinkRecord, ...]
    occurrences: int


class ConceptsService:
    def __init__(self, concepts: ConceptStore, links: LinkStore, search: SearchIndex) -> None:
        self._concepts = concepts
        self._links = links
        self._search = search

    async def open_book(self, workspace: WorkspaceId, *, audience: Audience) -> ConceptBook:
        sources = await self._concepts.list_sources(workspace, audience=audience)
        return await asyncio.to_thread(ConceptBook, sources)

    async def explain(
        self,
        workspace: WorkspaceId,
        concept: KnownConcept,
        *,
        skip: int = 0,
        limit: int,
        definitions: int,
        audience: Audience,
    ) -> Explanation:
        """Return what is said of it, and `limit` of the links that it occurs in after `skip`."""
        found = await self._find_links(workspace, concept, audience=audience)
        told = concept.explained[:definitions]
        shown = found[skip : skip + limit]
        wanted = {source.link for source in told if source.link} | set(shown)
        records = await self._read(workspace, wanted, audience=audience)
        return Explanation(
            concept,
            tuple((source, records.get(source.link) if source.link else None) for source in told),
            tuple(records[link] for link in shown if link in records),
            len(found),
        )

    async def _find_links(
        self, workspace: WorkspaceId, concept: KnownConcept, *, audience: Audience
    ) -> Sequence[LinkId]:
        """Return the links that explain or name it, and those whose texts say it, newest first."""
        at = {source.link: source.last_at for source in reversed(concept.sources) if source.link}
        for name in concept.names:
            hits = await self._search.search(workspace, name, limit=SEARCH_DEPTH, audience=audience)
            for hit in hits:
                if hit.link is None or hit.link in at or hit.said_at is None:
                    continue
                if occurs_in(name, f"{hit.title}\n{hit.heading}\n{hit.text}"):
                    at[hit.link] = hit.said_at
        return sorted(at, key=lambda link: _newest_first(link, at[link]))

    async def _read(
        self, workspace: WorkspaceId, wanted: set[LinkId], *, audience: Audience
    ) -> dict[LinkId, LinkRecord]:
        records = {}
        for link in sorted(wanted):
            try:
                records[link] = await self._links.get(workspace, link, audience=audience)
            except KeyError:  # taken back since
                continue
        return records


def _newest_first(link: LinkId, at: datetime) -> tuple[float, str]:
    return -at.timestamp(), link
