"""How long a site asks to be left alone."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MOST_DIGITS = 9


def parse_retry_after(value: str, *, now: datetime) -> float:
    """Return the seconds that a `Retry-After` asks for, 0 if it asks for nothing that is known.

    It holds seconds or a day and hour. Source: RFC 9110, 10.2.3.
    """
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:_MOST_DIGITS])
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError, TypeError):  # whatever a hostile one ends in
        return 0.0
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())
