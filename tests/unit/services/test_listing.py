"""Listing over a real store: filters, order, and what a query finds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.models import LOCAL, Kind, LinkFilter
from bot.domain.visibility import OPERATOR
from bot.ports import Storage
from bot.services.listing import ListingService
from storage import open_storage
from tests.factories import NOON, make_archive, make_entry

SAID = {
    "paper": (Kind.PAPER, "Queues. Queues of queues keep latency low, and queues hide load."),
    "tool": (Kind.DEV, "A tool that draws queues of a running system as it fills up slowly."),
    "talk": (Kind.DEV, "A talk on gardening and the weather in the north of the country."),
}


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        entries = [
            make_entry(
                f"https://example.org/{name}",
                text,
                title=name,
                kind=kind,
                saved_at=NOON + timedelta(days=day),
            )
            for day, (name, (kind, text)) in enumerate(SAID.items())
        ]
        await opened.archives.import_archive(LOCAL, make_archive(*entries))
        yield opened


async def _list(storage: Storage, query: str, which: LinkFilter) -> list[str]:
    listing = ListingService(storage.links, storage.search)
    found = await listing.list_links(LOCAL, query, which, audience=OPERATOR)
    return [link.title for link in found]


async def test_without_a_query_the_newest_come_first(storage: Storage) -> None:
    assert await _list(storage, "  ", LinkFilter()) == ["talk", "tool", "paper"]


async def test_a_query_finds_the_best_first_and_nothing_else(storage: Storage) -> None:
    assert await _list(storage, "queues", LinkFilter()) == ["paper", "tool"]


async def test_a_query_and_a_filter_both_hold(storage: Storage) -> None:
    assert await _list(storage, "queues", LinkFilter(kind=Kind.DEV)) == ["tool"]


async def test_a_limit_counts_what_the_query_finds(storage: Storage) -> None:
    # The newest link does not match: a limit set before searching would leave nothing.
    assert await _list(storage, "queues", LinkFilter(limit=1)) == ["paper"]
