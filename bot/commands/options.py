"""What people type after a command: words, and options written as name:value."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.models import Kind
from bot.errors import UsageError

_OPTION = re.compile(r"^([a-z]+):(.*)$", re.IGNORECASE)


def split_options(text: str, *, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the words without the options, and the options by name. Addresses are words.

    Raises:
        UsageError: an option that is not known.

    """
    words: list[str] = []
    options: dict[str, str] = {}
    for part in text.split():
        match = _OPTION.match(part)
        if match is None or match[2].startswith("//"):
            words.append(part)
        elif match[1].lower() in known:
            options[match[1].lower()] = match[2]
        else:
            raise UsageError("links.bad_option", option=part)
    return " ".join(words), options


def parse_kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError as error:
        raise UsageError("links.bad_kind", kind=text) from error


def parse_midnight(text: str, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in a zone."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the first day of all is yesterday elsewhere
        raise UsageError("links.bad_date", day=text) from error
