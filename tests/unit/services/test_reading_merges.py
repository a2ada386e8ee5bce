"""Reading finds out that two links are one thing; what follows shows it once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.models import LOCAL, LinkFilter, LinkRecord, PageState
from bot.domain.visibility import OPERATOR
from bot.ports import Storage
from storage import open_storage
from tests.factories import make_save
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.reading import Readers

SHORT, LONG = "https://t.co/abc", "https://journal.example/queues"
TEXT = "Short queues keep latency low. Long queues only hide overload."


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        yield opened


def make_fetcher() -> FakePageFetcher:
    fetcher = FakePageFetcher()
    fetcher.add(LONG, title="Queues", text=TEXT)
    fetcher.pages[SHORT] = fetcher.pages[LONG]
    fetcher.add("https://evil.example/x", title="Not queues", text=TEXT)
    fetcher.pages["https://evil.example/x"] = replace(
        fetcher.pages["https://evil.example/x"], identity=LONG
    )
    return fetcher


async def listed(storage: Storage) -> list[LinkRecord]:
    return list(await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR))


async def test_a_short_link_becomes_what_it_leads_to_and_is_shown_once(storage: Storage) -> None:
    readers = Readers(storage, make_fetcher())
    readings = []
    for url, member in ((LONG, "mina"), (SHORT, "jun")):
        saved = await storage.links.save(make_save(url, member=member))
        readings.append(await readers.reading.read(LOCAL, saved.link, audience=OPERATOR))

    [link] = await listed(storage)
    assert readings[-1].link == link
    assert (link.url, link.url_as_saved, link.state) == (LONG, LONG, PageState.READ)
    assert [save.member_name for save in link.saves] == ["Mina", "Mina"]
    hits = await storage.search.search(LOCAL, "queues", limit=9, audience=OPERATOR)
    assert {hit.link for hit in hits} == {link.id}
    assert len(hits) == 1


async def test_links_of_one_message_that_are_one_thing_are_one_save(storage: Storage) -> None:
    readers = Readers(storage, make_fetcher())
    outcomes = [await storage.links.save(make_save(url)) for url in (SHORT, LONG)]

    readings = await readers.reading.read_all(
        LOCAL, [outcome.link for outcome in outcomes], audience=OPERATOR
    )

    [link] = await listed(storage)
    assert {reading.link.id for reading in readings} == {link.id}
    assert all(reading.is_read for reading in readings)
    assert len(link.saves) == 1


async def test_what_nobody_looks_on_is_found_to_be_one_as_well(storage: Storage) -> None:
    readers = Readers(storage, make_fetcher())
    links = [(await storage.links.save(make_save(url))).link.id for url in (SHORT, LONG)]

    await readers.unread.ask(LOCAL, links)
    await readers.read_due()

    [link] = await listed(storage)
    assert link.state is PageState.READ


async def test_a_page_cannot_take_over_the_link_of_another_site(storage: Storage) -> None:
    readers = Readers(storage, make_fetcher())
    for url in (LONG, "https://evil.example/x"):
        saved = await storage.links.save(make_save(url))
        await readers.reading.read(LOCAL, saved.link, audience=OPERATOR)

    assert sorted(link.title for link in await listed(storage)) == ["Not queues", "Queues"]


async def test_a_link_shim_is_not_asked_for_the_page(storage: Storage) -> None:
    fetcher = make_fetcher()
    shim = "https://slack-redir.net/link?url=https%3A%2F%2Fjournal.example%2Fqueues"
    saved = await storage.links.save(make_save(shim))

    reading = await Readers(storage, fetcher).reading.read(LOCAL, saved.link, audience=OPERATOR)

    assert fetcher.asked == [LONG]
    assert (reading.link.title, reading.link.url) == ("Queues", LONG)
