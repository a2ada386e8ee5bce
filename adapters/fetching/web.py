"""The web as its readers see it: some downloads at a time. httpx loads with the first."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from adapters.fetching.guard import AddressGuard, Resolver
from adapters.fetching.wanted import PAGES, UNKNOWN, Version, Wanted

if TYPE_CHECKING:
    from adapters.fetching.client import Download, Downloader, Limits

# More than are read in the background at once: slow sites must leave room for who looks on.
_PARALLEL_DOWNLOADS = 12


class Web:
    """Opens public addresses, and the inside hosts that are allowed. Close it.

    `proxy`: the address of one to ask, "" for none. `contact`: see `user_agent`.
    """

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        proxy: str = "",
        contact: str = "",
    ) -> None:
        self._guard = AddressGuard(allow_hosts, resolve=resolve, leaves_names=bool(proxy))
        self._proxy = proxy
        self._contact = contact
        self._limits = limits
        self._downloader: Downloader | None = None
        self._may_download = asyncio.Semaphore(_PARALLEL_DOWNLOADS)

    async def download(
        self,
        url: str,
        *,
        wanted: Wanted = PAGES,
        known: Version = UNKNOWN,
        headers: Mapping[str, str] | None = None,
    ) -> Download:
        """Do as `Downloader.download`, when it is this one's turn."""
        async with self._may_download:
            return await self._open_downloader().download(
                url, wanted=wanted, known=known, headers=headers
            )

    async def aclose(self) -> None:
        if self._downloader is not None:
            await self._downloader.aclose()
            self._downloader = None

    def _open_downloader(self) -> Downloader:
        if self._downloader is None:
            from adapters.fetching.client import Downloader, Limits

            self._downloader = Downloader(
                self._guard,
                limits=self._limits or Limits(),
                proxy=self._proxy,
                contact=self._contact,
            )
        return self._downloader
