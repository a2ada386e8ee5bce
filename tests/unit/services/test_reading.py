"""Reading saved links over a real store: no page holds up or stops the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.models import LOCAL, LinkFilter, LinkRecord, PageState, PageText
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.ports import Storage
from bot.services.reading import PAGES_AT_ONCE, PAGES_OF_ONE, ReadingService
from storage import open_storage
from tests.factories import make_save
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher

TEXT = "An index answers rare words well. A vector answers paraphrases well."


class StumblingFetcher(FakePageFetcher):
    """Falls over the pages that it does not know, as a parser does that nobody expected to."""

    async def fetch(self, url: str) -> PageText:
        if url not in self.pages:
            raise RecursionError
        return await super().fetch(url)


class SlowFetcher(FakePageFetcher):
    """Sends no page before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_send = asyncio.Event()

    async def fetch(self, url: str) -> PageText:
        page = await super().fetch(url)
        await self.may_send.wait()
        return page


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        yield opened


async def _links(storage: Storage) -> list[LinkRecord]:
    return list(await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR))


async def test_a_page_that_breaks_its_reader_stops_neither_the_others_nor_the_next_start(
    storage: Storage,
) -> None:
    fetcher = StumblingFetcher()
    good = fetcher.add("https://good.example/", title="Good", text=TEXT)
    for url in ("https://bad.example/", good):
        await storage.links.save(make_save(url))

    await ReadingService(storage.links, fetcher).catch_up(LOCAL)

    states = {link.url_as_saved: (link.state, link.reason) for link in await _links(storage)}
    assert states == {
        good: (PageState.READ, ""),
        "https://bad.example/": (PageState.UNREADABLE, "broken"),
    }
    assert await storage.links.list_unread(LOCAL, limit=9) == []


class OfflineFetcher(FakePageFetcher):
    async def fetch(self, url: str) -> PageText:
        self.asked.append(url)
        raise FetchFailed("unreachable", may_pass=True)


async def test_what_fails_for_now_at_a_start_waits_for_the_next_at_the_latest(
    storage: Storage,
) -> None:
    await storage.links.save(make_save("https://site.example/"))
    online = FakePageFetcher()
    online.add("https://site.example/", title="Site", text=TEXT)

    await ReadingService(storage.links, OfflineFetcher()).catch_up(LOCAL)
    (offline,) = await _links(storage)
    await ReadingService(storage.links, online).catch_up(LOCAL)
    (read,) = await _links(storage)

    assert (offline.state, offline.reason) == (PageState.WAITING, "")
    assert read.state is PageState.READ


async def test_a_member_who_waits_is_told_what_fails_for_now(storage: Storage) -> None:
    saved = await storage.links.save(make_save("https://site.example/"))

    reading = await ReadingService(storage.links, OfflineFetcher()).read(
        LOCAL, saved.link, audience=OPERATOR
    )

    assert (reading.link.state, reading.reason) == (PageState.UNREADABLE, "unreachable")


async def test_what_a_member_saves_is_not_held_up_by_what_waited(storage: Storage) -> None:
    fetcher = SlowFetcher()
    for number in range(2 * PAGES_AT_ONCE):
        url = fetcher.add(f"https://{number}.example/", title="Page", text=TEXT)
        await storage.links.save(make_save(url))
    service = ReadingService(storage.links, fetcher)
    fresh = fetcher.add("https://fresh.example/", title="Fresh", text=TEXT)

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(service.catch_up(LOCAL))
        while len(fetcher.asked) < PAGES_AT_ONCE:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        saved = await storage.links.save(make_save(fresh))
        tasks.create_task(service.read(LOCAL, saved.link, audience=OPERATOR))
        async with asyncio.timeout(5):
            while fresh not in fetcher.asked:  # noqa: ASYNC110 - the fake has no event for it
                await asyncio.sleep(0)
        fetcher.may_send.set()

    assert fetcher.asked[PAGES_AT_ONCE] == fresh


class FickleFetcher(SlowFetcher):
    """Answers whoever asks first, when told to; has lost the page for everyone after."""

    async def fetch(self, url: str) -> PageText:
        if url in self.asked:
            raise FetchFailed("not_found")
        return await super().fetch(url)


