"""Reading saved links for those who look on: no page holds up or stops the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.models import LOCAL, LinkRecord, PageState, PageText
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.ports import SOMEBODY, Asker, Storage
from bot.services.reading import ANSWER_FIRST, PAGES_OF_ONE
from storage import open_storage
from tests.factories import make_save
from tests.fakes.clock import FakeClock
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.reading import Readers
from tests.waiting import until

TEXT = "An index answers rare words well. A vector answers paraphrases well."


class SlowFetcher(FakePageFetcher):
    """Sends no page before it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.may_send = asyncio.Event()

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        page = await super().fetch(url, asker=asker)
        await self.may_send.wait()
        return page


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as opened:
        await opened.workspaces.ensure(LOCAL, name="local")
        yield opened


class OfflineFetcher(FakePageFetcher):
    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        self.asked.append(url)
        raise FetchFailed("unreachable", may_pass=True)


async def test_what_fails_for_now_waits_for_its_next_try_and_a_member_is_told_when(
    storage: Storage,
) -> None:
    saved = await storage.links.save(make_save("https://site.example/"))
    readers = Readers(storage, OfflineFetcher())

    reading = await readers.reading.read(LOCAL, saved.link, audience=OPERATOR)

    (job,) = readers.jobs.waiting
    assert reading.waits
    assert (reading.link.state, reading.reason) == (PageState.WAITING, "unreachable")
    assert reading.retry_at == reading.link.retry_at == job.run_at > readers.clock.now()


async def test_what_waits_for_its_next_try_is_not_tried_before_for_the_next_who_saves_it(
    storage: Storage,
) -> None:
    saved = await storage.links.save(make_save("https://site.example/"))
    fetcher = OfflineFetcher()
    service = Readers(storage, fetcher).reading
    first = await service.read(LOCAL, saved.link, audience=OPERATOR)

    second = await service.read(LOCAL, first.link, audience=OPERATOR)
    wished = await service.read(LOCAL, first.link, audience=OPERATOR, is_wished=True)
    too_soon = await service.read(LOCAL, wished.link, audience=OPERATOR, is_wished=True)

    assert (second.reason, second.retry_at) == (first.reason, first.retry_at)
    assert (wished.waits, too_soon.waits) == (True, True)
    assert len(fetcher.asked) == 2


class ChangingFetcher(FakePageFetcher):
    """Gives what is there, or fails as it is told to."""

    fails: FetchFailed | None = None

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        if self.fails is not None:
            self.asked.append(url)
            raise self.fails
        return await super().fetch(url, asker=asker)


async def test_what_is_out_of_turn_is_read_at_its_turn_and_that_was_no_try(
    storage: Storage,
) -> None:
    fetcher = ChangingFetcher()
    fetcher.fails = FetchFailed("crowded", may_pass=True, retry_after_s=40, was_asked=False)
    saved = await storage.links.save(make_save("https://site.example/"))
    readers = Readers(storage, fetcher)

    reading = await readers.reading.read(LOCAL, saved.link, audience=OPERATOR)

    (job,) = readers.jobs.waiting
    assert (reading.waits, reading.reason) == (True, "crowded")
    assert reading.retry_at == job.run_at
    assert timedelta(seconds=39) < job.run_at - readers.clock.now() <= timedelta(seconds=40)
    assert "tries" not in job.arguments


