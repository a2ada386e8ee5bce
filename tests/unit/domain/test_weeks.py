from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.weeks import month_week, week_of_month

DAYS = st.dates(min_value=date(1000, 1, 1), max_value=date(9990, 12, 31))


def test_the_second_week_of_january_2025_is_iso_week_two() -> None:
    assert week_of_month(2025, 1, 2).isocalendar()[:2] == (2025, 2)


def test_a_week_belongs_to_the_month_of_its_thursday() -> None:
    assert week_of_month(2025, 1, 1) == date(2024, 12, 30)
    assert month_week(date(2024, 12, 31)) == (2025, 1, 1)


@pytest.mark.parametrize("nth", [-1, 0, 5, 6, 10**9])
def test_a_week_that_a_month_lacks_is_refused(nth: int) -> None:
    with pytest.raises(ValueError, match="no week"):
        week_of_month(2025, 2, nth)


@given(DAYS)
def test_every_day_lies_in_the_week_that_is_named_for_it(day: date) -> None:
    monday = week_of_month(*month_week(day))

    assert monday.weekday() == 0
    assert monday <= day < monday + timedelta(days=7)


@given(DAYS)
def test_naming_a_week_and_finding_it_again_is_a_round_trip(day: date) -> None:
    assert month_week(week_of_month(*month_week(day))) == month_week(day)


@given(DAYS)
def test_all_days_of_one_week_have_one_name(day: date) -> None:
    monday = day - timedelta(days=day.weekday())

    assert len({month_week(monday + timedelta(days=n)) for n in range(7)}) == 1
