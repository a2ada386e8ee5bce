"""What a reader of one kind of site is, and what it works with.

A reader is one file of `adapters.fetching.readers`. It decides by the address alone whether it
is asked; what documents say is taken apart by plain functions that run in another process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol, TypeVar

from adapters.fetching.wanted import PAGES, Wanted
from bot.domain.models import PageText

if TYPE_CHECKING:
    from adapters.fetching.client import Download

Result = TypeVar("Result")


class Tools(Protocol):
    """The guarded ways to the outside. All of them raise `FetchFailed`."""

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, headers: Mapping[str, str] | None = None
    ) -> Download:
        """Follow an address to its end. `headers` are sent to its own host alone."""

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        """Call a module's function on a document, where it can do no harm.

        It sees nothing but its argument. What it returns is made of plain values and dataclasses,
        as its annotation says.
        """

    async def read(self, url: str) -> PageText:
        """Read what is there by its type of document, as if no reader knew the site."""


class Reader(Protocol):
    """Knows the addresses of one site, and a better way to what is behind them than its pages."""

    def reads(self, url: str) -> bool:
        """Say whether this is for us. Pure; the address may be anything."""

    async def read(self, url: str, tools: Tools) -> PageText:
        """Read it; what cannot be had for now is left to `tools.read`, or named as a gap.

        Raises:
            FetchFailed: with the reason that people read.

        """
