"""Weeks as people label them: the nth week of a month."""

from __future__ import annotations

from datetime import date, timedelta

_THURSDAY = 3


def week_of_month(year: int, month: int, nth: int) -> date:
    """Return the Monday of the nth ISO week whose Thursday lies in the month.

    The rule of ISO 8601 for years, applied to months: every week belongs to exactly one month.

    Raises:
        ValueError: there is no such month, or it has no such week.

    """
    first = date(year, month, 1)
    days_to_thursday = (_THURSDAY - first.weekday()) % 7
    try:
        thursday = first + timedelta(days=days_to_thursday + 7 * (nth - 1))
    except OverflowError as error:
        raise ValueError(f"no week {nth} in {year}-{month:02}") from error
    if nth < 1 or thursday.month != month:
        raise ValueError(f"no week {nth} in {year}-{month:02}")
    return thursday - timedelta(days=_THURSDAY)


def month_week(day: date) -> tuple[int, int, int]:
    """Return year, month and number of a day's week, as `week_of_month` takes them."""
    thursday = day + timedelta(days=_THURSDAY - day.weekday())
    return thursday.year, thursday.month, (thursday.day - 1) // 7 + 1
