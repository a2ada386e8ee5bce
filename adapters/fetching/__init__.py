"""Saved links read over HTTP as if each were hostile. Heavy libraries load with the first page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from adapters.fetching.choosing import read_document
from adapters.fetching.guard import Resolver
from adapters.fetching.landing import landed_elsewhere
from adapters.fetching.pace import Pace
from adapters.fetching.quality import MAY_PASS
from adapters.fetching.reader import Reader
from adapters.fetching.readers import READERS
from adapters.fetching.readers.video_sites import find_video
from adapters.fetching.refusals import Refused, explain
from adapters.fetching.robots import Robots
from adapters.fetching.wanted import PAGES, Wanted
from adapters.fetching.web import Web
from adapters.parsing import Download, Parsers
from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.text.printable import one_line

if TYPE_CHECKING:
    from adapters.fetching.client import Limits

__all__ = ["HttpPageFetcher"]

Result = TypeVar("Result")


class HttpPageFetcher:
    """A `PageFetcher`. Close it: that closes its parsers, too, also those that it was given."""

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        readers: Sequence[Reader] = READERS,
        parsers: Parsers | None = None,
        proxy: str = "",
        contact: str = "",
        pace: Pace | None = None,
    ) -> None:
        self._web = Web(
            allow_hosts, limits=limits, resolve=resolve, proxy=proxy, contact=contact, pace=pace
        )
        self._readers = readers
        self._parsers = parsers or Parsers()
        self._robots = Robots(self._web, self._parsers)

    async def fetch(self, url: str, *, is_asked: bool = True) -> PageText:
        if not is_asked:
            await self._robots.wait(url)
        page = await self._fetch(url)
        # Shown in many places, whoever read it.
        return replace(
            page,
            title=one_line(page.title),
            author=one_line(page.author),
            site=one_line(page.site),
        )

    async def _fetch(self, url: str) -> PageText:
        if (reader := self._reader_of(url)) is not None:
            return await reader.read(url, self)
        download = await self._open(url)
        # Short addresses tell only at their end whose they are.
        if (reader := self._reader_of(download.url)) is not None:
            page = await reader.read(download.url, self)
            return replace(page, lasting_url=download.lasting_url)
        try:
            return await self._read(download, asked=url)
        except FetchFailed as failure:
            # There may be nothing in a page but a player.
            video = await find_video(download, self) if failure.reason == "empty" else None
            if video is None:
                raise
            return replace(video, lasting_url=download.lasting_url)

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, headers: Mapping[str, str] | None = None
    ) -> Download:
        return await self._web.download(url, wanted=wanted, headers=headers)

    async def read(self, url: str) -> PageText:
        return await self._read(await self._open(url), asked=url)

    async def _open(self, url: str) -> Download:
        """Download a page as it is; what is said with a refusal says why."""
        try:
            return await self._web.download(url)
        except Refused as refusal:
            raise await explain(refusal, self) from refusal

    def _reader_of(self, url: str) -> Reader | None:
        return next((each for each in self._readers if each.reads(url)), None)

    async def _read(self, download: Download, *, asked: str) -> PageText:
        if reason := landed_elsewhere(asked, download.url):
            raise FetchFailed(
                reason, may_pass=reason in MAY_PASS, detail=f"ended at {download.url}"
            )
        page = await self.parse(read_document, download)
        return replace(page, lasting_url=download.lasting_url)

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        return await self._parsers.parse(function, download)

    async def aclose(self) -> None:
        await self._web.aclose()
        await self._parsers.aclose()
