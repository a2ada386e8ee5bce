"""What reads pages and feeds from the web, politely: both know which host was asked when."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.config import Settings
from bot.ports import FeedReader, PageFetcher

if TYPE_CHECKING:
    from adapters.parsing import Parsers


@dataclass(frozen=True, slots=True)
class Web:
    pages: PageFetcher
    feeds: FeedReader


@asynccontextmanager
async def open_fetching(
    settings: Settings,
    *,
    parsers: Parsers,
    pages: PageFetcher | None,
    feeds: FeedReader | None,
) -> AsyncIterator[Web]:
    """Open those of the two that are not given."""
    from adapters.fetching.hosts import Hosts

    by_settings: dict[str, Any] = {
        "parsers": parsers,
        "proxy": settings.proxy_address,
        "contact": settings.contact,
        "hosts": Hosts(),
    }
    async with AsyncExitStack() as stack:
        if pages is None:
            from adapters.fetching import HttpPageFetcher
            from adapters.fetching.readers import site_readers

            token = settings.github_token
            readers = site_readers(github_token=token.get_secret_value() if token else "")
            pages = await stack.enter_async_context(
                aclosing(HttpPageFetcher(settings.allow_hosts, readers=readers, **by_settings))
            )
        if feeds is None:
            from adapters.fetching.feeds import HttpFeedReader

            feeds = await stack.enter_async_context(
                aclosing(HttpFeedReader(settings.allow_hosts, **by_settings))
            )
        yield Web(pages, feeds)
