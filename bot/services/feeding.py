"""Use case: follow feeds. What they bring is saved by `bot.services.polling`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.feeds import EVERY, FEEDS_LIMIT, Feed, FeedDocument, all_keys, feed_id
from bot.domain.models import MemberId, Place, WorkspaceId
from bot.domain.urls import InvalidUrl, canonicalise, find_urls
from bot.domain.visibility import Audience, is_visible
from bot.errors import FetchFailed, UserError
from bot.ports import Clock, FeedReader, FeedStore


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a feed, where: `event` is the same when it is handled again."""

    event: str
    workspace: WorkspaceId
    place: Place
    member: MemberId
    member_name: str


@dataclass(frozen=True, slots=True)
class AddedFeed:
    """`entries`: how many it has today. They are known now, and not saved.

    `others`: feeds that the same page names and that are not followed by this.
    """

    feed: Feed
    entries: int
    others: tuple[str, ...] = ()


class FeedingService:
    def __init__(self, feeds: FeedStore, reader: FeedReader, *, clock: Clock) -> None:
        self._feeds = feeds
        self._reader = reader
        self._clock = clock

    async def add(self, asked: Asked, address: str, *, audience: Audience) -> AddedFeed:
        """Follow the feed at an address, or the one that the page there names.

        Raises:
            UserError: it is no feed, cannot be read, is followed already, or is one too many.

        """
        url = next(iter(find_urls(address)), "")
        if not url:
            raise UserError("feeds.no_address")
        id_ = feed_id(asked.event)
        others = [each for each in await self._feeds.list_feeds(asked.workspace) if each.id != id_]
        if len(others) >= FEEDS_LIMIT:
            raise UserError("feeds.too_many", limit=FEEDS_LIMIT)
        seen = [each for each in others if _is_seen(each, audience)]
        _refuse_known(seen, url)
        document = await self._find(url)
        _refuse_known(seen, document.url)
        feed = self._make(id_, asked, document)
        if not await self._feeds.add(feed, known=all_keys(document.entries)):
            # Two at once; or this very event again after a crash, whose feed is there already.
            now = await self._feeds.list_feeds(asked.workspace)
            here = [each for each in now if each.place.channel == feed.place.channel]
            _refuse_known([each for each in here if each.id != id_], document.url)
        return AddedFeed(feed, len(document.entries), document.others)

    async def list_feeds(self, workspace: WorkspaceId, *, audience: Audience) -> list[Feed]:
        """Return what this audience may know of, oldest first."""
        return [
            each for each in await self._feeds.list_feeds(workspace) if _is_seen(each, audience)
        ]

    async def remove(self, workspace: WorkspaceId, which: str, *, audience: Audience) -> Feed:
        """Follow a feed no longer: by its number in the list, its address or its id.

        Raises:
            UserError: there is no such feed in the list.

        """
        feeds = await self.list_feeds(workspace, audience=audience)
        feed = _find(feeds, which.strip())
        if feed is None:
            raise UserError("feeds.no_such", which=which)
        await self._feeds.remove(workspace, feed.id)
        return feed

    async def _find(self, url: str) -> FeedDocument:
        try:
            return await self._reader.find(url)
        except FetchFailed as failure:
            raise UserError(f"feeds.trouble.{failure.reason}") from failure

    def _make(self, id_: str, asked: Asked, document: FeedDocument) -> Feed:
        now = self._clock.now()
        return Feed(
            id=id_,
            workspace=asked.workspace,
            place=asked.place,
            url=document.url,
            title=document.title,
            site=document.site,
            made_by=asked.member,
            made_by_name=asked.member_name,
            made_at=now,
            due_at=now + EVERY,
            etag=document.etag,
            last_modified=document.last_modified,
            checked_at=now,
        )


def _is_seen(feed: Feed, audience: Audience) -> bool:
    return is_visible(feed.place, feed.made_by, audience=audience)


def _refuse_known(feeds: Sequence[Feed], url: str) -> None:
    for feed in feeds:
        if _same(feed.url, url):
            raise UserError("feeds.known", title=feed.title, name=feed.made_by_name)


def _find(feeds: Sequence[Feed], which: str) -> Feed | None:
    if which.isdecimal() and 0 < int(which) <= len(feeds):
        return feeds[int(which) - 1]
    urls = find_urls(which)
    for feed in feeds:
        if which == feed.id or any(_same(url, feed.url) or _same(url, feed.site) for url in urls):
            return feed
    return None


def _same(one: str, other: str) -> bool:
    try:
        return canonicalise(one) == canonicalise(other)
    except InvalidUrl:
        return False
