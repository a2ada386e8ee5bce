"""Feeds in memory: documents by address; an unknown address is one that is not there."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.feeds import Feed, FeedDocument, FeedEntry
from bot.errors import FetchFailed


@dataclass
class FakeFeedReader:
    """`named` are the feeds that pages name; `fails` are raised for as long as they are there."""

    documents: dict[str, FeedDocument] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    fails: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def publish(self, url: str, *entries: str, title: str = "A blog", etag: str = "") -> str:
        """Let the feed hold these addresses, the newest first."""
        found = tuple(FeedEntry(each, title=each.rpartition("/")[2]) for each in entries)
        self.documents[url] = FeedDocument(url, title, found, etag=etag)
        return url

    async def find(self, address: str) -> FeedDocument:
        return self._read(self.named.get(address, address))

    async def read(self, feed: Feed) -> FeedDocument | None:
        document = self._read(feed.url)
        return None if feed.etag and feed.etag == document.etag else document

    def _read(self, url: str) -> FeedDocument:
        self.asked.append(url)
        if url in self.fails:
            raise self.fails[url]
        if url not in self.documents:
            raise FetchFailed("not_found")
        return self.documents[url]
