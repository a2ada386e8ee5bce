"""When a digest is due: what people choose becomes a cron line, and a cron line becomes times.

A cron line has five fields and is read on the clocks of a zone: what falls into the hour that is
skipped in spring comes when that hour is over, what falls into the hour that is repeated in
autumn comes once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.errors import UsageError
from bot.texts import Say

NINE = "09:00"
LAST_DAY = "last"
LONGEST_REACH_DAYS = 366
LONGEST_CRON = 100  # characters: it is shown, and numbers of thousands of digits cannot be read

_TIME = re.compile(r"([0-9]{1,2})(?::([0-9]{2})|시)?")
_NUMBER = re.compile(r"([0-9]{1,2})일?")
_FIXED = re.compile(r"(?P<minute>\d+) (?P<hour>\d+) (?P<day>\d+|\*|L) \* (?P<weekday>\d|\*|1-5)")
# Cron counts Sunday as 0 or 7; we count like ISO, from Monday as 1.
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("mon 월", "tue 화", "wed 수", "thu 목", "fri 금", "sat 토", "sun 일"), 1
    )
    for name in names.split()
}
_SOME_DAY = datetime(2024, 1, 1, tzinfo=UTC)  # gaps are measured from here, the same ones always
_MEASURED_GAPS = 12


class Every(StrEnum):
    DAILY = "daily"
    WEEKDAYS = "weekdays"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


_KOREAN_EVERY = {
    name: every
    for every, names in zip(
        Every, ("매일 일간", "평일", "매주 주간", "매월 매달 월간"), strict=True
    )
    for name in names.split()
}


def make_cron(every: Every, *, at: str = NINE, on: str = "") -> str:
    """Return the cron line of a choice. `on`: a weekday, Monday if none, or a day of the month.

    Raises:
        UsageError: no such time or day.

    """
    when = parse_time(at)
    clock = f"{when.minute} {when.hour}"
    if on and every in {Every.DAILY, Every.WEEKDAYS}:
        raise UsageError("schedule.no_day", day=on[:40])
    match every:
        case Every.DAILY:
            return f"{clock} * * *"
        case Every.WEEKDAYS:
            return f"{clock} * * 1-5"
        case Every.WEEKLY:
            return f"{clock} * * {parse_weekday(on or 'mon')}"
        case Every.MONTHLY:
            return f"{clock} {_parse_day(on or '1')} * *"


def parse_every(text: str) -> Every:
    """Return how often, written weekly, 매주 or 주간.

    Raises:
        UsageError: none of these.

    """
    name = text.strip().lower()
    try:
        return Every(_KOREAN_EVERY.get(name, name))
    except ValueError as error:
        raise UsageError("schedule.bad_every", every=text[:40]) from error


def parse_time(text: str) -> time:
    """Return a time of day, written 09:00, 9 or 9시.

    Raises:
        UsageError: no such time.

    """
    match = _TIME.fullmatch(text.strip())
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        raise UsageError("schedule.bad_time", time=text[:40])
    return time(int(match[1]), int(match[2] or 0))


def parse_weekday(text: str) -> int:
    """Return 1 for Monday to 7 for Sunday, written mon, Monday, 월 or 월요일.

    Raises:
        UsageError: no such weekday.

    """
    name = text.strip().lower().removesuffix("요일")
    number = _WEEKDAYS.get(name) or _WEEKDAYS.get(name[:3] if name.endswith("day") else "")
    if number is None:
        raise UsageError("schedule.bad_weekday", day=text[:40])
    return number


def parse_cron(text: str) -> str:
    """Return a cron line of five fields that is due now and then, at most once an hour.

    Raises:
        UsageError: it is none, is never due, or more often than that.

    """
    cron = " ".join(text.split())
    if len(cron.split()) != 5 or len(cron) > LONGEST_CRON:
        raise UsageError("schedule.bad_cron", cron=cron[:60])
    try:
        times = CronSim(cron, _SOME_DAY)
        next(times)
    except (CronSimError, StopIteration) as error:
        raise UsageError("schedule.bad_cron", cron=cron[:60]) from error
    if len(times.minutes) > 1:
        raise UsageError("schedule.too_often", cron=cron[:60])
    return cron


def next_times(cron: str, zone: ZoneInfo, *, after: datetime, count: int) -> list[datetime]:
    """Return the next instants after one, earliest first; fewer where there are no more."""
    return list(islice(_times(cron, zone, after), count))


def reach_days(cron: str) -> int:
    """Return over how many days a digest reaches that is asked for now: from one to the next."""
    match = _FIXED.fullmatch(cron)
    if match and match["day"] == "*":
        return 1 if match["weekday"] in {"*", "1-5"} else 7
    if match and match["weekday"] == "*":
        return 31
    times = islice(_times(cron, ZoneInfo("UTC"), _SOME_DAY), _MEASURED_GAPS + 1)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    days = math.ceil(max(gaps, default=timedelta(days=1)) / timedelta(days=1))
    return min(days, LONGEST_REACH_DAYS)


def describe(cron: str, zone: str, say: Say) -> str:
    """Return a schedule in words: "every Monday at 09:00 (Asia/Seoul)"."""
    return say("schedule.zoned", schedule=_in_words(cron, say), zone=zone)


def describe_moment(moment: datetime, zone: ZoneInfo, say: Say) -> str:
    """Return an instant as the clocks of a zone show it."""
    there = moment.astimezone(zone)
    return say(
        "schedule.moment",
        year=there.year,
        month=say(f"period.month_name.{there.month}"),
        day=there.day,
        weekday=say(f"period.weekday.{there.isoweekday()}"),
        time=f"{there:%H:%M}",
    )


def _times(cron: str, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    last = after
    for local in CronSim(cron, after.astimezone(zone)):
        moment = local.astimezone(UTC)
        # In the repeated hour cronsim names the first of two; who asks in the second is past it.
        if moment > last:
            last = moment
            yield moment


def _in_words(cron: str, say: Say) -> str:
    match = _FIXED.fullmatch(cron)
    if match is None:
        return say("schedule.cron", cron=cron)
    clock = f"{int(match['hour']):02}:{int(match['minute']):02}"
    match match["day"], match["weekday"]:
        case "*", "*":
            return say("schedule.daily", time=clock)
        case "*", "1-5":
            return say("schedule.weekdays", time=clock)
        case "*", weekday:
            name = say(f"period.weekday.{int(weekday) or 7}")
            return say("schedule.weekly", weekday=name, time=clock)
        case "L", "*":
            return say("schedule.monthly_last", time=clock)
        case day, "*":
            return say("schedule.monthly", day=int(day), time=clock)
        case _:
            return say("schedule.cron", cron=cron)


def _parse_day(text: str) -> str:
    name = text.strip().lower()
    if name in {LAST_DAY, "마지막", "말일"}:
        return "L"
    match = _NUMBER.fullmatch(name)
    # The 29th and later would leave out months.
    if match is None or not 1 <= int(match[1]) <= 28:
        raise UsageError("schedule.bad_day", day=text[:40])
    return str(int(match[1]))
