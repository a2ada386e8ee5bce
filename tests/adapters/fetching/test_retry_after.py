"""How long a site asks to be left alone, in every spelling and in none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.retry_after import parse_retry_after

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Mon, 02 Mar 2026 09:01:30 GMT", 90),
        ("Mon, 02 Mar 2026 09:01:30 -0000", 90),
        ("Mon, 02 Mar 2026 08:00:00 GMT", 0),
        ("9" * 5000, 999_999_999),
        ("", 0),
        ("-5", 0),
        ("soon", 0),
        ("Mon, 02 Mar 2026 09:01:30 +9999999999999999999999", 0),
        ("٣", 0),
    ],
)
def test_a_value_becomes_seconds(value: str, seconds: float) -> None:
    assert parse_retry_after(value, now=NOW) == seconds
