"""What people say of links beyond saving them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.models import ChannelId, LinkId, MemberId, WorkspaceId
from bot.domain.signals import Response
from bot.domain.taste import Aspect, Vote


class SignalStore(Protocol):
    """Reactions and replies, as the inbox was told of them, and the votes of each channel."""

    async def list_responses(
        self, workspace: WorkspaceId, *, since: datetime, until: datetime
    ) -> Sequence[Response]:
        """Return how people responded to messages that links were saved from in this time.

        What they did after it is not counted, nor what they took back. In no order that matters,
        and always the same.
        """

    async def vote(self, workspace: WorkspaceId, channel: ChannelId, vote: Vote) -> bool:
        """Keep it in place of what the member said of that link in that channel before.

        False, and nothing changes, where they said something later, or the link is gone.
        """

    async def take_back(
        self, workspace: WorkspaceId, channel: ChannelId, *, member: MemberId, link: LinkId
    ) -> bool:
        """Drop a member's vote; False if there was none."""

    async def list_votes(
        self, workspace: WorkspaceId, channel: ChannelId, *, until: datetime | None = None
    ) -> Sequence[Vote]:
        """Return those of before then, oldest first, ties by member and link."""

    async def list_all_votes(self, workspace: WorkspaceId) -> Mapping[ChannelId, Sequence[Vote]]:
        """Return those of each channel that has any, in the order of `list_votes`."""

    async def forget_votes(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        *,
        aspect: Aspect | None = None,
        name: str = "",
    ) -> int:
        """Let votes no more count for this topic, source or kind; without one, drop them all.

        Return how many counted. Digests that nobody has seen yet are compiled anew.
        """
