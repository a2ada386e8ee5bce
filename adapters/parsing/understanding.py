"""What we make of a page, made where pages are parsed: it is work, and its text is from outside."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from adapters.parsing.download import Download
from adapters.parsing.pool import Parsers
from bot.domain.models import PageText
from bot.domain.understanding import Understood, make_sense

if TYPE_CHECKING:
    from pydantic import TypeAdapter


class ParsedUnderstanding:
    """Beside the threads of the bot, which all wait for one interpreter, this has its own."""

    def __init__(self, parsers: Parsers) -> None:
        self._parsers = parsers

    async def __call__(self, page: PageText) -> Understood:
        """Do as `make_sense`.

        Raises:
            FetchFailed: it takes more than one page may.

        """
        body = _pages().dump_json(page)
        download = Download(page.url, "application/json", "utf-8", body)
        return await self._parsers.parse(understand_page, download)


def understand_page(download: Download) -> Understood:
    return make_sense(_pages().validate_json(download.body))


@cache
def _pages() -> TypeAdapter[PageText]:
    from pydantic import TypeAdapter

    return TypeAdapter(PageText)
