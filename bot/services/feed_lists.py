"""Use case: somebody's list of feeds, from another reader, is followed here. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.archives import ArchiveFeed
from bot.domain.feeds import FEEDS_LIMIT, Feed, feed_id
from bot.domain.models import MemberId, Place, WorkspaceId
from bot.domain.urls import canonicalise
from bot.ports import Clock, FeedStore


@dataclass(frozen=True, slots=True)
class FollowedList:
    """How many of a list are followed now, were already, and are too many for a workspace."""

    new: int = 0
    known: int = 0
    too_many: int = 0


class FeedLists:
    def __init__(self, feeds: FeedStore, *, clock: Clock) -> None:
        self._feeds = feeds
        self._clock = clock

    async def follow(
        self,
        workspace: WorkspaceId,
        listed: Sequence[ArchiveFeed],
        *,
        place: Place,
        member: MemberId,
        member_name: str,
    ) -> FollowedList:
        """Follow them, as far as there is room; they are read when the poller comes round.

        What a feed has when it is first read counts as known; what is wrong with one is told then.
        """
        if not listed:
            return FollowedList()
        followed = await self._feeds.list_feeds(workspace)
        known = {canonicalise(feed.url) for feed in followed}
        new = {canonicalise(each.url): each for each in listed}
        wanted = [(key, each) for key, each in new.items() if key not in known]
        room = max(0, FEEDS_LIMIT - len(followed))
        now = self._clock.now()
        for key, each in wanted[:room]:
            feed = Feed(
                id=feed_id(f"list:{workspace}:{place.channel}:{key}"),
                workspace=workspace,
                place=place,
                url=each.url,
                title=each.title or each.url,
                made_by=member,
                made_by_name=member_name,
                made_at=now,
                due_at=now,
            )
            await self._feeds.add(feed, known=())
        added = len(wanted[:room])
        return FollowedList(added, len(new) - len(wanted), len(wanted) - added)
