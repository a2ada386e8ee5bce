"""Feeds read over HTTP: RSS, Atom, JSON Feed, and the feed of a site whose page is given."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.fetching.feed_addresses import find_named, known_feeds, usual_feeds
from adapters.fetching.feed_documents import read_feed
from adapters.fetching.guard import Resolver
from adapters.fetching.hosts import Caller, Hosts
from adapters.fetching.robots import Robots
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
    """A `FeedReader`. Close it: that closes its parsers, too, also those that it was given.

    What a member named, or the page that they named, is fetched for them, as feed readers do;
    robots.txt asks programs that find addresses by themselves (RFC 9309): it holds for guesses,
    and for the pages that feeds bring.
    """

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        parsers: Parsers | None = None,
        proxy: str = "",
        contact: str = "",
        hosts: Hosts | None = None,
        known: Callable[[str], Sequence[str]] = known_feeds,
    ) -> None:
        """`known`: where the feeds of sites are that we know, by the address of a page."""
        self._web = Web(
            allow_hosts, limits=limits, resolve=resolve, proxy=proxy, contact=contact, hosts=hosts
        )
        self._parsers = parsers or Parsers()
        self._robots = Robots(self._web, self._parsers)
        self._known = known

    async def find(self, address: str) -> FeedDocument:
        caller = Caller()
        with caller.told_as_failure():
            return await self._find(address, caller)

    async def _find(self, address: str, caller: Caller) -> FeedDocument:
        """Try what is known of the site, what is there, what that names, then the usual places."""
        document = await self._first_of(self._known(address), self._download, caller)
        if document is not None:
            return document
        download = await self._download(address, caller)
        document = await self._parsers.parse(read_feed, download)
        if document is not None:
            return document
        named = await self._parsers.parse(find_named, download)
        if named:
            document = await self._expect_feed(await self._download(named[0], caller))
            return replace(document, others=tuple(named[1:]))
        document = await self._first_of(usual_feeds(download.url), self._guess, caller)
        if document is None:
            raise FetchFailed("not_a_feed", detail="no feed, and a page that names none")
        return document

    async def read(self, feed: Feed) -> FeedDocument | None:
        known = Version(feed.etag, feed.last_modified)
        caller = Caller(feed.id, looks_on=False, key=feed.id)
        with caller.told_as_failure():
            download = await self._download(feed.url, caller, known)
        return None if download.is_same else await self._expect_feed(download)

    async def aclose(self) -> None:
        await self._web.aclose()
        await self._parsers.aclose()

    async def _first_of(
        self,
        urls: Sequence[str],
        get: Callable[[str, Caller], Awaitable[Download]],
        caller: Caller,
    ) -> FeedDocument | None:
        """Return the first that is a feed; that there is none at some of them is no news.

        Raises:
            FetchFailed: `robots`, if there is none where it may be looked for.

        """
        forbidden = None
        for url in urls:
            try:
                return await self._expect_feed(await get(url, caller))
            except FetchFailed as failure:
                forbidden = failure if failure.reason == "robots" else forbidden
                if failure.may_pass:  # the others would keep whoever waits as long
                    break
        if forbidden is not None:
            raise forbidden
        return None

    async def _guess(self, url: str, caller: Caller) -> Download:
        await self._robots.check(url, caller)
        download = await self._download(url, caller)
        if urlsplit(download.url).netloc != urlsplit(url).netloc:
            await self._robots.check(download.url, caller)
        return download

    async def _download(self, url: str, caller: Caller, known: Version = UNKNOWN) -> Download:
        try:
            return await self._web.download(url, wanted=FEEDS, known=known, caller=caller)
        except FetchFailed as failure:
            reason = _REASONS.get(failure.reason, failure.reason)
            raise FetchFailed(
                reason,
                may_pass=failure.may_pass,
                retry_after_s=failure.retry_after_s,
                detail=str(failure),
            ) from failure

    async def _expect_feed(self, download: Download) -> FeedDocument:
        document = await self._parsers.parse(read_feed, download)
        if document is None:
            raise FetchFailed("not_a_feed", detail="no RSS, Atom or JSON Feed")
        return document