async def test_two_who_want_one_page_read_it_once(storage: Storage) -> None:
    fetcher = FickleFetcher()
    url = fetcher.add("https://one.example/", title="One", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    service = ReadingService(storage.links, fetcher)

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(service.read(LOCAL, link, audience=OPERATOR))
        while not fetcher.asked:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        second = tasks.create_task(service.read(LOCAL, link, audience=OPERATOR))
        tasks.create_task(service.catch_up(LOCAL))
        for _ in range(50):
            await asyncio.sleep(0)
        fetcher.may_send.set()

    assert fetcher.asked == [url]
    assert first.result().is_read
    assert second.result().is_read
    assert [link.state for link in await _links(storage)] == [PageState.READ]


async def test_only_a_few_pages_are_read_at_once(storage: Storage) -> None:
    fetcher = SlowFetcher()
    for number in range(3 * PAGES_AT_ONCE):
        url = fetcher.add(f"https://{number}.example/", title="Page", text=TEXT)
        await storage.links.save(make_save(url))

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(ReadingService(storage.links, fetcher).catch_up(LOCAL))
        while len(fetcher.asked) < PAGES_AT_ONCE:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        # Writers take turns: another page would have been marked and asked for before this one.
        await storage.links.save(make_save("https://later.example/"))
        asked = len(fetcher.asked)
        fetcher.may_send.set()

    assert asked == PAGES_AT_ONCE
    assert sorted(fetcher.asked) == sorted(fetcher.pages)


async def test_one_member_s_many_links_leave_a_slot_to_the_others(storage: Storage) -> None:
    fetcher = SlowFetcher()
    urls = [fetcher.add(f"https://{n}.example/", title="Page", text=TEXT) for n in range(20)]
    many = [(await storage.links.save(make_save(url))).link for url in urls]
    fresh = fetcher.add("https://fresh.example/", title="Fresh", text=TEXT)
    one = (await storage.links.save(make_save(fresh))).link
    service = ReadingService(storage.links, fetcher)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        all_read = tasks.create_task(service.read_all(LOCAL, many, audience=OPERATOR))
        while len(fetcher.asked) < PAGES_OF_ONE:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        tasks.create_task(service.read(LOCAL, one, audience=OPERATOR))
        while fresh not in fetcher.asked:  # noqa: ASYNC110 - the fake has no event for it
            await asyncio.sleep(0)
        asked = list(fetcher.asked)
        fetcher.may_send.set()

    assert len(asked) == PAGES_OF_ONE + 1
    assert [reading.link.id for reading in all_read.result()] == [link.id for link in many]
    assert all(reading.is_read for reading in all_read.result())


async def test_what_waits_is_read_when_it_is_asked_for_and_what_fails_only_once(
    storage: Storage,
) -> None:
    offline = OfflineFetcher()
    service = ReadingService(storage.links, offline)
    stop = asyncio.Event()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        running = tasks.create_task(service.run(stop))
        for number in (1, 2):
            await storage.links.save(make_save(f"https://{number}.example/"))
            service.ask(LOCAL)
            while len(offline.asked) < number:  # noqa: ASYNC110 - the fake has no event for it
                await asyncio.sleep(0.005)
        stop.set()
        await running

    assert offline.asked == ["https://1.example/", "https://2.example/"]
    assert len(await storage.links.list_unread(LOCAL, limit=9)) == 2


class DownFetcher(FakePageFetcher):
    """A site that is down until `is_up`."""

    is_up = False

    async def fetch(self, url: str) -> PageText:
        page = await super().fetch(url)
        if not self.is_up:
            raise FetchFailed("unreachable", may_pass=True)
        return page


async def test_what_fails_for_now_is_tried_again_after_a_while_less_and_less_often(
    storage: Storage,
) -> None:
    site, clock = DownFetcher(), FakeClock()
    site.add("https://site.example/", title="Site", text=TEXT)
    await storage.links.save(make_save("https://site.example/"))
    service = ReadingService(storage.links, site, clock=clock)
    tried: list[int] = []
    states = []

    for half_hours in range(2 * 24 * 8):
        before = len(site.asked)
        await service.catch_up(LOCAL)
        if len(site.asked) > before:
            tried.append(half_hours)
            states += [(link.state, link.reason) for link in await _links(storage)]
        clock.move(minutes=30)

    assert tried == [0, 1, 3, 7, 15, 31, 63, 111, 159, 207, 255, 303]
    waiting, given_up = (PageState.WAITING, ""), (PageState.UNREADABLE, "unreachable")
    assert states == [waiting] * 11 + [given_up]


async def test_what_failed_is_taken_up_again_by_itself_in_every_workspace(
    storage: Storage,
) -> None:
    site, clock = DownFetcher(), FakeClock()
    url = site.add("https://site.example/", title="Site", text=TEXT)
    await storage.links.save(make_save(url))
    service = ReadingService(storage.links, site, clock=clock, look_again_s=0.001)
    service.ask(LOCAL)
    stop = asyncio.Event()

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(service.run(stop))
        while not site.asked or await storage.links.list_unread(LOCAL, limit=9):
            site.is_up = len(site.asked) > 0
            clock.move(minutes=1)
            await asyncio.sleep(0.001)
        stop.set()

    assert len(site.asked) == 2
