"""Feeds read over HTTP: RSS and Atom by feedparser, JSON Feed, and the feed that a page names."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import TYPE_CHECKING

from adapters.fetching.feed_documents import find_alternate, read_feed
from adapters.fetching.guard import Resolver
from adapters.fetching.wanted import UNKNOWN, Version, Wanted
from adapters.fetching.web import Web
from adapters.parsing import Download, Parsers
from bot.domain.feeds import Feed, FeedDocument
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.fetching.client import Limits

# Servers call feeds almost anything: what it is, its first words say.
FEEDS = Wanted(
    "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,"
    "text/xml;q=0.9,application/json;q=0.8,text/html;q=0.7,*/*;q=0.1",
    re.compile(r"text/[\w.+-]+|application/(octet-stream|([\w.-]+[+-])?(xml|json))"),
)

# What is wrong with a page is said of feeds in fewer words.
_REASONS = {"unsupported_type": "not_a_feed", "empty": "not_a_feed"}


class HttpFeedReader:
    """A `FeedReader`. Close it: that closes its parsers, too, also those that it was given."""

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        parsers: Parsers | None = None,
        proxy: str = "",
        contact: str = "",
    ) -> None:
        self._web = Web(allow_hosts, limits=limits, resolve=resolve, proxy=proxy, contact=contact)
        self._parsers = parsers or Parsers()

    async def find(self, address: str) -> FeedDocument:
        download = await self._download(address, UNKNOWN)
        document = await self._parsers.parse(read_feed, download)
        if document is not None:
            return document
        named = await self._parsers.parse(find_alternate, download)
        if named is None:
            raise FetchFailed("not_a_feed", detail="no feed, and a page that names none")
        return await self._expect_feed(await self._download(named, UNKNOWN))

    async def read(self, feed: Feed) -> FeedDocument | None:
        known = Version(feed.etag, feed.last_modified)
        download = await self._download(feed.url, known)
        return None if download.is_same else await self._expect_feed(download)

    async def aclose(self) -> None:
        await self._web.aclose()
        await self._parsers.aclose()

    async def _download(self, url: str, known: Version) -> Download:
        try:
            return await self._web.download(url, wanted=FEEDS, known=known)
        except FetchFailed as failure:
            reason = _REASONS.get(failure.reason, failure.reason)
            raise FetchFailed(reason, may_pass=failure.may_pass, detail=str(failure)) from failure

    async def _expect_feed(self, download: Download) -> FeedDocument:
        document = await self._parsers.parse(read_feed, download)
        if document is None:
            raise FetchFailed("not_a_feed", detail="no RSS, Atom or JSON Feed")
        return document
