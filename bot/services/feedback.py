"""Use case: let the people of a channel say what they want more or less of in its digests."""

from __future__ import annotations

from datetime import datetime

from bot.domain.models import ChannelId, LinkId, LinkRecord, MemberId, WorkspaceId
from bot.domain.taste import Aspect, Taste, Vote, learn
from bot.domain.visibility import Audience
from bot.errors import UserError
from bot.ports import LinkStore, SignalStore


class FeedbackService:
    def __init__(self, links: LinkStore, signals: SignalStore) -> None:
        self._links = links
        self._signals = signals

    async def vote(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        link: LinkId,
        *,
        member: MemberId,
        is_liked: bool,
        at: datetime,
        audience: Audience,
    ) -> LinkRecord:
        """Keep what a member wants; it stands in for what they wanted of this link before.

        Raises:
            UserError: the link is gone, or this audience may not see it.

        """
        try:
            found = await self._links.get(workspace, link, audience=audience)
        except KeyError as error:
            raise UserError("feedback.gone") from error
        vote = Vote.on(found, by=member, is_liked=is_liked, at=at)
        await self._signals.vote(workspace, channel, vote)
        return found

    async def take_back(
        self, workspace: WorkspaceId, channel: ChannelId, link: LinkId, *, member: MemberId
    ) -> bool:
        return await self._signals.take_back(workspace, channel, member=member, link=link)

    async def learned(self, workspace: WorkspaceId, channel: ChannelId, *, at: datetime) -> Taste:
        return learn(await self._signals.list_votes(workspace, channel), at=at)

    async def forget(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        *,
        aspect: Aspect | None = None,
        name: str = "",
    ) -> None:
        """Let one topic, source or kind count as if nobody had voted on it; without one, all."""
        await self._signals.forget_votes(workspace, channel, aspect=aspect, name=name)
