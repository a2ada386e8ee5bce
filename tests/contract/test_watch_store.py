"""What is counted over everything that is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.digests import Digest, Period, Style
from bot.domain.models import LOCAL, ChannelId, LinkFilter, PageState, Place, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.ports import Lane
from storage import SqlStorage
from tests.contract.test_subscription_store import make_subscription
from tests.factories import NOON, make_archive, make_command, make_entry, make_feed, make_save

TEAM = WorkspaceId("slack:T1")
LATER = NOON + timedelta(hours=1)
WEEK = Period("2024-W45", NOON.date(), NOON.date() + timedelta(days=7))


def make_delivery(id_: str = "d1", *, minutes: int = 0) -> Delivery:
    return Delivery(
        id=id_,
        workspace=LOCAL,
        subscription="s1",
        place=Place(ChannelId("general")),
        due_at=NOON + timedelta(minutes=minutes),
        since=NOON - timedelta(days=7),
        until=NOON,
        planned_at=NOON,
    )


async def plan(storage: SqlStorage, delivery: Delivery) -> None:
    (before,) = await storage.subscriptions.list_subscriptions(LOCAL)
    after = replace(before, next_run_at=delivery.due_at + timedelta(days=7))
    assert await storage.deliveries.plan(before, after, delivery)


async def test_an_empty_database_has_nothing(storage: SqlStorage) -> None:
    counts = await storage.watch.count(NOON)

    assert (counts.events, counts.pages, counts.deliveries, counts.failed) == (0, {}, {}, ())
    assert (counts.oldest_event_s, counts.late_s) == (0.0, 0.0)


async def test_links_are_counted_by_the_state_of_their_page(storage: SqlStorage) -> None:
    for name in ("one", "two", "three"):
        await storage.links.save(make_save(f"https://example.com/{name}"))
    one, two, _ = await storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    await storage.links.mark_unreadable(LOCAL, one.id, "not_found")
    await storage.links.mark_reading(LOCAL, two.id)

    counts = await storage.watch.count(NOON)

    states = {PageState.UNREADABLE: 1, PageState.READING: 1, PageState.WAITING: 1}
    assert (counts.pages, counts.unreadable) == (states, {"not_found": 1})


async def test_a_link_that_nobody_saved_is_not_waited_for(storage: SqlStorage) -> None:
    code = make_entry("https://example.com/code", title="Code")
    await storage.archives.import_archive(LOCAL, make_archive(make_entry(related=(code,))))

    counts = await storage.watch.count(NOON)

    assert counts.pages == {PageState.WAITING: 1}


async def test_events_are_open_until_they_are_done(storage: SqlStorage) -> None:
    for number in range(3):
        await storage.inbox.put(make_command("ask", event=f"e{number}"))
    first, second, _ = await storage.inbox.list_open(lane=Lane.TALK, limit=9)
    await storage.inbox.mark_done(first.id)
    await storage.inbox.mark_failed(second.id, "too_many_attempts")

    counts = await storage.watch.count(NOON)

    assert (counts.events, counts.events_set_aside) == (1, 1)


async def test_deliveries_are_late_from_their_hour_on(storage: SqlStorage) -> None:
    await storage.subscriptions.add(make_subscription())
    await plan(storage, make_delivery())

    counts = await storage.watch.count(LATER)

    assert counts.deliveries == {DeliveryState.PLANNED: 1}
    assert counts.late_s == 3600


async def test_what_is_merely_prepared_is_no_delivery_yet(storage: SqlStorage) -> None:
    digest = Digest(WEEK, Style.WEEKLY, "ko", "첫째 주", (), None)
    await storage.deliveries.prepare(make_delivery(), digest, fingerprint="f")

    counts = await storage.watch.count(LATER)

    assert counts.deliveries == {}


async def test_what_failed_is_told_with_its_reason(storage: SqlStorage) -> None:
    await storage.subscriptions.add(make_subscription())
    delivery = make_delivery()
    await plan(storage, delivery)
    failed = replace(delivery, state=DeliveryState.FAILED, reason="delivery.closed")
    await storage.deliveries.end(replace(failed, ended_at=LATER))

    counts = await storage.watch.count(LATER)
    long_after = await storage.watch.count(LATER + timedelta(days=8))

    assert [each.reason for each in counts.failed] == ["delivery.closed"]
    assert long_after.failed == ()


async def test_subscriptions_and_feeds_are_counted(storage: SqlStorage) -> None:
    await storage.subscriptions.add(replace(make_subscription(), next_run_at=LATER))
    await storage.subscriptions.add(make_subscription("s2", channel="other"))
    await storage.feeds.add(make_feed(reason="down"), known=())
    await storage.feeds.add(make_feed("f2", url="https://other.example/feed"), known=())

    counts = await storage.watch.count(NOON)

    assert (counts.subscriptions, counts.paused) == (2, 1)
    assert (counts.feeds, counts.feeds_failing) == (2, 1)


async def test_one_workspace_counts_nothing_of_another(storage: SqlStorage) -> None:
    await storage.workspaces.ensure(TEAM, name="Team")
    await storage.links.save(make_save())
    await storage.feeds.add(make_feed(), known=())
    await storage.inbox.put(make_command("ask"))
    await storage.subscriptions.add(make_subscription())
    for id_, state in (("d1", DeliveryState.FAILED), ("d2", DeliveryState.PLANNED)):
        delivery = make_delivery(id_)
        await plan(storage, delivery)
        if state is DeliveryState.FAILED:
            await storage.deliveries.end(replace(delivery, state=state, ended_at=LATER))

    theirs = await storage.watch.count(NOON, workspace=TEAM)
    ours = await storage.watch.count(NOON, workspace=LOCAL)

    assert (theirs.events, theirs.pages, theirs.feeds) == (0, {}, 0)
    assert (theirs.deliveries, theirs.failed, theirs.subscriptions) == ({}, (), 0)
    assert (ours.events, ours.pages, ours.feeds) == (1, {PageState.WAITING: 1}, 1)
    assert ours.deliveries == {DeliveryState.FAILED: 1, DeliveryState.PLANNED: 1}
    assert ([each.id for each in ours.failed], ours.subscriptions) == (["d1"], 1)
