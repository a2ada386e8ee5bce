"""The port `FeedStore` in memory, for services that follow feeds."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.feeds import Feed
from bot.domain.models import WorkspaceId


class MemoryFeeds:
    def __init__(self) -> None:
        self._feeds: dict[str, Feed] = {}
        self._known: dict[str, set[str]] = {}

    async def add(self, feed: Feed, *, known: Collection[str]) -> bool:
        if feed.id in self._feeds or any(
            (each.workspace, each.place.channel, each.url)
            == (feed.workspace, feed.place.channel, feed.url)
            for each in self._feeds.values()
        ):
            return False
        self._feeds[feed.id] = feed
        self._known[feed.id] = set(known)
        return True

    async def list_feeds(self, workspace: WorkspaceId) -> Sequence[Feed]:
        found = [each for each in self._feeds.values() if each.workspace == workspace]
        return sorted(found, key=lambda feed: feed.made_at)

    async def list_due(self, at: datetime, *, limit: int) -> Sequence[Feed]:
        due = [each for each in self._feeds.values() if each.due_at <= at]
        return sorted(due, key=lambda feed: feed.due_at)[:limit]

    async def find_known(self, feed: Feed, keys: Collection[str]) -> frozenset[str]:
        return frozenset(self._known[feed.id] & set(keys))

    async def change(self, feed: Feed, *, known: Collection[str] = ()) -> None:
        if feed.id in self._feeds:
            self._feeds[feed.id] = replace(feed)
            self._known[feed.id] |= set(known)

    async def remove(self, workspace: WorkspaceId, feed: str) -> bool:
        del workspace
        return self._feeds.pop(feed, None) is not None
