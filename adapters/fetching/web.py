"""The web as its readers see it: some downloads at a time. httpx loads with the first."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import TYPE_CHECKING

from adapters.fetching.guard import AddressGuard, Resolver
from adapters.fetching.wanted import PAGES, UNKNOWN, Version, Wanted

if TYPE_CHECKING:
    from adapters.fetching.client import Download, Downloader, Limits

# More than are read in the background at once: slow sites must leave room for who looks on.
_PARALLEL_DOWNLOADS = 12


class Web:
    """Opens public addresses, and the inside hosts that are allowed. Close it."""

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

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, known: Version = UNKNOWN
    ) -> Download:
        """Do as `Downloader.download`, when it is this one's turn."""
        async with self._may_download:
            return await self._open_downloader().download(url, wanted=wanted, known=known)

    async def aclose(self) -> None:
        if self._downloader is not None:
            await self._downloader.aclose()
            self._downloader = None

    def _open_downloader(self) -> Downloader:
        if self._downloader is None:
            from adapters.fetching.client import Downloader, Limits

            self._downloader = Downloader(self._guard, limits=self._limits or Limits())
        return self._downloader
