"""Saved links read over HTTP as if each were hostile. Heavy libraries load with the first page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.fetching.guard import Resolver
from adapters.fetching.hosts import Caller, Hosts
from adapters.fetching.reader import Reader
from adapters.fetching.readers import READERS
from adapters.fetching.robots import Robots
from adapters.fetching.visits import Visit
from adapters.fetching.web import Web
from adapters.parsing import Parsers
from bot.domain.models import PageText
from bot.ports import SOMEBODY, Asker
from bot.text.printable import one_line

if TYPE_CHECKING:
    from adapters.fetching.client import Limits

__all__ = ["HttpPageFetcher"]


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
        hosts: Hosts | None = None,
    ) -> None:
        self._web = Web(
            allow_hosts, limits=limits, resolve=resolve, proxy=proxy, contact=contact, hosts=hosts
        )
        self._readers = readers
        self._parsers = parsers or Parsers()
        self._robots = Robots(self._web, self._parsers)

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        caller = Caller(asker.member, looks_on=asker.looks_on, key=url)
        with caller.told_as_failure():
            if not asker.is_asked:
                await self._robots.check(url, caller)
            page = await Visit(self._web, self._parsers, self._readers, caller).make(url)
        # Shown in many places, whoever read it.
        return replace(
            page,
            title=one_line(page.title),
            author=one_line(page.author),
            site=one_line(page.site),
        )

    async def aclose(self) -> None:
        await self._web.aclose()
        await self._parsers.aclose()
