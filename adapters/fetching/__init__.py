"""Saved links read over HTTP as if each were hostile. Heavy libraries load with the first page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from adapters.fetching.guard import Resolver
from adapters.fetching.reader import Reader
from adapters.fetching.readers import READERS
from adapters.fetching.wanted import PAGES, Wanted
from adapters.fetching.web import Web
from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.threads import run_in_own_thread

if TYPE_CHECKING:
    from adapters.fetching.client import Download, Limits

__all__ = ["HttpPageFetcher"]

_EXTRACTION_S = 15.0

Result = TypeVar("Result")


class HttpPageFetcher:
    """A `PageFetcher`. Close it."""

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        readers: Sequence[Reader] = READERS,
    ) -> None:
        self._web = Web(allow_hosts, limits=limits, resolve=resolve)
        self._readers = readers
        self._may_extract = asyncio.Semaphore(1)  # each may need tens of megabytes

    async def fetch(self, url: str) -> PageText:
        for reader in self._readers:
            if reader.reads(url):
                return await reader.read(url, self)
        return await self.read(url)

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, headers: Mapping[str, str] | None = None
    ) -> Download:
        del headers
        return await self._web.download(url, wanted=wanted)

    async def read(self, url: str) -> PageText:
        return await self.parse(_read_page, await self._web.download(url))

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        async with self._may_extract:
            try:
                async with asyncio.timeout(_EXTRACTION_S):
                    return await run_in_own_thread(lambda: function(download))
            except TimeoutError as error:
                raise FetchFailed("too_large", detail="taking it apart took too long") from error

    async def aclose(self) -> None:
        await self._web.aclose()


def _read_page(download: Download) -> PageText:
    from adapters.fetching.article import read_article, read_plain_text
    from adapters.fetching.charsets import decode_text

    text = decode_text(download.body, download.charset)
    is_markup = download.content_type in {"text/html", "application/xhtml+xml"}
    return (read_article if is_markup else read_plain_text)(text, download.url)
