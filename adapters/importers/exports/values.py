"""Values as other programs write them: texts, lists, tags, instants. Nothing here raises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Record = Mapping[str, Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BEFORE_THE_WEB, _FAR_AHEAD = datetime(1990, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SECONDS_FROM_1601 = 11_644_473_600  # Chrome counts from there, in microseconds
_NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?")


def records(value: object) -> Iterator[Record]:
    """Yield the objects of a list; of anything else, none."""
    if isinstance(value, list):
        yield from (each for each in value if isinstance(each, dict))


def record(value: object) -> Record:
    return value if isinstance(value, dict) else {}


def text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def first_text(of: Record, *keys: str) -> str:
    """Return the first of these that says something."""
    return next(filter(None, (text(of.get(key)) for key in keys)), "")


def tags(value: object, *, separators: str = ",") -> tuple[str, ...]:
    """Return tags from a list of words or of objects with a name, or from one text."""
    words: Sequence[object]
    match value:
        case str():
            words = re.split(f"[{re.escape(separators)}]", value)
        case list():
            words = [
                first_text(each, "name", "label", "title") if isinstance(each, dict) else each
                for each in value
            ]
        case _:
            return ()
    return tuple(dict.fromkeys(filter(None, map(text, words))))


def instant(value: object) -> datetime | None:
    """Read ISO 8601 and its relatives, or a number: its size tells what it counts, from when on.

    None where it says nothing, or no time at which anybody saved a link.
    """
    found: datetime | None = None
    if isinstance(value, str):
        value = value.strip()
        found = _from_number(float(value)) if _NUMBER.fullmatch(value) else _from_iso(value)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = _from_number(value)
    return found if found and _BEFORE_THE_WEB <= found < _FAR_AHEAD else None


def _from_number(number: float) -> datetime | None:
    size = abs(number)
    if size >= 1e16:
        number = number / 1e6 - _SECONDS_FROM_1601
    elif size >= 1e14:
        number /= 1e6
    elif size >= 1e11:
        number /= 1e3
    try:
        return _EPOCH + timedelta(seconds=number)
    except (OverflowError, ValueError):
        return None


def _from_iso(said: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(said.removesuffix(" UTC"))
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
