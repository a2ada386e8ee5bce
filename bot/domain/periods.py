"""Periods as people name them: `2025-W02`, `2023-11`, `2023`, `7d`, `last week`, `지난주`."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, tzinfo

from bot.domain.digests import Period
from bot.domain.weeks import month_week
from bot.errors import UsageError
from bot.texts import Say

MAX_DAYS = 366

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_DATE = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")
_YEAR = re.compile(r"(?:19|20)\d\d")
_LAST_DAYS = re.compile(r"(\d{1,6})d|최근\s*(\d{1,6})일", re.IGNORECASE)

# What people type in chat, spaces and hyphens dropped.
_KOREAN_NAMES = {
    "오늘": "today",
    "어제": "yesterday",
    "이번주": "this-week",
    "금주": "this-week",
    "지난주": "last-week",
    "저번주": "last-week",
    "이번달": "this-month",
    "지난달": "last-month",
    "저번달": "last-month",
    "올해": "this-year",
    "금년": "this-year",
    "작년": "last-year",
    "지난해": "last-year",
}


def parse_period(text: str, *, today: date) -> Period:
    """Return the calendar days that `text` names; weeks are ISO weeks, `7d` ends with today.

    Raises:
        UsageError: no such period, or one longer than a year.

    """
    name = text.strip()
    period = _named(name, today) or _last_days(name, today) or _written(name)
    if period is None:
        raise UsageError("period.unknown", period=name[:40])
    return period


def is_day(period: Period) -> bool:
    return period.end - period.first == _DAY


def is_week(period: Period) -> bool:
    return period.first.isoweekday() == 1 and period.end - period.first == _WEEK


def is_month(period: Period) -> bool:
    return period.first.day == 1 and period.end == _next_month(period.first)


def is_year(period: Period) -> bool:
    first = period.first
    return first == date(first.year, 1, 1) and period.end == _next_year(first)


def week_of(day: date) -> Period:
    """Return the ISO week that a day lies in."""
    first = day - timedelta(days=day.isoweekday() - 1)
    year, week, _ = day.isocalendar()
    return Period(f"{year}-W{week:02}", first, first + _WEEK)


def period_before(period: Period) -> Period:
    """Return the month before a month, else as many days right before.

    Shorter where the calendar begins.
    """
    days = 1 if is_month(period) else (period.end - period.first).days
    first = date.fromordinal(max(1, period.first.toordinal() - days))
    if is_month(period):
        first = first.replace(day=1)
    return Period(f"{first.isoformat()}/{period.first.isoformat()}", first, period.first)


def name_before(period: Period, say: Say) -> str:
    """Return what people call the period before: "the week before"."""
    if is_day(period):
        return say("period.before.day")
    if is_week(period):
        return say("period.before.week")
    if is_month(period):
        return say("period.before.month")
    return say("period.before.days", count=(period.end - period.first).days)


def period_between(since: datetime, until: datetime, zone: tzinfo) -> Period:
    """Return the days that people call a span by: from Monday to Monday at nine it is a week.

    Up to a day long it is the day that holds most of it: until 09:00 yesterday, until 23:45 today.
    """
    # On the clocks of the zone, where also the day of 25 hours is one.
    starts, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (since, until))
    first, end = starts.date(), ends.date()
    if ends - starts <= _DAY:
        first = (starts + (ends - starts) / 2).date()
        end = first + _DAY
    name = first.isoformat() if end == first + _DAY else f"{first}/{end}"
    return Period(name, first, end)


def period_title(period: Period, say: Say) -> str:
    """Return what people call a period: "2025년 1월 둘째 주 (1.6–1.12)"."""
    if is_day(period):
        return _day_title(period.first, say)
    if is_week(period):
        return _week_title(period, say)
    if is_month(period):
        return say("period.month", year=period.first.year, month=_month_name(period.first, say))
    if is_year(period):
        return say("period.year", year=period.first.year)
    return _range_title(period, say)


def _named(text: str, today: date) -> Period | None:
    key = re.sub(r"[\s_-]+", "-", text.lower())
    key = _KOREAN_NAMES.get(key.replace("-", ""), key)
    this_week = week_of(today)
    this_month = today.replace(day=1)
    this_year = today.replace(month=1, day=1)
    days = {
        "today": (today, today + _DAY),
        "yesterday": (today - _DAY, today),
        "this-week": (this_week.first, this_week.end),
        "last-week": (this_week.first - _WEEK, this_week.first),
        "this-month": (this_month, _next_month(this_month)),
        "last-month": ((this_month - _DAY).replace(day=1), this_month),
        "this-year": (this_year, _next_year(this_year)),
        "last-year": ((this_year - _DAY).replace(month=1, day=1), this_year),
    }.get(key)
    return Period(key, *days) if days else None


def _last_days(text: str, today: date) -> Period | None:
    match = _LAST_DAYS.fullmatch(text)
    if not match:
        return None
    days = int(match[1] or match[2])
    if not 1 <= days <= MAX_DAYS:
        raise UsageError("period.too_long", period=text, limit=MAX_DAYS)
    return Period(f"{days}d", today - timedelta(days=days - 1), today + _DAY)


def _written(text: str) -> Period | None:
    try:
        if match := _DATE.fullmatch(text):
            day = date(int(match[1]), int(match[2]), int(match[3]))
            return Period(day.isoformat(), day, day + _DAY)
        if match := _ISO_WEEK.fullmatch(text):
            return week_of(date.fromisocalendar(int(match[1]), int(match[2]), 1))
        if match := _MONTH.fullmatch(text):
            first = date(int(match[1]), int(match[2]), 1)
            return Period(f"{first:%Y-%m}", first, _next_month(first))
        if _YEAR.fullmatch(text):
            first = date(int(text), 1, 1)
            return Period(text, first, _next_year(first))
    except (ValueError, OverflowError):  # a 31st of February, a week 54, the end of time
        return None
    return None


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _next_year(first: date) -> date:
    return (first + timedelta(days=366)).replace(day=1)


def _day_title(day: date, say: Say) -> str:
    return say(
        "period.day",
        year=day.year,
        month=_month_name(day, say),
        day=day.day,
        weekday=say(f"period.weekday.{day.isoweekday()}"),
    )


def _week_title(period: Period, say: Say) -> str:
    year, month, nth = month_week(period.first)
    return say(
        "period.week",
        year=year,
        month=_month_name(date(year, month, 1), say),
        nth=say(f"period.nth.{nth}"),
        days=_range(period, say),
    )


def _range_title(period: Period, say: Say) -> str:
    first, last = period.first, period.end - _DAY
    if first.year == last.year:
        return say("period.range", year=first.year, days=_range(period, say))
    return say("period.range_of_years", first=_day_title(first, say), last=_day_title(last, say))


def _range(period: Period, say: Say) -> str:
    first, last = period.first, period.end - _DAY
    if first.month == last.month:
        month = say(f"period.month_short.{first.month}")
        return say("period.days_of_month", month=month, first=first.day, last=last.day)
    return f"{_short_day(first, say)}–{_short_day(last, say)}"


def _short_day(day: date, say: Say) -> str:
    month = say(f"period.month_short.{day.month}")
    return say("period.short_day", month=month, day=day.day)


def _month_name(day: date, say: Say) -> str:
    return say(f"period.month_name.{day.month}")
