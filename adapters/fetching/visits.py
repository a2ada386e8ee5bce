"""One page, from the address that somebody saved to what it says: by its reader, or as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from adapters.fetching.choosing import read_document
from adapters.fetching.hosts import Caller
from adapters.fetching.landing import landed_elsewhere
from adapters.fetching.quality import MAY_PASS
from adapters.fetching.reader import Reader
from adapters.fetching.readers.video_sites import find_video
from adapters.fetching.refusals import Refused, explain
from adapters.fetching.wanted import PAGES, Wanted
from adapters.fetching.web import Web
from adapters.parsing import Download, Parsers
from bot.domain.models import PageText
from bot.errors import FetchFailed

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Visit:
    """The `Tools` of readers, for one caller."""

    web: Web
    parsers: Parsers
    readers: Sequence[Reader]
    caller: Caller

    async def make(self, url: str) -> PageText:
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
        return await self.web.download(url, wanted=wanted, headers=headers, caller=self.caller)

    async def read(self, url: str) -> PageText:
        return await self._read(await self._open(url), asked=url)

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        return await self.parsers.parse(function, download)

    async def _open(self, url: str) -> Download:
        """Download a page as it is; what is said with a refusal says why."""
        try:
            return await self.download(url)
        except Refused as refusal:
            raise await explain(refusal, self) from refusal

    def _reader_of(self, url: str) -> Reader | None:
        return next((each for each in self.readers if each.reads(url)), None)

    async def _read(self, download: Download, *, asked: str) -> PageText:
        if reason := landed_elsewhere(asked, download.url):
            raise FetchFailed(
                reason, may_pass=reason in MAY_PASS, detail=f"ended at {download.url}"
            )
        page = await self.parse(read_document, download)
        return replace(page, lasting_url=download.lasting_url)
