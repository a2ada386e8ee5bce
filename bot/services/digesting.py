"""Use case: compile what a workspace saved in a period into a digest, and lay it out."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.domain.compiling import compile_digest
from bot.domain.digests import Digest, Period, Style
from bot.domain.material import (
    Group,
    Material,
    Reach,
    count_groups,
    gather,
    instants,
    reach_before,
)
from bot.domain.models import ChannelId, LinkFilter, LinkId, LinkRecord, NotePassage, WorkspaceId
from bot.domain.selection import HIGHLIGHTS
from bot.domain.signals import Signals
from bot.domain.styles import STYLES
from bot.domain.styles.details import why_blocks
from bot.domain.taste import Vote, learn
from bot.domain.visibility import Audience
from bot.domain.writing import Progress, in_language
from bot.ports import LinkStore, NoteStore, SignalStore
from bot.posts import Block, Post
from bot.texts import Texts

if TYPE_CHECKING:
    from bot.services.embedding import EmbeddingService
    from bot.services.writing import WritingService

log = logging.getLogger(__name__)

# At nine on Monday many channels get the same digest, a workspace's one after the other; and who
# asks for a long month often asks again. Two kilobytes a link, or so.
KEPT = 8
KEPT_LINKS = 5_000  # of all that are kept
# What a model says of what we could not place may bring others to the top; once, not for ever.
_ROUNDS = 2


class DigestingService:
    def __init__(
        self,
        links: LinkStore,
        notes: NoteStore,
        signals: SignalStore,
        *,
        texts: Texts,
        writing: WritingService | None = None,
        embedding: EmbeddingService | None = None,
    ) -> None:
        self._embedding = embedding
        self._writing = writing
        self._links = links
        self._signals = signals
        self._notes = notes
        self._texts = texts
        self._kept: OrderedDict[str, Digest] = OrderedDict()

    async def compile(
        self,
        workspace: WorkspaceId,
        period: Period,
        *,
        style: Style,
        language: str,
        zone: ZoneInfo,
        audience: Audience,
        reach: Reach | None = None,
        highlights: int = HIGHLIGHTS,
        channel: ChannelId | None = None,
        is_written: bool = True,
        progress: Progress | None = None,
        next_step: str = "digest.next_step",
    ) -> Digest:
        """Return the digest of what this audience may see; one without links says why.

        `zone` is the calendar by which the period starts and ends; with a `reach`, that says what
        is told, and the period only what people call it. `channel`: whose taste counts.
        `is_written`: a language model may be asked, if there is one. That takes a while;
        `progress` says how far it is. `next_step`: the sentence on what to do about an empty one.
        """

        async def compile_now() -> tuple[Digest, Material]:
            material = await self._gather(
                workspace,
                period,
                zone=zone,
                audience=audience,
                reach=reach,
                highlights=highlights,
                channel=channel,
            )
            told = tuple(in_language(link, language) for link in material.links)
            material = replace(material, links=told)
            return await self._make(material, style=style, language=language), material

        digest, material = await compile_now()
        if digest.is_empty:
            if reach is None:
                digest = await self._name_nearest(workspace, digest, zone=zone, audience=audience)
            hint = self._texts.get(language, next_step)
            return replace(digest, reason=f"{digest.reason} {hint}")
        if self._writing is None or not is_written or not material.links:
            return digest
        errand = self._writing.begin(
            workspace, period, style=style, language=language, progress=progress
        )
        asked: set[LinkId] = set()
        for _ in range(_ROUNDS):
            unwritten = self._writing.unwritten(digest, material.links, but=asked)
            if not unwritten or errand.is_over:
                break
            asked.update(link.id for link in unwritten)
            await self._writing.read(errand, unwritten, language=language)
            # As it is kept, so that the next one is the same: kinds and topics of people stand.
            digest, material = await compile_now()
        return await self._writing.tell(errand, digest)

    async def _name_nearest(
        self, workspace: WorkspaceId, digest: Digest, *, zone: ZoneInfo, audience: Audience
    ) -> Digest:
        """Say on which days beside the period something was saved, the nearest first."""
        since, until = instants(digest.period, zone)
        say = self._texts.bind(digest.language)
        near: list[tuple[timedelta, str]] = []
        for key, saved in (
            ("digest.near_before", await self._last_before(workspace, since, audience)),
            ("digest.near_after", await self._first_since(workspace, until, audience)),
        ):
            if saved is not None:
                away = since - saved if saved < since else saved - until
                near.append((away, say(key, day=f"{saved.astimezone(zone):%Y-%m-%d}")))
        said = (sentence for _, sentence in sorted(near))
        return replace(digest, reason=" ".join((digest.reason, *said)))

    async def _last_before(
        self, workspace: WorkspaceId, until: datetime | None, audience: Audience
    ) -> datetime | None:
        which = LinkFilter(until=until, limit=1)
        links = await self._links.list_links(workspace, which, audience=audience)
        saves = [save.saved_at for link in links for save in link.saves]
        return max((each for each in saves if not until or each < until), default=None)

    async def _first_since(
        self, workspace: WorkspaceId, since: datetime, audience: Audience
    ) -> datetime | None:
        last = await self._last_before(workspace, None, audience)
        if last is None or last < since:
            return None
        # Links are listed newest first: a growing window finds the oldest and reads few.
        begin, length = since, timedelta(days=1)
        while begin <= last:
            end = begin + min(length, last + timedelta(days=1) - begin)
            which = LinkFilter(since=begin, until=end)
            links = await self._links.list_links(workspace, which, audience=audience)
            saves = [save.saved_at for link in links for save in link.saves]
            if found := [each for each in saves if begin <= each < end]:
                return min(found)
            begin, length = end, 2 * length
        return None

    async def _gather(
        self,
        workspace: WorkspaceId,
        period: Period,
        *,
        zone: ZoneInfo,
        audience: Audience,
        reach: Reach | None,
        highlights: int,
        channel: ChannelId | None,
    ) -> Material:
        since, until = (reach.begin, reach.until) if reach else instants(period, zone)
        which = LinkFilter(since=since, until=until)
        links = await self._links.list_links(workspace, which, audience=audience)
        noted_since = reach.since if reach else since
        notes = await self._notes.list_notes(
            workspace, since=noted_since, until=until, audience=audience
        )
        passages: Sequence[NotePassage] = ()
        if notes:
            passages = await self._notes.list_note_passages(
                workspace, since=noted_since, until=until, audience=audience
            )
        material = gather(
            period,
            zone,
            links=links,
            notes=notes,
            passages=passages,
            reach=reach,
            highlights=highlights,
        )
        signals = await self._hear(
            workspace, material.links, since=since, until=until, channel=channel
        )
        material = replace(material, signals=signals)
        if self._embedding is not None:
            ids = [link.id for link in material.links]
            alike = await self._embedding.find_alike(workspace, ids, audience=audience)
            material = replace(material, alike=alike)
        compared = reach_before(period, zone, reach)
        if compared is not None and material.links:
            before = await self._count_before(
                workspace, period, compared, zone=zone, audience=audience
            )
            material = replace(material, before=before)
        return material

    async def _hear(
        self,
        workspace: WorkspaceId,
        links: Sequence[LinkRecord],
        *,
        since: datetime,
        until: datetime,
        channel: ChannelId | None,
    ) -> Signals:
        """Return what people said of these links, and what those of the channel like by then."""
        responses = await self._signals.list_responses(workspace, since=since, until=until)
        seen = {save.message for link in links for save in link.saves}
        votes: Sequence[Vote] = ()
        if channel is not None:
            votes = await self._signals.list_votes(workspace, channel, until=until)
        return Signals(
            tuple(each for each in responses if each.message in seen), learn(votes, at=until)
        )

    async def _count_before(
        self,
        workspace: WorkspaceId,
        period: Period,
        reach: Reach,
        *,
        zone: ZoneInfo,
        audience: Audience,
    ) -> tuple[tuple[Group, int], ...]:
        """Count the links of the time before by group, as this audience sees them."""
        which = LinkFilter(since=reach.since, until=reach.until)
        links = await self._links.list_links(workspace, which, audience=audience)
        return count_groups(gather(period, zone, links=links, reach=reach).links)

    async def _make(self, material: Material, *, style: Style, language: str) -> Digest:
        key = await asyncio.to_thread(_fingerprint, material, style, language)
        if (kept := self._kept.get(key)) is not None:
            self._kept.move_to_end(key)
            return kept
        say = self._texts.bind(language)
        # Key phrases and central sentences of a long month take a while: not on the loop.
        digest = await asyncio.to_thread(
            compile_digest, material, style=style, language=language, say=say
        )
        log.info(
            "digest compiled",
            extra={
                "period": material.period.name,
                "style": str(style),
                "links": len(material.links),
            },
        )
        self._keep(key, digest)
        return digest

    def _keep(self, key: str, digest: Digest) -> None:
        self._kept[key] = digest
        while len(self._kept) > KEPT or self._count_kept() > KEPT_LINKS:
            self._kept.popitem(last=False)

    def _count_kept(self) -> int:
        return sum(len(digest.links) for digest in self._kept.values())

    def document(self, digest: Digest, *, picture: bytes = b"") -> Post:
        """Return the whole digest in one post; `picture` is its chart as PNG."""
        say = self._texts.bind(digest.language)
        return STYLES[digest.style].write_document(digest, say, picture=picture)

    def explanation(self, digest: Digest) -> tuple[Block, ...]:
        """Return why each highlight is in, and why others just missed."""
        return why_blocks(digest, self._texts.bind(digest.language), has_buttons=False)

    def chat(self, digest: Digest, *, picture: bytes = b"") -> Post:
        """Return a head post with chart and highlights, and in its thread the rest."""
        say = self._texts.bind(digest.language)
        return STYLES[digest.style].write_chat(digest, say, picture=picture)


def _fingerprint(material: Material, style: Style, language: str) -> str:
    """Return what is the same for equal material alone: it is long, and not to be kept."""
    return hashlib.sha256(repr((material, style, language)).encode("utf-8", "replace")).hexdigest()
