"""Years, months and weeks in the headings of an archive, and the day that they stand for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.domain.weeks import month_week, week_of_month

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": 5}
_ORDINALS |= {"첫": 1, "첫째": 1, "둘째": 2, "셋째": 3, "넷째": 4, "다섯째": 5, "마지막": 5}

_DAY = re.compile(
    r"(?<!\d)(\d{4})[-./]\s?(\d{1,2})[-./]\s?(\d{1,2})(?!\d)|(\d{4})년\s?(\d{1,2})월\s?(\d{1,2})일"
)
_ISO_WEEK = re.compile(r"(?<!\d)(\d{4})-?W(\d{1,2})(?!\d)", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\d.])((?:19|20)\d{2})(?!\d)")
_YEAR_MONTH = re.compile(r"(?<!\d)(?:19|20)\d{2}(?:[-./]\s?|년\s?)(\d{1,2})(?!\d)")
_KOREAN_MONTH = re.compile(r"(?<!\d)(\d{1,2})월")
_MONTH_NAME = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_MONTH = re.compile(rf"\b({_MONTH_NAME})\b", re.IGNORECASE)
_ENGLISH_DAY = re.compile(  # November 9, 2024; 9 November 2024
    rf"\b(?:(?P<first>\d{{1,2}})\s)?(?P<month>{_MONTH_NAME})\.?\s"
    r"(?:(?P<day>\d{1,2}),?\s)?(?P<year>\d{4})\b",
    re.IGNORECASE,
)
_WEEK = re.compile(
    r"(?<!\d)(\d)\s?(?:st|nd|rd|th)?[\s-]{0,3}(?:week\b|주\s?차?)|\bweek\s{0,3}#?(\d)(?!\d)",
    re.IGNORECASE,
)
_WORD_WEEK = re.compile(rf"\b({'|'.join(_ORDINALS)})\s{{0,3}}(?:week\b|주\s?차?)", re.IGNORECASE)
_LONGEST_LABEL = 60  # a longer heading is a sentence that mentions a month

YEAR_RANK, MONTH_RANK, WEEK_RANK, DAY_RANK = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class PeriodLabel:
    """What one heading says; None where it says nothing."""

    year: int | None = None
    month: int | None = None
    week: int | None = None
    day: date | None = None

    @property
    def rank(self) -> int:
        """Return how high the heading stands: by the largest unit in it."""
        if self.year is not None:
            return YEAR_RANK
        if self.month is not None:
            return MONTH_RANK
        return WEEK_RANK if self.week is not None else DAY_RANK


def read_period_label(text: str) -> PeriodLabel | None:
    """Return the parts of a date that a heading names; None if it names none."""
    if len(text) > _LONGEST_LABEL or "!" in text or "?" in text:
        return None
    if day := find_day(text):
        return PeriodLabel(day.year, day.month, None, day)
    if match := _ISO_WEEK.search(text):
        return _iso_week(int(match[1]), int(match[2]))
    year = _YEAR.search(text)
    label = PeriodLabel(int(year[1]) if year else None, _month(text), _week(text))
    return None if label == PeriodLabel() else label


def find_day(text: str) -> date | None:
    """Return the first whole date in a text."""
    for match in _DAY.finditer(text):
        year, month, day = (part for part in match.groups() if part)
        if day_found := _date(int(year), int(month), int(day)):
            return day_found
    for match in _ENGLISH_DAY.finditer(text):
        number = _MONTHS.index(match["month"].lower()[:3]) + 1
        day = match["day"] or match["first"] or "0"  # without one it is a month
        if day_found := _date(int(match["year"]), number, int(day)):
            return day_found
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def first_day(period: PeriodLabel) -> date | None:
    """Return the Monday of the week, else the first day of the month's own weeks, else None.

    A fifth week in a month of four is its last: people count by the calendar page.
    """
    if period.day or period.year is None or period.month is None:
        return period.day
    if period.week is None:  # the first may lie in the last week of the month before
        first = date(period.year, period.month, 1)
        return max(first, week_of_month(period.year, period.month, 1))
    for nth in range(min(max(period.week, 1), 5), 0, -1):
        try:
            return week_of_month(period.year, period.month, nth)
        except ValueError:
            continue
    return None


def _iso_week(year: int, week: int) -> PeriodLabel | None:
    try:
        monday = date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return PeriodLabel(*month_week(monday), day=monday)


def _month(text: str) -> int | None:
    if match := _YEAR_MONTH.search(text) or _KOREAN_MONTH.search(text):
        number = int(match[1])
        return number if 1 <= number <= len(_MONTHS) else None
    if match := _MONTH.search(text):
        return _MONTHS.index(match[1].lower()[:3]) + 1
    return None


def _week(text: str) -> int | None:
    if match := _WEEK.search(text):
        return int(match[1] or match[2])
    if match := _WORD_WEEK.search(text):
        return _ORDINALS[match[1].lower()]
    return None
