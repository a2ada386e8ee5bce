"""Schedules: what people choose becomes cron lines, and those become the right times."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.schedules import (
    Every,
    describe,
    describe_moment,
    make_cron,
    move_cron,
    next_times,
    parse_cron,
    parse_every,
    parse_time,
    parse_weekday,
    reach_days,
    read_choice,
)
from bot.errors import UsageError
from bot.texts import Texts

TEXTS = Texts.load()
SEOUL, BERLIN, NEW_YORK = map(ZoneInfo, ("Asia/Seoul", "Europe/Berlin", "America/New_York"))
ZONES = (SEOUL, BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC"))

instants = st.datetimes(
    min_value=datetime(2023, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2030, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
clocks = st.times().map(lambda each: f"{each:%H:%M}")
presets = st.builds(lambda every, at: make_cron(every, at=at), st.sampled_from(Every), clocks)
numbers = st.builds(
    lambda minute, hours, days: f"{minute} {hours} {days}",
    st.integers(0, 59),
    st.sampled_from(["*", "*/3", "0-6", "2,3", "1"]),
    st.sampled_from(["* * *", "* * 0", "1,15 * *", "L * *", "* 3,10,11 *"]),
)


@given(presets | numbers, st.sampled_from(ZONES), instants)
def test_next_times_come_later_and_later(cron: str, zone: ZoneInfo, after: datetime) -> None:
    times = next_times(cron, zone, after=after, count=6)

    assert len(times) == 6
    assert all(each.tzinfo is UTC for each in times)
    assert all(earlier < later for earlier, later in pairwise([after, *times]))


@given(presets | numbers, st.sampled_from(ZONES), instants)
def test_no_time_between_two_is_skipped(cron: str, zone: ZoneInfo, after: datetime) -> None:
    first, second, *_ = next_times(cron, zone, after=after, count=2)

    assert next_times(cron, zone, after=first, count=1) == [second]
    halfway = after + (first - after) / 2
    assert next_times(cron, zone, after=halfway, count=1) == [first]


@given(clocks, st.sampled_from(ZONES), instants)
def test_a_daily_schedule_comes_once_on_every_day(at: str, zone: ZoneInfo, after: datetime) -> None:
    times = next_times(make_cron(Every.DAILY, at=at), zone, after=after, count=400)

    days = [each.astimezone(zone).date() for each in times]
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(days))


@given(clocks, st.sampled_from(ZONES), instants)
def test_the_clock_shows_what_was_chosen_but_for_the_hour_that_is_skipped(
    at: str, zone: ZoneInfo, after: datetime
) -> None:
    for moment in next_times(make_cron(Every.DAILY, at=at), zone, after=after, count=400):
        there = moment.astimezone(zone)
        wanted = datetime.combine(there.date(), parse_time(at), zone)
        is_skipped = wanted.astimezone(UTC).astimezone(zone).time() != wanted.time()
        assert is_skipped or f"{there:%H:%M}" == at


@pytest.mark.parametrize(
    ("zone", "spring", "autumn"),
    [
        (BERLIN, date(2026, 3, 29), date(2026, 10, 25)),
        (NEW_YORK, date(2026, 3, 8), date(2026, 11, 1)),
    ],
    ids=["Berlin", "New York"],
)
def test_the_hour_that_is_skipped_or_repeated_counts_once(
    zone: ZoneInfo, spring: date, autumn: date
) -> None:
    cron = make_cron(Every.DAILY, at="02:30" if zone is BERLIN else "01:30")
    skipped = make_cron(Every.DAILY, at="02:30")

    def of_day(line: str, day: date) -> list[datetime]:
        midnight = datetime.combine(day, time(), zone)
        times = next_times(line, zone, after=midnight, count=3)
        return [each for each in times if each.astimezone(zone).date() == day]

    (in_spring,) = of_day(skipped, spring)
    (in_autumn,) = of_day(cron, autumn)
    assert f"{in_spring.astimezone(zone):%H:%M}" == "03:00"
    assert in_autumn.astimezone(zone).fold == 0
    # Who asks between the two hears of the next day.
    (following,) = next_times(cron, zone, after=in_autumn + timedelta(minutes=30), count=1)
    assert following.astimezone(zone).date() == autumn + timedelta(days=1)


@pytest.mark.parametrize(
    ("typed", "number"),
    [("mon", 1), ("Monday", 1), ("월요일", 1), ("금", 5), ("SUN", 7), ("sunday", 7)],
)
def test_monday_is_the_first_day(typed: str, number: int) -> None:
    assert parse_weekday(typed) == number


@given(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), instants)
def test_a_weekly_schedule_keeps_to_its_weekday(name: str, after: datetime) -> None:
    cron = make_cron(Every.WEEKLY, on=name)

    days = [each.astimezone(SEOUL) for each in next_times(cron, SEOUL, after=after, count=4)]
    assert {f"{each:%a}".lower() for each in days} == {name}


@pytest.mark.parametrize(
    ("every", "on", "cron", "korean", "english"),
    [
        (Every.DAILY, "", "0 9 * * *", "매일 09:00", "every day at 09:00"),
        (Every.WEEKDAYS, "", "0 9 * * 1-5", "평일 09:00", "on weekdays at 09:00"),
        (Every.WEEKLY, "", "0 9 * * 1", "매주 월요일 09:00", "every Monday at 09:00"),
        (Every.WEEKLY, "sun", "0 9 * * 7", "매주 일요일 09:00", "every Sunday at 09:00"),
        (Every.MONTHLY, "", "0 9 1 * *", "매월 1일 09:00", "on day 1 of every month at 09:00"),
        (
            Every.MONTHLY,
            "15일",
            "0 9 15 * *",
            "매월 15일 09:00",
            "on day 15 of every month at 09:00",
        ),
        (
            Every.MONTHLY,
            "last",
            "0 9 L * *",
            "매월 마지막 날 09:00",
            "on the last day of every month at 09:00",
        ),
    ],
)
def test_a_choice_reads_well_in_both_languages(
    every: Every, on: str, cron: str, korean: str, english: str
) -> None:
    assert make_cron(every, on=on) == cron
    assert parse_cron(cron) == cron
    assert describe(cron, "Asia/Seoul", TEXTS.bind("ko")) == f"{korean} (Asia/Seoul)"
    assert describe(cron, "Asia/Seoul", TEXTS.bind("en")) == f"{english} (Asia/Seoul)"


def test_a_line_of_ones_own_is_shown_as_it_is() -> None:
    assert describe("0 9 * 3 1", "UTC", TEXTS.bind("en")) == "cron 0 9 * 3 1 (UTC)"
    assert describe("0 * * * *", "UTC", TEXTS.bind("en")) == "cron 0 * * * * (UTC)"
    assert describe("0 9 * * 1#2", "UTC", TEXTS.bind("en")) == "cron 0 9 * * 1#2 (UTC)"
    assert describe("0 9 1 * 1", "UTC", TEXTS.bind("en")) == "cron 0 9 1 * 1 (UTC)"


@pytest.mark.parametrize(
    ("cron", "korean", "english"),
    [
        ("0 9 * * 1,4", "매주 월, 목요일 09:00", "every Monday and Thursday at 09:00"),
        ("30 8 * * mon-fri", "평일 08:30", "on weekdays at 08:30"),
        ("0 9 * * 0,6", "매주 토, 일요일 09:00", "every Saturday and Sunday at 09:00"),
        ("0 9,18 * * *", "매일 09:00, 18:00", "every day at 09:00 and 18:00"),
        ("0 9 1,15 * *", "매월 1, 15일 09:00", "on days 1 and 15 of every month at 09:00"),
    ],
)
def test_a_line_is_told_in_words_where_there_are_some(cron: str, korean: str, english: str) -> None:
    assert describe(cron, "UTC", TEXTS.bind("ko")) == f"{korean} (UTC)"
    assert describe(cron, "UTC", TEXTS.bind("en")) == f"{english} (UTC)"


@given(st.sampled_from(Every), clocks, st.sampled_from(["", "fri", "15", "last"]))
def test_what_a_line_was_made_of_makes_it_again(every: Every, at: str, on: str) -> None:
    with suppress(UsageError):
        cron = make_cron(every, at=at, on=on)
        choice = read_choice(cron)
        assert choice is not None
        assert make_cron(choice.every, at=choice.at, on=choice.on) == cron
        assert (choice.every, choice.at) == (every, at)


@pytest.mark.parametrize("cron", ["0 9 * * 1,4", "0 9 31 * *", "0 9,18 * * *", "0 9 1 * 1"])
def test_a_line_that_no_choice_makes_is_read_as_none(cron: str) -> None:
    assert read_choice(cron) is None


def test_a_line_is_moved_to_another_time_on_the_same_days() -> None:
    assert move_cron("0 9 * * 1,4", "17:30") == "30 17 * * 1,4"


def test_a_moment_is_told_by_the_clocks_of_the_zone() -> None:
    moment = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)

    assert describe_moment(moment, SEOUL, TEXTS.bind("ko")) == "2026년 11월 23일(월) 09:00"
    assert describe_moment(moment, NEW_YORK, TEXTS.bind("en")) == "Sunday, November 22, 2026, 19:00"


@pytest.mark.parametrize(
    ("cron", "days"),
    [
        ("0 9 * * *", 1),
        ("0 9 * * 1-5", 1),
        ("0 9 * * 3", 7),
        ("0 9 1 * *", 31),
        ("0 9 L * *", 31),
        ("0 */6 * * *", 1),
        ("0 9 * * 1,4", 4),
        ("0 9 1,15 * *", 17),
        ("0 9 29 2 *", 366),
    ],
)
def test_a_digest_reaches_back_to_the_one_before(cron: str, days: int) -> None:
    assert reach_days(cron) == days


@pytest.mark.parametrize("typed", ["9", "09:00", "9:00", "9시", " 09:00 "])
def test_a_time_is_written_in_several_ways(typed: str) -> None:
    assert parse_time(typed) == time(9)


@pytest.mark.parametrize("typed", ["", "24:00", "9:60", "noon", "9:5", "-1", "９：００"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_time(typed)

    assert refused.value.message_key == "schedule.bad_time"


@pytest.mark.parametrize(
    ("cron", "key"),
    [
        ("* * * * *", "schedule.too_often"),
        ("*/15 9 * * *", "schedule.too_often"),
        ("0,30 9 * * 1", "schedule.too_often"),
        ("", "schedule.bad_cron"),
        ("0 9 * *", "schedule.bad_cron"),
        ("0 0 9 * * 1", "schedule.with_seconds"),
        ("* * * * * *", "schedule.with_seconds"),
        ("0 25 * * *", "schedule.bad_cron"),
        ("@daily", "schedule.bad_cron"),
        ("0 9 31 2 *", "schedule.never"),
        ("0 9 31 4,6 *", "schedule.never"),
        ("0 9 32 * *", "schedule.bad_cron"),
        ("0 9 1 13 *", "schedule.bad_cron"),
        ("a b c d e", "schedule.bad_cron"),
        (f"0 {'9' * 5000} * * *", "schedule.bad_cron"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(cron: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_cron(cron)

    assert refused.value.message_key == key


@given(st.text())
def test_any_words_are_understood_or_refused(text: str) -> None:
    for parse in (parse_cron, parse_time, parse_every, parse_weekday):
        with suppress(UsageError):
            assert parse(text) is not None


@pytest.mark.parametrize(
    ("every", "on", "key"),
    [
        (Every.DAILY, "mon", "schedule.no_day"),
        (Every.WEEKLY, "15", "schedule.bad_weekday"),
        (Every.MONTHLY, "31", "schedule.bad_day"),
        (Every.MONTHLY, "0", "schedule.bad_day"),
        (Every.MONTHLY, "mon", "schedule.bad_day"),
    ],
)
def test_a_day_that_does_not_fit_is_refused(every: Every, on: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        make_cron(every, on=on)

    assert refused.value.message_key == key
