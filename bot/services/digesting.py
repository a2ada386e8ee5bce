"""Use case: compile what a workspace saved in a period into a digest, and lay it out."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Period, Style
from bot.domain.material import gather, instants
from bot.domain.models import LinkFilter, WorkspaceId
from bot.domain.periods import parse_period
from bot.domain.styles import STYLES
from bot.domain.visibility import Audience
from bot.ports import ChartDrawer, Clock, LinkStore, NoteStore, WorkspaceStore
from bot.posts import Post
from bot.texts import Texts

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RenderedDigest:
    """`document` is the whole in one post, `chat` a head with its thread; `picture` a PNG, or b""."""

    document: Post
    chat: Post
    picture: bytes


class DigestingService:
    def __init__(
        self,
        links: LinkStore,
        notes: NoteStore,
        workspaces: WorkspaceStore,
        *,
        charts: ChartDrawer,
        clock: Clock,
        texts: Texts,
    ) -> None:
        self._links = links
        self._notes = notes
        self._workspaces = workspaces
        self._charts = charts
        self._clock = clock
        self._texts = texts

    async def parse_period(self, workspace: WorkspaceId, text: str) -> Period:
        """Read a period by the workspace's calendar.

        Raises:
            UserError: no such period, or one longer than a year.

        """
        zone = await self._zone(workspace)
        return parse_period(text, today=self._clock.now().astimezone(zone).date())

    async def compile(
        self,
        workspace: WorkspaceId,
        period: Period,
        *,
        style: Style,
        language: str,
        audience: Audience,
    ) -> Digest:
        """Return the digest of what this audience may see; one without links says why."""
        zone = await self._zone(workspace)
        since, until = instants(period, zone)
        links = await self._links.list_links(
            workspace, LinkFilter(since=since, until=until), audience=audience
        )
        notes = await self._notes.list_notes(
            workspace, since=since, until=until, audience=audience
        )
        passages = await self._notes.list_note_passages(
            workspace, since=since, until=until, audience=audience
        )
        material = gather(period, zone, links=links, notes=notes, passages=passages)
        # Key phrases and central sentences of a long month take a second: not on the loop.
        digest = await asyncio.to_thread(
            compile_digest,
            material,
            style=style,
            language=language,
            say=self._texts.bind(language),
        )
        log.info("digest compiled", extra={"period": period.name, "links": len(links)})
        return digest

    async def render(self, digest: Digest) -> RenderedDigest:
        """Lay a digest out for documents and for chat; its chart is drawn once."""
        picture = b""
        if digest.chart and digest.chart.bars:
            picture = await asyncio.to_thread(self._charts.draw, digest.chart)
        say = self._texts.bind(digest.language)
        style = STYLES[digest.style]
        return RenderedDigest(
            document=style.write_document(digest, say, picture=picture),
            chat=style.write_chat(digest, say, picture=picture),
            picture=picture,
        )

    async def _zone(self, workspace: WorkspaceId) -> ZoneInfo:
        return ZoneInfo((await self._workspaces.get_settings(workspace)).zone)
