"""Time zones as people type them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from bot.domain.zones import NICKNAMES, near_zones, parse_zone, zone_names
from bot.errors import UsageError


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Asia/Seoul", "Asia/Seoul"),
        ("asia/seoul", "Asia/Seoul"),
        ("Seoul", "Asia/Seoul"),
        ("new york", "America/New_York"),
        ("utc", "UTC"),
        ("Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_a_zone_is_found_by_its_name_or_its_city(typed: str, zone: str) -> None:
    assert parse_zone(typed) == zone


@pytest.mark.parametrize("typed", ["", "Mars/Olympus", "localtime", "../etc/passwd"])
def test_what_is_no_zone_is_refused(typed: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_zone(typed)

    assert refused.value.message_key == "schedule.bad_zone"


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("Asia/Soeul", "Asia/Seoul"),
        ("Europe/Seoul", "Asia/Seoul"),
        ("new yrok", "America/New_York"),
        ("KST", "Asia/Seoul"),
        ("서울", "Asia/Seoul"),
        ("+09:00", "Asia/Seoul"),
    ],
)
def test_the_zones_that_may_be_meant_are_named(typed: str, near: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_zone(typed)

    assert refused.value.message_key == "schedule.near_zone"
    assert str(refused.value.values["near"]).split(", ")[0] == near


def test_every_zone_that_is_meant_can_be_used() -> None:
    for each in NICKNAMES:
        assert all(ZoneInfo(parse_zone(zone)) for zone in near_zones(each))


def test_every_zone_that_is_offered_can_be_used() -> None:
    assert zone_names()[0] == "Asia/Seoul"
    assert all(ZoneInfo(parse_zone(each)).key == each for each in zone_names())
