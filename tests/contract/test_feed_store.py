"""What the store of feeds promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.models import LOCAL, ChannelId, Place, WorkspaceId
from storage import SqlStorage
from tests.factories import NOON, make_feed

HOUR = timedelta(hours=1)
TEAM = WorkspaceId("slack:T1")


async def test_a_feed_is_kept_as_it_is(storage: SqlStorage) -> None:
    feed = make_feed(site="https://blog.example/", etag='"a"', checked_at=NOON, reason="timeout")

    assert await storage.feeds.add(feed, known=())
    assert await storage.feeds.list_feeds(LOCAL) == [feed]


async def test_the_same_feed_is_added_once_to_a_channel(storage: SqlStorage) -> None:
    feed = make_feed()
    await storage.feeds.add(feed, known=())

    assert not await storage.feeds.add(feed, known=["a"])
    assert not await storage.feeds.add(replace(feed, id="other"), known=["a"])
    assert await storage.feeds.find_known(feed, ["a"]) == frozenset()
    elsewhere = replace(feed, id="other", place=Place(ChannelId("random")))
    assert await storage.feeds.add(elsewhere, known=())


async def test_feeds_are_listed_by_workspace_oldest_first(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    late = make_feed("late", url="https://b.example/", made_at=NOON + HOUR)
    early = make_feed("early")
    foreign = make_feed("foreign", workspace=TEAM)
    for feed in (late, early, foreign):
        await storage.feeds.add(feed, known=())

    assert await storage.feeds.list_feeds(LOCAL) == [early, late]
    assert await storage.feeds.list_feeds(TEAM) == [foreign]


async def test_what_is_due_longest_comes_first_from_every_workspace(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    soon = make_feed("soon", due_at=NOON)
    sooner = make_feed("sooner", workspace=TEAM, due_at=NOON - HOUR)
    later = make_feed("later", url="https://b.example/", due_at=NOON + HOUR)
    for feed in (soon, sooner, later):
        await storage.feeds.add(feed, known=())

    assert await storage.feeds.list_due(NOON, limit=9) == [sooner, soon]
    assert await storage.feeds.list_due(NOON, limit=1) == [sooner]


async def test_what_was_seen_is_known(storage: SqlStorage) -> None:
    feed = make_feed()
    await storage.feeds.add(feed, known=["a", "b"])
    changed = replace(feed, title="New title", due_at=NOON + HOUR)
    await storage.feeds.change(changed, known=["b", "c"])

    assert await storage.feeds.list_feeds(LOCAL) == [changed]
    assert await storage.feeds.find_known(feed, ["a", "b", "c", "d"]) == {"a", "b", "c"}
    assert await storage.feeds.find_known(replace(feed, id="other"), ["a"]) == frozenset()


async def test_what_was_not_seen_for_longest_makes_room(storage: SqlStorage) -> None:
    feed = make_feed()
    await storage.feeds.add(feed, known=["old", "still there"])
    await storage.feeds.change(feed, known=["still there", *map(str, range(3_999))])

    assert await storage.feeds.find_known(feed, ["old", "still there", "0"]) == {"still there", "0"}


async def test_a_removed_feed_leaves_nothing(storage: SqlStorage) -> None:
    feed = make_feed()
    await storage.feeds.add(feed, known=["a"])

    assert await storage.feeds.remove(LOCAL, feed.id)
    assert not await storage.feeds.remove(LOCAL, feed.id)
    await storage.feeds.change(feed, known=["b"])  # a reading that was under way
    assert await storage.feeds.list_feeds(LOCAL) == []
    assert await storage.feeds.find_known(feed, ["a", "b"]) == frozenset()
