"""What digests are made of, in memory: only what they ask of the stores of links and notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.digests import Chart
from bot.domain.models import (
    ChannelId,
    LinkFilter,
    LinkId,
    LinkRecord,
    MemberId,
    NotePassage,
    NoteRecord,
    WorkspaceId,
)
from bot.domain.signals import Response
from bot.domain.taste import Aspect, Vote
from bot.domain.visibility import Audience, is_visible
from bot.ports import SignalStore


@dataclass
class FakeLinks:
    kept: list[LinkRecord] = field(default_factory=list)
    asked: int = 0

    async def list_links(
        self, workspace: WorkspaceId, which: LinkFilter, *, audience: Audience
    ) -> Sequence[LinkRecord]:
        self.asked += 1
        return [
            link
            for link in self.kept
            if any(
                is_visible(save.place, save.member, audience=audience)
                and (which.since is None or which.since <= save.saved_at)
                and (which.until is None or save.saved_at < which.until)
                for save in link.saves
            )
        ]


@dataclass
class FakeNotes:
    async def list_notes(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NoteRecord]:
        return []

    async def list_note_passages(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NotePassage]:
        return []


@dataclass
class FakeSignals(SignalStore):
    """Only what digests ask of it."""

    responses: list[Response] = field(default_factory=list)
    votes: dict[ChannelId, list[Vote]] = field(default_factory=dict)

    async def list_responses(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime
    ) -> Sequence[Response]:
        return self.responses

    async def list_votes(
        self, workspace: WorkspaceId, channel: ChannelId, *, until: datetime | None = None
    ) -> Sequence[Vote]:
        kept = self.votes.get(channel, [])
        return [vote for vote in kept if until is None or vote.at < until]

    async def list_all_votes(self, workspace: WorkspaceId) -> Mapping[ChannelId, Sequence[Vote]]:
        return self.votes

    async def vote(self, workspace: WorkspaceId, channel: ChannelId, vote: Vote) -> bool:
        self.votes.setdefault(channel, []).append(vote)
        return True

    async def take_back(
        self, workspace: WorkspaceId, channel: ChannelId, *, member: MemberId, link: LinkId
    ) -> bool:
        raise NotImplementedError

    async def forget_votes(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        *,
        aspect: Aspect | None = None,
        name: str = "",
    ) -> int:
        raise NotImplementedError


@dataclass
class FakeCharts:
    drawn: list[Chart] = field(default_factory=list)

    def draw(self, chart: Chart) -> bytes:
        self.drawn.append(chart)
        return b"PNG"
