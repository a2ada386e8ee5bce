from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.digests import Period
from bot.domain.periods import (
    MAX_DAYS,
    is_month,
    is_week,
    parse_period,
    period_before,
    period_title,
    week_of,
)
from bot.errors import UserError
from bot.texts import LANGUAGES, Texts

SUNDAY = date(2025, 3, 9)
TEXTS = Texts.load()
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1))


@pytest.mark.parametrize(
    ("text", "name", "first", "end"),
    [
        ("2025-03-04", "2025-03-04", date(2025, 3, 4), date(2025, 3, 5)),
        ("2025-3-4", "2025-03-04", date(2025, 3, 4), date(2025, 3, 5)),
        ("2025-W02", "2025-W02", date(2025, 1, 6), date(2025, 1, 13)),
        ("2025w2", "2025-W02", date(2025, 1, 6), date(2025, 1, 13)),
        ("2020-W53", "2020-W53", date(2020, 12, 28), date(2021, 1, 4)),
        ("2024-12", "2024-12", date(2024, 12, 1), date(2025, 1, 1)),
        ("7d", "7d", date(2025, 3, 3), date(2025, 3, 10)),
        ("최근 3일", "3d", date(2025, 3, 7), date(2025, 3, 10)),
        ("today", "today", SUNDAY, date(2025, 3, 10)),
        ("오늘", "today", SUNDAY, date(2025, 3, 10)),
        ("어제", "yesterday", date(2025, 3, 8), SUNDAY),
        ("This week", "this-week", date(2025, 3, 3), date(2025, 3, 10)),
        ("이번 주", "this-week", date(2025, 3, 3), date(2025, 3, 10)),
        ("last-week", "last-week", date(2025, 2, 24), date(2025, 3, 3)),
        ("지난주", "last-week", date(2025, 2, 24), date(2025, 3, 3)),
        ("this-month", "this-month", date(2025, 3, 1), date(2025, 4, 1)),
        ("지난달", "last-month", date(2025, 2, 1), date(2025, 3, 1)),
        ("2024", "2024", date(2024, 1, 1), date(2025, 1, 1)),
        ("올해", "this-year", date(2025, 1, 1), date(2026, 1, 1)),
        ("last year", "last-year", date(2024, 1, 1), date(2025, 1, 1)),
    ],
)
def test_a_period_is_read_as_people_write_it(text: str, name: str, first: date, end: date) -> None:
    assert parse_period(text, today=SUNDAY) == Period(name, first, end)


@pytest.mark.parametrize(
    "text", ["", "soon", "1825", "2025-13", "2025-02-30", "2025-W54", "2021-W53", "9999-12-31"]
)
def test_what_is_no_period_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UserError) as refusal:
        parse_period(text, today=SUNDAY)

    assert refusal.value.message_key == "period.unknown"
    for language in LANGUAGES:
        assert "2025-W02" in TEXTS.get(language, "period.unknown", **refusal.value.values)


@pytest.mark.parametrize("text", ["0d", f"{MAX_DAYS + 1}d", "999999d"])
def test_a_period_lasts_from_a_day_to_a_year(text: str) -> None:
    with pytest.raises(UserError) as refusal:
        parse_period(text, today=SUNDAY)

    assert refusal.value.message_key == "period.too_long"


@given(st.text(max_size=60), DAYS)
def test_any_text_is_a_period_of_at_most_a_year_or_refused(text: str, today: date) -> None:
    try:
        period = parse_period(text, today=today)
    except UserError:
        return
    assert timedelta(days=1) <= period.end - period.first <= timedelta(days=MAX_DAYS)


@given(DAYS)
def test_every_day_lies_in_its_week_whose_name_reads_back(day: date) -> None:
    week = week_of(day)

    assert week.first <= day < week.end
    assert is_week(week)
    assert parse_period(week.name, today=SUNDAY) == week


@given(DAYS)
def test_the_month_before_ends_where_this_one_starts(today: date) -> None:
    this, last = (parse_period(name, today=today) for name in ("this-month", "last-month"))

    assert last.end == this.first
    assert is_month(this)
    assert is_month(last)


@pytest.mark.parametrize(
    ("text", "korean", "english"),
    [
        ("2025-03-04", "2025년 3월 4일(화)", "Tuesday, March 4, 2025"),
        ("2025-W02", "2025년 1월 둘째 주 (1.6–1.12)", "January 2025, 2nd week (Jan 6–12)"),
        ("2025-W01", "2025년 1월 첫째 주 (12.30–1.5)", "January 2025, 1st week (Dec 30–Jan 5)"),
        ("2024-12", "2024년 12월", "December 2024"),
        ("2024", "2024년", "2024"),
        ("3d", "2025.3.7–3.9", "Mar 7–9, 2025"),
    ],
)
def test_a_title_is_what_people_call_the_period(text: str, korean: str, english: str) -> None:
    period = parse_period(text, today=SUNDAY)

    assert period_title(period, TEXTS.bind("ko")) == korean
    assert period_title(period, TEXTS.bind("en")) == english


@given(st.integers(min_value=1, max_value=MAX_DAYS), DAYS)
def test_every_period_has_a_title_in_both_languages(days: int, today: date) -> None:
    period = parse_period(f"{days}d", today=today)

    assert all(period_title(period, TEXTS.bind(language)) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("asked", "before"),
    [
        ("2025-01", ("2024-12-01", "2025-01-01")),
        ("2025-03", ("2025-02-01", "2025-03-01")),
        ("2025-W02", ("2024-12-30", "2025-01-06")),
        ("2025-01-01", ("2024-12-31", "2025-01-01")),
        ("0001-01", ("0001-01-01", "0001-01-01")),
        ("0001-01-03", ("0001-01-02", "0001-01-03")),
    ],
)
def test_before_a_month_is_a_month_and_before_days_are_as_many(
    asked: str, before: tuple[str, str]
) -> None:
    period = period_before(parse_period(asked, today=date(2025, 1, 8)))

    assert (period.first.isoformat(), period.end.isoformat()) == before
