"""Feeds that are read again and again, over a real store and feeds in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.feeds import EVERY, FEEDS_PLACE, NEW_LIMIT, Feed
from bot.domain.jobs import JobKind
from bot.domain.models import (
    LOCAL,
    ChannelId,
    LinkFilter,
    LinkRecord,
    PageState,
    Place,
    WorkspaceId,
)
from bot.domain.visibility import OPERATOR, Audience
from bot.errors import FetchFailed, StorageUnavailable
from bot.ports import Storage
from bot.services.feed_reports import FeedReports
from bot.services.polling import FeedPoller
from storage import open_storage
from tests.factories import GENERAL, NOON, make_feed, make_save
from tests.fakes.clock import FakeClock
from tests.fakes.feed_reader import FakeFeedReader
from tests.fakes.page_fetcher import FakePageFetcher
from tests.fakes.platform import FakePlatform
from tests.fakes.reading import Readers
from tests.fakes.talking import TEXTS, make_posting

URL = "https://blog.example/feed.xml"
FIRST, SECOND, THIRD = (f"https://blog.example/{name}" for name in ("first", "second", "third"))
SECRET = Place(ChannelId("secret"), is_private=True)


@dataclass
class World:
    storage: Storage
    reader: FakeFeedReader = field(default_factory=FakeFeedReader)
    platform: FakePlatform = field(default_factory=FakePlatform)
    clock: FakeClock = field(default_factory=lambda: FakeClock(NOON))
    fetcher: FakePageFetcher = field(default_factory=FakePageFetcher)

    def __post_init__(self) -> None:
        self.readers = Readers(self.storage, self.fetcher, self.clock)
        self.jobs = self.readers.jobs
        reports = FeedReports(
            make_posting(self.platform), self.storage.workspaces, TEXTS, language="en"
        )
        self.poller = FeedPoller(
            self.storage.feeds,
            self.reader,
            self.storage.links,
            self.jobs,
            self.readers.unread,
            reports,
            clock=self.clock,
            chance=lambda: 0.5,
        )

    async def poll(self, *, after: timedelta = EVERY) -> int:
        self.clock.move(seconds=after.total_seconds())
        await self.poller.look()
        return await self.jobs.run_due({JobKind.POLL: self.poller.handle})

    async def saved(self, audience: Audience = OPERATOR) -> list[LinkRecord]:
        """Oldest first."""
        found = await self.storage.links.list_links(LOCAL, LinkFilter(), audience=audience)
        return list(reversed(found))

    async def urls(self) -> list[str]:
        return [link.url_as_saved for link in await self.saved()]

    async def feed(self) -> Feed:
        (feed,) = await self.storage.feeds.list_feeds(LOCAL)
        return feed


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_storage(f"sqlite:///{tmp_path / 'jubo.db'}") as storage:
        await storage.workspaces.ensure(LOCAL, name="local")
        yield World(storage)


async def test_new_entries_are_saved_by_the_feed_oldest_first(world: World) -> None:
    await world.storage.feeds.add(make_feed("f"), known=())
    world.reader.publish(URL, SECOND, FIRST, title="Field notes")

    await world.poll()

    first, second = await world.saved()
    assert [first.url_as_saved, second.url_as_saved] == [FIRST, SECOND]
    (save,) = first.saves
    assert (save.member, save.member_name, save.emoji) == ("feed:f", "Field notes", "🔖")
    assert save.place == GENERAL
    assert first.title == "first"
    assert (await world.feed()).title == "Field notes"


async def test_a_second_reading_saves_only_what_is_new(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)
    await world.poll()
    world.reader.publish(URL, SECOND, FIRST)
    await world.poll()

    assert await world.urls() == [FIRST, SECOND]
    assert all(len(link.saves) == 1 for link in await world.saved())


async def test_what_was_saved_before_a_crash_is_saved_once(world: World) -> None:
    feed = make_feed()
    await world.storage.feeds.add(feed, known=())
    world.reader.publish(URL, SECOND, FIRST)
    await world.poll()
    await world.storage.feeds.remove(LOCAL, feed.id)  # with it goes what is known
    await world.storage.feeds.add(feed, known=())

    await world.poll()

    assert [len(link.saves) for link in await world.saved()] == [1, 1]


async def test_an_entry_that_was_taken_back_does_not_come_again(world: World) -> None:
    await world.storage.feeds.add(make_feed("f"), known=())
    world.reader.publish(URL, FIRST)
    await world.poll()
    (save,) = (await world.saved())[0].saves
    await world.storage.links.undo_saves(
        LOCAL, member=save.member, message=save.message, emoji=None
    )

    await world.poll()

    assert await world.urls() == []


async def test_feeds_are_read_when_they_are_due(world: World) -> None:
    await world.storage.feeds.add(make_feed(due_at=NOON + EVERY), known=())
    world.reader.publish(URL)

    minute = timedelta(minutes=1)
    counts = [await world.poll(after=each) for each in (EVERY - minute, minute, minute, EVERY)]

    assert counts == [0, 1, 0, 1]


async def test_an_unchanged_feed_counts_as_read(world: World) -> None:
    await world.storage.feeds.add(make_feed(etag="v1", reason="timeout"), known=())
    world.reader.publish(URL, FIRST, etag="v1")

    await world.poll()

    assert await world.urls() == []
    feed = await world.feed()
    assert (feed.reason, feed.failures) == ("", 0)
    assert feed.checked_at is not None
    assert feed.checked_at > NOON


async def test_a_flood_is_saved_in_portions(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(
        URL, *(f"https://blog.example/{n}" for n in range(NEW_LIMIT + 2)), etag="1"
    )

    await world.poll()
    newest = await world.urls()
    await world.poll()
    everything = await world.urls()
    await world.poll()

    assert newest == [f"https://blog.example/{n}" for n in reversed(range(NEW_LIMIT))]
    assert len(everything) == NEW_LIMIT + 2
    assert await world.urls() == everything
    assert (await world.feed()).etag == "1"


async def test_what_a_private_channel_follows_is_seen_there_alone(world: World) -> None:
    await world.storage.feeds.add(make_feed(place=SECRET), known=())
    world.reader.publish(URL, FIRST)

    await world.poll()

    assert len(await world.saved(Audience.of_channel(SECRET.channel))) == 1
    assert await world.saved(Audience.of_channel(GENERAL.channel)) == []


async def test_new_entries_are_read(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)

    await world.poll()
    await world.readers.read_due()

    assert (await world.saved())[0].reason == "not_found"  # there is no page behind it here


async def test_a_page_that_its_site_keeps_for_people_is_left_to_them(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)
    fetcher = world.fetcher
    fetcher.add(FIRST, title="First", text="A queue keeps what nobody has read yet.")
    fetcher.for_people_alone.add(FIRST)
    await world.poll()

    await world.readers.read_due()

    (left,) = await world.saved()
    assert (left.state, left.reason) == (PageState.UNREADABLE, "robots")
    assert fetcher.asked == []

    await world.storage.links.save(make_save(FIRST))
    (wanted,) = await world.saved()
    read = await world.readers.reading.read(LOCAL, wanted, audience=OPERATOR, is_wished=True)
    assert read.is_read


async def test_a_page_that_a_person_saved_too_is_read_for_them(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)
    fetcher = world.fetcher
    fetcher.add(FIRST, title="First", text="A queue keeps what nobody has read yet.")
    fetcher.for_people_alone.add(FIRST)
    await world.poll()
    await world.storage.links.save(make_save(FIRST))

    await world.readers.read_due()

    assert (await world.saved())[0].state is PageState.READ


async def test_a_feed_that_comes_out_of_turn_comes_again_and_has_not_failed(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.fails[URL] = FetchFailed(
        "crowded", may_pass=True, retry_after_s=30, was_asked=False
    )
    await world.poll()
    world.reader.fails.clear()
    world.reader.publish(URL)
    before = await world.feed()

    world.clock.move(seconds=30)
    await world.jobs.run_due({JobKind.POLL: world.poller.handle})

    assert (before.failures, before.reason, before.checked_at) == (0, "", make_feed().checked_at)
    assert len(world.reader.asked) == 2


async def test_a_host_that_asks_for_a_rest_has_it(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    rest = timedelta(hours=7)
    world.reader.fails[URL] = FetchFailed(
        "too_many_requests", may_pass=True, retry_after_s=rest.total_seconds()
    )

    await world.poll()

    assert (await world.feed()).due_at >= world.clock.now() + rest - timedelta(seconds=1)


async def test_a_feed_that_is_due_for_long_is_read_once(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)

    for _ in range(3):
        await world.poller.look()
    ran = await world.jobs.run_due({JobKind.POLL: world.poller.handle})

    assert ran == 1
    assert len(world.reader.asked) == 1


async def test_a_job_that_comes_late_does_not_read_what_was_read_meanwhile(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.publish(URL, FIRST)
    await world.poller.look()
    (late,) = world.jobs.waiting
    await world.poll(after=timedelta(0))

    await world.poller.handle(late)

    assert len(world.reader.asked) == 1


async def test_a_feed_that_was_removed_is_not_read(world: World) -> None:
    feed = make_feed()
    await world.storage.feeds.add(feed, known=())
    await world.poller.look()
    await world.storage.feeds.remove(LOCAL, feed.id)

    await world.jobs.run_due({JobKind.POLL: world.poller.handle})

    assert world.reader.asked == []


# Trouble


async def test_a_feed_that_is_gone_is_told_once_in_its_place(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())

    for _ in range(3):
        await world.poll(after=timedelta(days=2))

    (sent,) = world.platform.posts
    assert sent.place == GENERAL
    assert "A blog <https://blog.example/feed.xml>" in world.platform.words
    assert "no such address" in world.platform.words
    assert (await world.feed()).failures == 3


async def test_what_may_pass_is_told_when_it_stays(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.fails[URL] = FetchFailed("timeout", may_pass=True)

    told = []
    for _ in range(4):
        await world.poll(after=timedelta(days=2))
        told.append(len(world.platform.posts))

    assert told == [0, 0, 1, 1]


async def test_a_feed_that_recovers_may_be_told_of_again(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    await world.poll()
    world.reader.publish(URL, FIRST)
    await world.poll()
    world.reader.documents.clear()
    await world.poll()

    assert await world.urls() == [FIRST]
    assert len(world.platform.posts) == 2


async def test_a_failing_feed_is_asked_less_and_less(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())

    for _ in range(8):
        await world.poll()

    assert len(world.reader.asked) == 4  # at once, then after one, two and four hours


async def test_the_language_is_that_of_the_workspace(world: World) -> None:
    chosen = await world.storage.workspaces.get_settings(LOCAL)
    await world.storage.workspaces.change_settings(LOCAL, lambda _: replace(chosen, language="ko"))
    await world.storage.feeds.add(make_feed(), known=())

    await world.poll()

    assert "더는 읽을 수 없어요" in world.platform.words


@pytest.mark.parametrize(
    "feed",
    [make_feed(place=FEEDS_PLACE), make_feed(workspace=WorkspaceId("elsewhere:1"))],
    ids=["command line", "a platform that does not run"],
)
async def test_where_nobody_can_be_told_nothing_breaks(world: World, feed: Feed) -> None:
    await world.storage.workspaces.ensure(feed.workspace, name="Team")
    await world.storage.feeds.add(feed, known=())

    await world.poll()

    assert world.platform.posts == []
    (kept,) = await world.storage.feeds.list_feeds(feed.workspace)
    assert (kept.reason, kept.failures) == ("not_found", 1)


async def test_one_bad_feed_stops_no_other(world: World) -> None:
    bad = make_feed("bad", url="https://bad.example/feed")
    await world.storage.feeds.add(bad, known=())
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.fails[bad.url] = LookupError("a parser's mistake")
    world.reader.publish(URL, FIRST)

    await world.poll()

    assert await world.urls() == [FIRST]
    reasons = {feed.id: feed.reason for feed in await world.storage.feeds.list_feeds(LOCAL)}
    assert reasons == {"bad": "broken", "feed-1": ""}


async def test_a_full_database_is_no_fault_of_the_feed(world: World) -> None:
    await world.storage.feeds.add(make_feed(), known=())
    world.reader.fails[URL] = StorageUnavailable()
    await world.poll()
    world.reader.fails.clear()
    world.reader.publish(URL, FIRST)
    await world.poll()

    assert await world.urls() == [FIRST]
    assert world.platform.posts == []


async def test_a_feed_removed_while_it_was_read_stays_removed(world: World) -> None:
    feed = make_feed()
    await world.storage.feeds.add(feed, known=())
    due = await world.storage.feeds.list_due(NOON, limit=1)
    await world.storage.feeds.remove(LOCAL, feed.id)

    await world.storage.feeds.change(due[0], known=["a"])

    assert await world.storage.feeds.list_feeds(LOCAL) == []


async def test_what_a_feed_has_when_it_is_first_read_is_not_new(world: World) -> None:
    await world.storage.feeds.add(make_feed(checked_at=None), known=())
    await world.poll()  # nothing is there yet
    world.reader.publish(URL, FIRST, title="Field notes")
    await world.poll(after=2 * EVERY)
    world.reader.publish(URL, SECOND, FIRST, title="Field notes")
    await world.poll(after=2 * EVERY)

    assert await world.urls() == [SECOND]
    assert (await world.feed()).title == "Field notes"
