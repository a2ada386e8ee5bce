"""Time zones by their IANA names, as people type and look for them."""

from __future__ import annotations

from difflib import get_close_matches
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


# What people write for a zone that has another name: offered, never taken, as some are of several.
NICKNAMES = {
    "kst": "Asia/Seoul",
    "korea": "Asia/Seoul",
    "한국": "Asia/Seoul",
    "서울": "Asia/Seoul",
    "jst": "Asia/Tokyo",
    "japan": "Asia/Tokyo",
    "일본": "Asia/Tokyo",
    "도쿄": "Asia/Tokyo",
    "cst": "America/Chicago",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "edt": "America/New_York",
    "bst": "Europe/London",
    "cest": "Europe/Berlin",
    "germany": "Europe/Berlin",
    "독일": "Europe/Berlin",
    "뉴욕": "America/New_York",
    "런던": "Europe/London",
    "파리": "Europe/Paris",
    "싱가포르": "Asia/Singapore",
    "utc+9": "Asia/Seoul",
    "gmt+9": "Asia/Seoul",
    "+09:00": "Asia/Seoul",
}
_MOST_NEAR = 3
_NEAR = 0.7  # by hand: "soul" is near Seoul, "Mars" is near nothing


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
    if zone is not None:
        return zone
    near = near_zones(text)
    if not near:
        raise UsageError("schedule.bad_zone", zone=text[:60])
    raise UsageError("schedule.near_zone", zone=text[:60], near=", ".join(near))


def near_zones(text: str) -> list[str]:
    """Return zones that may be meant, the nearest first; none where nothing is near."""
    name = text.strip().replace(" ", "_").lower()[:60]
    if name in NICKNAMES:
        return [NICKNAMES[name]]
    # A country or sea may be wrong where the city is right: "Europe/Seoul", "asia/soul".
    names = _by_name()
    area, _, city = name.rpartition("/")
    found = [each for each in (city, area) if "/" in names.get(each, "")]
    found += get_close_matches(city, names, cutoff=_NEAR)
    return list(dict.fromkeys(names[each] for each in found))[:_MOST_NEAR]


@cache
def _by_name() -> dict[str, str]:
    names = {each.rpartition("/")[2].lower(): each for each in reversed(zone_names())}
    return names | {each.lower(): each for each in available_timezones() if each != "localtime"}


def _is_of_a_place(name: str) -> bool:
    """Leave out what only old systems write, such as `posix/…`, `EST5EDT` or `Etc/GMT+9`."""
    area, slash, _ = name.partition("/")
    return bool(slash) and area not in {"Etc", "SystemV", "US", "posix", "right"}
