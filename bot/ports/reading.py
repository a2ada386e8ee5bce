"""What reads and writes documents: pages, feeds, archives, digests, charts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.archives import Archive
from bot.domain.digests import Chart, Digest, DigestFormat
from bot.domain.feeds import Feed, FeedDocument
from bot.domain.models import PageText
from bot.posts import Post


class Clock(Protocol):
    def now(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Asker:
    """For whom a page is read.

    `member`: what many of them want of one site is read in turns. `looks_on`: they wait for it,
    else it comes when nobody is kept waiting. `is_asked`: a person wants this very page; else
    what the site asks of programs that come by themselves holds.
    """

    member: str = ""
    looks_on: bool = True
    is_asked: bool = True


SOMEBODY = Asker()


class PageFetcher(Protocol):
    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        """Read the page at an address as if it were hostile.

        Raises:
            FetchFailed: with the reason that people read: `robots` where programs may not come by
                themselves. `was_asked` is false if it was not its turn yet.

        """


class FeedReader(Protocol):
    """Reads feeds as if each were hostile. Reasons are keys of table `feeds.trouble`."""

    async def find(self, address: str) -> FeedDocument:
        """Read the feed at an address, or the one that the page there names.

        Raises:
            FetchFailed: `not_a_feed` if there is neither.

        """

    async def read(self, feed: Feed) -> FeedDocument | None:
        """Read a feed; None if nothing changed since it was read last.

        Raises:
            FetchFailed: with the reason that people read. `was_asked` is false if it was not its
                turn yet.

        """


class ArchiveReader(Protocol):
    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        """Recognise a document's form and return what is in it. Pure, may take seconds.

        Raises:
            UserError: the document is of no known form, binary, empty or too large.

        """


class ChartDrawer(Protocol):
    def draw(self, chart: Chart) -> bytes:
        """Return a PNG, the same for the same chart. Takes about 100 ms: call it in a thread."""


class DigestWriter(Protocol):
    def write(self, digest: Digest, post: Post, *, form: DigestFormat) -> str:
        """Return the whole document in one format, the same text for the same digest."""
