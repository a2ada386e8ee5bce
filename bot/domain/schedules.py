"""When a digest is due: what people choose becomes a cron line, and a cron line becomes times.

A cron line has five fields and is read on the clocks of a zone: what falls into the hour that is
skipped in spring comes when that hour is over, what falls into the hour that is repeated in
autumn comes once.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from bot.errors import UsageError
from bot.texts import Say

NINE = "09:00"
LAST_DAY = "last"
LAST_DAY_OF_ALL = 28  # that every month has
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
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
_MOST_TIMES_TOLD = 4  # a day; more are told as a cron line


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


@dataclass(frozen=True, slots=True)
class Choice:
    """What a cron line was made of. `on`: a weekday, a day of the month, or "" where none goes."""

    every: Every
    at: str
    on: str = ""


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


def read_choice(cron: str) -> Choice | None:
    """Return what leads to this line; None if it is one that only a cron line can say."""
    match = _FIXED.fullmatch(cron)
    if match is None:
        return None
    at = f"{int(match['hour']):02}:{int(match['minute']):02}"
    match match["day"], match["weekday"]:
        case "*", "*":
            return Choice(Every.DAILY, at)
        case "*", "1-5":
            return Choice(Every.WEEKDAYS, at)
        case "*", weekday:
            return Choice(Every.WEEKLY, at, WEEKDAYS[(int(weekday) or 7) - 1])
        case day, "*" if day == "L" or int(day) <= LAST_DAY_OF_ALL:
            return Choice(Every.MONTHLY, at, LAST_DAY if day == "L" else day)
        case _:
            return None


def move_cron(cron: str, at: str) -> str:
    """Return the line with another time of day, on the same days.

    Raises:
        UsageError: no such time.

    """
    when = parse_time(at)
    return " ".join((str(when.minute), str(when.hour), *cron.split()[2:]))


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
    fields = cron.split()
    if len(fields) in {6, 7}:
        raise UsageError("schedule.with_seconds", cron=cron[:60])
    if len(fields) != 5 or len(cron) > LONGEST_CRON:
        raise UsageError("schedule.bad_cron", cron=cron[:60])
    try:
        times = CronSim(cron, _SOME_DAY)
        next(times)
    except (CronSimError, StopIteration) as error:
        key = "schedule.never" if _is_cron(fields) else "schedule.bad_cron"
        raise UsageError(key, cron=cron[:60]) from error
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


def _is_cron(fields: Sequence[str]) -> bool:
    """Tell a line of which only the months do not go with the days, such as the 31st of February.

    Years without a 29th of February do not count: cronsim waits for the next one.
    """
    try:
        CronSim(" ".join((*fields[:3], "*", fields[4])), _SOME_DAY)
        CronSim(f"0 0 * {fields[3]} *", _SOME_DAY)
    except CronSimError:
        return False
    return True


def _in_words(cron: str, say: Say) -> str:
    line = CronSim(cron, _SOME_DAY)
    is_each_month, is_each_day = len(line.months) == 12, len(line.days) == 31
    weekdays = {each or 7 for each in line.weekdays}  # Sunday is 0 and 7, but 7 names it
    if not is_each_month or len(line.hours) > _MOST_TIMES_TOLD or len(line.minutes) > 1:
        return say("schedule.cron", cron=cron)
    (minute,) = line.minutes
    clock = _and((f"{hour:02}:{minute:02}" for hour in sorted(line.hours)), say)
    if is_each_day and len(weekdays) == 7:
        return say("schedule.daily", time=clock)
    if is_each_day and weekdays == {1, 2, 3, 4, 5}:
        return say("schedule.weekdays", time=clock)
    if is_each_day and all(isinstance(each, int) for each in weekdays):
        names = _and((say(f"period.weekday.{each}") for each in sorted(weekdays)), say)
        return say("schedule.weekly", weekday=names, time=clock)
    if len(weekdays) == 7 and line.days == {CronSim.LAST}:
        return say("schedule.monthly_last", time=clock)
    if len(weekdays) == 7 and min(line.days) > 0:
        key = "schedule.monthly" if len(line.days) == 1 else "schedule.monthly_on_days"
        return say(key, day=_and(map(str, sorted(line.days)), say), time=clock)
    return say("schedule.cron", cron=cron)


def _and(parts: Iterable[str], say: Say) -> str:
    *some, last = parts
    return say("schedule.and", some=", ".join(some), last=last) if some else last


def _parse_day(text: str) -> str:
    name = text.strip().lower()
    if name in {LAST_DAY, "마지막", "말일"}:
        return "L"
    match = _NUMBER.fullmatch(name)
    if match is None or not 1 <= int(match[1]) <= LAST_DAY_OF_ALL:
        raise UsageError("schedule.bad_day", day=text[:40])
    return str(int(match[1]))
