"""Dates as documents spell them. What has no zone is taken for UTC, as a bare day is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_YEARS = range(1970, 2100)
_ISO = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<time>\d\d:\d\d(?::\d\d)?)(?:[.,]\d{1,9})?\s?(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_DAY = re.compile(r"(\d{4})[/.]?\s?(\d\d?)[/.]?\s?(\d\d?)\.?")

# What stands before or after the date of a Korean page, as in 입력 2024.01.02. 오후 3:04
_LABEL = (
    r"(?:최초\s?)?(?:기사\s?)?(?:입력|등록|작성|게시|게재|승인|발행|송고)"
    r"(?:일시|일자|시간|시각|일|됨)?"
)
_KOREAN_DAY = (
    r"(?P<year>(?:19|20)\d\d)\s?[년./-]\s?(?P<month>\d{1,2})\s?[월./-]\s?(?P<day>\d{1,2})\s?[일.]?"
)
_KOREAN_TIME = (
    r"(?:\s*\(?[월화수목금토일]?\)?\s*(?P<half>오전|오후)?"
    r"\s*(?P<hour>\d{1,2})\s?[:시]\s?(?P<minute>\d\d))?"
)
_KOREAN = (
    re.compile(rf"{_LABEL}\s*[:|]?\s*{_KOREAN_DAY}{_KOREAN_TIME}"),
    re.compile(rf"{_KOREAN_DAY}{_KOREAN_TIME}\s*{_LABEL}(?![가-힣])"),
)
_DATE_LINE_CHARS = 120


def instant(text: str | None) -> datetime | None:
    """Return the instant that a standard spelling names: ISO 8601, or a year, month and day."""
    text = (text or "").strip()
    try:
        if found := _ISO.match(text):
            zone = (found["zone"] or "").replace("Z", "+00:00")
            return aware(datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00'}{zone}"))
        if found := _DAY.fullmatch(text):
            year, month, day = map(int, found.groups())
            return aware(datetime(year, month, day, tzinfo=UTC))
    except ValueError:
        pass
    return mailed(text)


def mailed(text: str | None) -> datetime | None:
    """Return the instant that a header of a mail or of HTTP names."""
    try:
        return aware(parsedate_to_datetime(text or ""))
    except (ValueError, OverflowError, IndexError, TypeError):  # whatever a hostile one ends in
        return None


def aware(moment: datetime) -> datetime | None:
    """Return it with a zone; None for a year that no document is from."""
    if moment.year not in _YEARS:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def is_past(moment: datetime | None) -> bool:
    """Say whether something may have been published then, in whichever zone."""
    return moment is not None and moment <= datetime.now(UTC) + timedelta(days=1)


def find_korean(lines: Iterable[str]) -> datetime | None:
    """Return the first date beside a word for "published", as Korean sites write it."""
    for line in lines:
        if len(line) > _DATE_LINE_CHARS:
            continue
        for pattern in _KOREAN:
            found = pattern.search(line)
            moment = _korean_instant(found) if found else None
            if is_past(moment):
                return moment
    return None


def _korean_instant(found: re.Match[str]) -> datetime | None:
    hour, minute = int(found["hour"] or 0), int(found["minute"] or 0)
    if found["half"]:
        hour = hour % 12 + 12 * (found["half"] == "오후")
    day = f"{found['year']}-{int(found['month']):02}-{int(found['day']):02}"
    return instant(f"{day}T{hour:02}:{minute:02}{'+09:00' if found['hour'] else ''}")
