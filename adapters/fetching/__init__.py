"""Saved links read over HTTP as if each were hostile. Heavy libraries load with the first page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.fetching.guard import AddressGuard, Resolver
from adapters.fetching.threads import run_in_own_thread
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.fetching.client import Download, Downloader, Limits

__all__ = ["HttpPageFetcher", "open_fetcher"]

_PARALLEL_DOWNLOADS = 4
_EXTRACTION_S = 15.0


class HttpPageFetcher:
    """A `PageFetcher`. Close it, or use `open_fetcher`."""

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
    ) -> None:
        self._guard = AddressGuard(allow_hosts, resolve=resolve)
        self._limits = limits
        self._downloader: Downloader | None = None
        self._may_download = asyncio.Semaphore(_PARALLEL_DOWNLOADS)
        self._may_extract = asyncio.Semaphore(1)  # each may need tens of megabytes

    async def fetch(self, url: str) -> PageText:
        async with self._may_download:
            download = await self._open_downloader().download(url)
        async with self._may_extract:
            return await _extract(download)

    async def aclose(self) -> None:
        if self._downloader is not None:
            await self._downloader.aclose()
            self._downloader = None

    def _open_downloader(self) -> Downloader:
        if self._downloader is None:
            from adapters.fetching.client import Downloader, Limits

            self._downloader = Downloader(self._guard, limits=self._limits or Limits())
        return self._downloader


@asynccontextmanager
async def open_fetcher(
    allow_hosts: Collection[str] = frozenset(),
    *,
    limits: Limits | None = None,
    resolve: Resolver | None = None,
) -> AsyncIterator[HttpPageFetcher]:
    fetcher = HttpPageFetcher(allow_hosts, limits=limits, resolve=resolve)
    try:
        yield fetcher
    finally:
        await fetcher.aclose()


async def _extract(download: Download) -> PageText:
    try:
        async with asyncio.timeout(_EXTRACTION_S):
            return await run_in_own_thread(lambda: _read_page(download))
    except TimeoutError as error:
        raise FetchFailed("too_large", detail="taking the page apart took too long") from error


def _read_page(download: Download) -> PageText:
    from adapters.fetching.article import read_article, read_plain_text
    from adapters.fetching.charsets import decode_text

    text = decode_text(download.body, download.charset)
    is_markup = download.content_type in {"text/html", "application/xhtml+xml"}
    return (read_article if is_markup else read_plain_text)(text, download.url)
