"""Time zones by their IANA names, as people type and look for them."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from bot.errors import UsageError

# Offered first, before anything is typed.
COMMON_ZONES = (
    "Asia/Seoul",
    "Asia/Tokyo",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Asia/Kolkata",
    "Australia/Sydney",
    "Europe/London",
    "Europe/Paris",
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Sao_Paulo",
    "UTC",
)


@cache
def zone_names() -> tuple[str, ...]:
    """Return every zone of a place, the common ones first, then by name."""
    others = sorted(each for each in available_timezones() if _is_of_a_place(each))
    return tuple(dict.fromkeys((*COMMON_ZONES, *others)))


def parse_zone(text: str) -> str:
    """Return the zone's own spelling; case and the part before a city's name may be left out.

    Raises:
        UsageError: no such zone.

    """
    name = text.strip().replace(" ", "_").lower()
    zone = _by_name().get(name)
    if zone is None:
        raise UsageError("schedule.bad_zone", zone=text[:60])
    return zone


@cache
def _by_name() -> dict[str, str]:
    names = {each.rpartition("/")[2].lower(): each for each in reversed(zone_names())}
    return names | {each.lower(): each for each in available_timezones() if each != "localtime"}


def _is_of_a_place(name: str) -> bool:
    """Leave out what only old systems write, such as `posix/…`, `EST5EDT` or `Etc/GMT+9`."""
    area, slash, _ = name.partition("/")
    return bool(slash) and area not in {"Etc", "SystemV", "US", "posix", "right"}