async def test_who_wishes_so_has_a_page_read_anew_once_a_minute(storage: Storage) -> None:
    fetcher = ChangingFetcher()
    url = fetcher.add("https://one.example/", title="Old", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    clock = FakeClock()
    readers = Readers(storage, fetcher, clock)
    old = (await readers.reading.read(LOCAL, link, audience=OPERATOR)).link
    fetcher.add(url, title="New", text="Lanterns are red at night. They are green by day.")

    unwished = await readers.reading.read(LOCAL, old, audience=OPERATOR)
    wished = await readers.reading.read(LOCAL, old, audience=OPERATOR, is_wished=True)
    too_soon = await readers.reading.read(LOCAL, wished.link, audience=OPERATOR, is_wished=True)
    clock.move(minutes=2)
    later = await readers.reading.read(LOCAL, wished.link, audience=OPERATOR, is_wished=True)

    titles = [each.link.title for each in (unwished, wished, too_soon, later)]
    assert titles == ["Old", "New", "New", "New"]
    assert (too_soon.is_too_soon, later.is_too_soon) == (True, False)
    assert len(fetcher.asked) == 3
    hits = await storage.search.search(LOCAL, "vector paraphrases", limit=9, audience=OPERATOR)
    assert hits == []


async def test_what_cannot_be_read_anew_stays_as_it_was_read(storage: Storage) -> None:
    fetcher = ChangingFetcher()
    url = fetcher.add("https://one.example/", title="Old", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    readers = Readers(storage, fetcher)
    old = (await readers.reading.read(LOCAL, link, audience=OPERATOR)).link
    fetcher.fails = FetchFailed("not_found")

    reading = await readers.reading.read(LOCAL, old, audience=OPERATOR, is_wished=True)

    assert (reading.is_kept, reading.is_read, reading.reason) == (True, True, "not_found")
    assert (reading.link.state, reading.link.text) == (PageState.READ, TEXT)
    assert readers.jobs.waiting == []
    hits = await storage.search.search(LOCAL, "vector paraphrases", limit=9, audience=OPERATOR)
    assert len(hits) == 1


async def test_one_member_s_many_links_leave_a_slot_to_the_others(storage: Storage) -> None:
    fetcher = SlowFetcher()
    urls = [fetcher.add(f"https://{n}.example/", title="Page", text=TEXT) for n in range(20)]
    many = [(await storage.links.save(make_save(url))).link for url in urls]
    fresh = fetcher.add("https://fresh.example/", title="Fresh", text=TEXT)
    one = (await storage.links.save(make_save(fresh))).link
    service = Readers(storage, fetcher).reading

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        all_read = tasks.create_task(service.read_all(LOCAL, many, audience=OPERATOR))
        await until(lambda: len(fetcher.asked) == PAGES_OF_ONE)
        tasks.create_task(service.read(LOCAL, one, audience=OPERATOR))
        await until(lambda: fresh in fetcher.asked)
        asked = list(fetcher.asked)
        fetcher.may_send.set()

    assert len(asked) == PAGES_OF_ONE + 1
    assert [reading.link.id for reading in all_read.result()] == [link.id for link in many]
    assert all(reading.is_read for reading in all_read.result())


class FickleFetcher(SlowFetcher):
    """Answers whoever asks first, when told to; has lost the page for everyone after."""

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        if url in self.asked:
            raise FetchFailed("not_found")
        return await super().fetch(url, asker=asker)


async def test_three_who_want_one_page_read_it_once(storage: Storage) -> None:
    fetcher = FickleFetcher()
    url = fetcher.add("https://one.example/", title="One", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    service = Readers(storage, fetcher).reading

    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(service.read(LOCAL, link, audience=OPERATOR))
        await until(lambda: fetcher.asked == [url])
        second = tasks.create_task(service.read(LOCAL, link, audience=OPERATOR))
        unseen = tasks.create_task(service.read_unseen(LOCAL, link))
        for _ in range(50):
            await asyncio.sleep(0)
        fetcher.may_send.set()

    assert fetcher.asked == [url]
    assert first.result().is_read
    assert second.result().is_read
    assert unseen.result() is None


async def test_who_looks_on_for_long_is_told_that_a_job_goes_on(storage: Storage) -> None:
    fetcher = SlowFetcher()
    slow = fetcher.add("https://slow.example/", title="Slow", text=TEXT)
    link = (await storage.links.save(make_save(slow))).link
    clock = FakeClock()
    readers = Readers(storage, fetcher, clock, patience_s=0.0)

    (reading,) = await readers.reading.read_all(LOCAL, [link], audience=OPERATOR)
    fetcher.may_send.set()
    before_the_answer = await readers.read_due()
    clock.move(seconds=ANSWER_FIRST.total_seconds())
    await readers.read_due()

    assert before_the_answer == 0
    assert (reading.waits, reading.is_left_to_job) == (True, True)
    assert (reading.link.state, reading.reason) == (PageState.READING, "")
    assert (await storage.links.get(LOCAL, link.id, audience=OPERATOR)).state is PageState.READ
    assert readers.jobs.waiting == []


async def test_the_more_somebody_saves_at_once_the_sooner_each_has_its_first_word(
    storage: Storage,
) -> None:
    fetcher = SlowFetcher()
    urls = [fetcher.add(f"https://{n}.example/", title="Slow", text=TEXT) for n in range(5)]
    *many, last, other = [(await storage.links.save(make_save(url))).link for url in urls]
    of_another = make_save(other.url, member="june", message="another")
    other = (await storage.links.save(of_another)).link
    reading = Readers(storage, fetcher, patience_s=2.0).reading
    ended: list[LinkRecord] = []

    async def read(link: LinkRecord) -> None:
        await reading.read_all(LOCAL, [link], audience=OPERATOR)
        ended.append(link)

    async with asyncio.timeout(15), asyncio.TaskGroup() as tasks:
        for link in (*many, last, other):
            tasks.create_task(read(link))

    assert ended[0] == last
    assert ended.index(other) > ended.index(many[1])


async def test_a_page_wanted_anew_that_takes_long_is_read_anew_by_a_job(storage: Storage) -> None:
    fetcher = SlowFetcher()
    fetcher.may_send.set()
    url = fetcher.add("https://one.example/", title="Old", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    clock = FakeClock()
    readers = Readers(storage, fetcher, clock, patience_s=0.0)
    old = (await readers.reading.read(LOCAL, link, audience=OPERATOR)).link
    fetcher.add(url, title="New", text=TEXT)
    fetcher.may_send.clear()
    clock.move(minutes=2)

    (reading,) = await readers.reading.read_all(LOCAL, [old], audience=OPERATOR, is_wished=True)
    fetcher.may_send.set()
    clock.move(minutes=2)
    await readers.read_due()

    assert (reading.link.title, reading.is_left_to_job) == ("Old", True)
    assert (await storage.links.get(LOCAL, link.id, audience=OPERATOR)).title == "New"


async def test_what_another_has_read_meanwhile_is_left_to_no_job(storage: Storage) -> None:
    fetcher = FakePageFetcher()
    url = fetcher.add("https://one.example/", title="One", text=TEXT)
    link = (await storage.links.save(make_save(url))).link
    readers = Readers(storage, fetcher, patience_s=0.0)
    await readers.reading.read(LOCAL, link, audience=OPERATOR)

    (reading,) = await readers.reading.read_all(LOCAL, [link], audience=OPERATOR)

    assert (reading.is_read, reading.waits) == (True, False)
    assert readers.jobs.waiting == []


async def test_what_was_to_be_tried_later_keeps_its_time_when_a_wish_takes_long(
    storage: Storage,
) -> None:
    fetcher = SlowFetcher()
    link = (await storage.links.save(make_save("https://one.example/"))).link
    readers = Readers(storage, fetcher, patience_s=0.0)
    at = readers.clock.now() + timedelta(hours=1)
    await storage.links.mark_waiting(LOCAL, link.id, reason="timeout", retry_at=at)
    fetcher.add("https://one.example/", title="One", text=TEXT)
    link = await storage.links.get(LOCAL, link.id, audience=OPERATOR)

    (reading,) = await readers.reading.read_all(LOCAL, [link], audience=OPERATOR, is_wished=True)

    (job,) = readers.jobs.waiting
    assert (reading.reason, reading.retry_at) == ("timeout", at)
    assert job.run_at == at
