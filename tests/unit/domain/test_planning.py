"""Schedules over time: down-times, edits, pauses and clocks that jump."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.digests import Style
from bot.domain.models import LOCAL, ChannelId, MemberId, Place
from bot.domain.planning import (
    GRACE,
    TOO_LATE,
    is_over,
    plan,
    plan_ahead,
    plan_now,
    schedule,
    skip_one,
)
from bot.domain.schedules import next_times
from bot.domain.subscriptions import Subscription

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
# 2026-03-02 is a Monday; 00:00 UTC is nine in Seoul.
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def make(cron: str = "0 9 * * *", *, zone: str = "Asia/Seoul", days: int = 1) -> Subscription:
    return Subscription(
        id="s1",
        workspace=LOCAL,
        place=Place(ChannelId("general")),
        cron=cron,
        zone=zone,
        days=days,
        style=Style.WEEKLY,
        language="ko",
        made_by=MemberId("mina"),
        made_by_name="Mina",
        made_at=MONDAY - HOUR,
    )


def planned(subscription: Subscription, now: datetime) -> tuple[Subscription, Delivery]:
    made = plan(subscription, now=now)
    assert made is not None
    assert made.delivery is not None
    return made.after, made.delivery


def test_the_first_one_reaches_its_days_back() -> None:
    weekly = schedule(make("0 9 * * 1", days=7), now=MONDAY - HOUR)

    assert weekly.next_run_at == MONDAY
    assert plan(weekly, now=MONDAY - timedelta(seconds=1)) is None
    after, delivery = planned(weekly, MONDAY)
    assert (delivery.since, delivery.until) == (MONDAY - WEEK, MONDAY)
    assert (after.next_run_at, after.covered_until) == (MONDAY + WEEK, MONDAY)


def test_what_was_missed_is_one_digest_that_says_so() -> None:
    daily = replace(schedule(make(), now=MONDAY - HOUR), covered_until=MONDAY - DAY)

    after, delivery = planned(daily, MONDAY + 3 * DAY + HOUR)

    assert (delivery.since, delivery.until) == (MONDAY - DAY, MONDAY + 3 * DAY)
    assert delivery.missed_at == MONDAY
    assert delivery.is_late
    assert after.next_run_at == MONDAY + 4 * DAY


def test_the_first_one_reaches_back_from_where_it_was_due_however_late_it_is() -> None:
    _, delivery = planned(schedule(make(), now=MONDAY - HOUR), MONDAY + 3 * DAY)

    assert (delivery.since, delivery.until) == (MONDAY - DAY, MONDAY + 3 * DAY)


def test_what_is_older_than_the_grace_is_named_and_waits_for_the_next_one() -> None:
    weekly = schedule(make("0 9 * * 1", days=7), now=MONDAY - HOUR)

    after, too_late = planned(weekly, MONDAY + GRACE + HOUR)
    assert (too_late.state, too_late.reason) == (DeliveryState.FAILED, TOO_LATE)
    assert too_late.due_at == MONDAY

    _, delivery = planned(after, MONDAY + WEEK)
    assert (delivery.since, delivery.until) == (MONDAY - WEEK, MONDAY + WEEK)


def test_the_last_moment_of_the_grace_belongs_to_it() -> None:
    weekly = schedule(make("0 9 * * 1", days=7), now=MONDAY - HOUR)
    daily = schedule(make(), now=MONDAY - HOUR)
    late = timedelta(microseconds=1)

    assert planned(weekly, MONDAY + GRACE)[1].state is DeliveryState.PLANNED
    assert planned(weekly, MONDAY + GRACE + late)[1].state is DeliveryState.FAILED
    # Not the first one that was missed, but the last.
    assert planned(daily, MONDAY + DAY + GRACE)[1].state is DeliveryState.PLANNED
    assert planned(daily, MONDAY + DAY + GRACE + late)[1].state is DeliveryState.FAILED


def test_one_is_skipped_and_its_links_enter_the_next() -> None:
    daily = skip_one(schedule(make(), now=MONDAY - HOUR), now=MONDAY - HOUR)

    assert daily.next_run_at == MONDAY + DAY
    _, delivery = planned(daily, MONDAY + DAY)
    assert (delivery.since, delivery.until) == (MONDAY - DAY, MONDAY + DAY)
    assert not delivery.is_late


def test_a_paused_one_is_never_due_and_goes_on_where_it_ended() -> None:
    after, _ = planned(schedule(make(), now=MONDAY - HOUR), MONDAY)
    paused = schedule(replace(after, is_paused=True), now=MONDAY + HOUR)
    assert paused.next_run_at is None
    assert skip_one(paused, now=MONDAY) == paused
    assert plan_ahead(paused) is None

    resumed = schedule(replace(paused, is_paused=False), now=MONDAY + 5 * DAY + HOUR)
    _, delivery = planned(resumed, MONDAY + 6 * DAY)
    assert (delivery.since, delivery.until) == (MONDAY, MONDAY + 6 * DAY)


def test_an_earlier_time_of_the_same_day_is_not_told_again() -> None:
    after, _ = planned(schedule(make(), now=MONDAY - HOUR), MONDAY)

    # The clock is an hour behind what was delivered already.
    edited = schedule(replace(after, cron="0 9 * * *"), now=MONDAY - HOUR)

    assert edited.next_run_at == MONDAY + DAY


def test_one_that_was_covered_meanwhile_is_passed_over() -> None:
    after, _ = planned(schedule(make(), now=MONDAY - HOUR), MONDAY)
    stale = replace(after, next_run_at=MONDAY)

    made = plan(stale, now=MONDAY + HOUR)

    assert made is not None
    assert made.delivery is None
    assert made.after == after


def test_one_that_is_asked_for_moves_nothing_on_unless_that_is_asked_too() -> None:
    daily = replace(schedule(make(days=7), now=MONDAY - HOUR), covered_until=MONDAY - DAY)
    now = MONDAY - HOUR

    beside = plan_now(daily, id_="e1", now=now)
    assert beside.after == daily
    assert beside.delivery is not None
    assert beside.delivery.is_manual
    assert (beside.delivery.since, beside.delivery.until) == (now - WEEK, now)

    instead = plan_now(daily, id_="e1", now=now, moves_on=True)
    assert instead.delivery is not None
    assert (instead.delivery.since, instead.delivery.until) == (MONDAY - DAY, now)
    _, following = planned(instead.after, MONDAY)
    assert (following.since, following.until) == (now, MONDAY)


def test_a_delivery_is_over_when_the_next_is_due_or_its_grace_ended() -> None:
    after, delivery = planned(schedule(make("0 * * * *"), now=MONDAY - HOUR / 2), MONDAY)
    assert not is_over(delivery, after, now=MONDAY + HOUR / 2)
    assert is_over(delivery, after, now=MONDAY + HOUR)

    weekly, delivery = planned(schedule(make("0 9 * * 1"), now=MONDAY - HOUR), MONDAY)
    assert not is_over(delivery, weekly, now=MONDAY + GRACE)
    assert is_over(delivery, weekly, now=MONDAY + GRACE + HOUR)


@pytest.mark.parametrize(
    ("zone", "night"),
    [
        ("America/New_York", datetime(2026, 3, 8, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 1, tzinfo=UTC)),
        ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ],
)
def test_a_day_of_23_or_25_hours_has_one_digest(zone: str, night: datetime) -> None:
    daily = schedule(make("30 2 * * *", zone=zone), now=night - DAY)
    told = []
    for minutes in range(0, 4 * 24 * 60, 10):
        made = plan(daily, now=night + timedelta(minutes=minutes))
        if made is not None and made.delivery is not None:
            daily = made.after
            told.append(made.delivery.due_at)

    assert len(told) in {4, 5}
    assert all(
        timedelta(hours=22) < b - a < timedelta(hours=26) for a, b in itertools.pairwise(told)
    )


CRONS = st.sampled_from(
    (
        "0 9 * * *",
        "0 9 * * 1",
        "30 1 * * *",
        "30 2 * * *",
        "0 * * * *",
        "0 9 * * 1-5",
        "0 9 L * *",
        "15 0 1 * *",
        "45 */5 * * 0,3",
    )
)
ZONES = st.sampled_from(
    ("Asia/Seoul", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "UTC")
)
# Around both changes of clocks of both hemispheres.
STARTS = st.sampled_from(
    tuple(datetime(2026, *day, tzinfo=UTC) for day in ((3, 6), (3, 27), (4, 3), (10, 23), (10, 30)))
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(min_value=1, max_value=5 * 24 * 60)),
        st.tuples(st.just("brief"), st.integers(min_value=1, max_value=90)),
        st.tuples(st.just("edit"), CRONS),
        st.tuples(st.just("move"), ZONES),
        st.tuples(st.just("pause"), st.none()),
        st.tuples(st.just("resume"), st.none()),
        st.tuples(st.just("skip"), st.none()),
        st.tuples(st.just("now"), st.none()),
        st.tuples(st.just("fail"), st.none()),
        st.tuples(st.just("clock"), st.sampled_from((-60, 60))),
    ),
    max_size=40,
)


class World:
    """A subscription over time, as the store keeps it: `told` are its deliveries that stand."""

    def __init__(self, subscription: Subscription, start: datetime) -> None:
        self.now = start
        self.subscription = schedule(subscription, now=start)
        self.told: list[Delivery] = []
        self.numbers = 0

    def tick(self) -> None:
        while (made := plan(self.subscription, now=self.now)) is not None:
            self._keep(made.after, made.delivery)

    def do(self, what: str, how: object) -> None:
        before = self.subscription
        match what, how:
            case (("wait" | "brief" | "clock"), int(minutes)):
                self.now += timedelta(minutes=minutes)
            case "edit", str(cron):
                self._change(replace(before, cron=cron))
            case "move", str(zone):
                self._change(replace(before, zone=zone))
            case "pause", _:
                self._change(replace(before, is_paused=True))
            case "resume", _:
                self._change(replace(before, is_paused=False))
            case "skip", _:
                self.subscription = skip_one(before, now=self.now)
            case "now", _:
                self.numbers += 1
                made = plan_now(before, id_=f"e{self.numbers}", now=self.now, moves_on=True)
                self._keep(made.after, made.delivery)
            case "fail", _ if self.told and before.covered_until == self.told[-1].until:
                failed = self.told.pop()
                self.subscription = replace(before, covered_until=failed.since)

    def _change(self, after: Subscription) -> None:
        self.subscription = schedule(after, now=self.now)

    def _keep(self, after: Subscription, delivery: Delivery | None) -> None:
        self.subscription = after
        if delivery is not None and delivery.state is DeliveryState.PLANNED:
            self.told.append(delivery)


@given(cron=CRONS, zone=ZONES, start=STARTS, days=st.integers(1, 31), steps=STEPS)
def test_whatever_happens_every_instant_is_told_once(
    cron: str, zone: str, start: datetime, days: int, steps: list[tuple[str, object]]
) -> None:
    world = World(make(cron, zone=zone, days=days), start)
    for what, how in steps:
        world.do(what, how)
        world.tick()
    world.do("resume", None)
    for _ in range(3):
        world.now = max(world.now, world.subscription.next_run_at or world.now)
        world.tick()

    told = world.told
    assert told
    if not any(what in {"edit", "move", "skip", "now", "pause", "clock"} for what, _ in steps):
        due = next_times(cron, ZoneInfo(zone), after=start, count=1)[0]
        assert told[0].since <= due - timedelta(days=days) + HOUR  # a change of clocks
    assert all(each.since < each.until <= each.due_at for each in told)
    assert all(a.until == b.since for a, b in itertools.pairwise(told))
    assert all(a.due_at < b.due_at for a, b in itertools.pairwise(told))
    assert len({each.id for each in told}) == len(told)
