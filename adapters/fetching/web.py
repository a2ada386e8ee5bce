"""The web as its readers see it. httpx loads with the first download."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from adapters.fetching.guard import AddressGuard, Resolver
from adapters.fetching.hosts import Caller, Hosts
from adapters.fetching.wanted import PAGES, UNKNOWN, Version, Wanted

if TYPE_CHECKING:
    from adapters.fetching.client import Download, Downloader, Limits


class Web:
    """Opens public addresses, and the inside hosts that are allowed. Close it.

    `proxy`: the address of one to ask, "" for none. `contact`: see `user_agent`. `hosts`: those
    that others ask, too.
    """

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        limits: Limits | None = None,
        resolve: Resolver | None = None,
        proxy: str = "",
        contact: str = "",
        hosts: Hosts | None = None,
    ) -> None:
        self._guard = AddressGuard(allow_hosts, resolve=resolve, leaves_names=bool(proxy))
        self._proxy = proxy
        self._contact = contact
        self._limits = limits
        self._hosts = hosts or Hosts()
        self._downloader: Downloader | None = None

    async def download(
        self,
        url: str,
        *,
        wanted: Wanted = PAGES,
        known: Version = UNKNOWN,
        headers: Mapping[str, str] | None = None,
        caller: Caller | None = None,
    ) -> Download:
        """Do as `Downloader.download`."""
        downloader = self._open_downloader()
        return await downloader.download(
            url, wanted=wanted, known=known, headers=headers, caller=caller
        )

    def slow_down(self, site: str, delay_s: float) -> None:
        """Keep to what a site asks of programs that come by themselves."""
        import httpx

        from adapters.fetching.client import host_of

        self._hosts.slow_down(host_of(httpx.URL(site)), delay_s)

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
                hosts=self._hosts,
            )
        return self._downloader
