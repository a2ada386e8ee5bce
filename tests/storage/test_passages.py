"""Passages as rows."""

from __future__ import annotations

from bot.domain.models import Passage
from storage.passages import passage_rows


def test_an_endless_heading_is_not_repeated_whole_in_every_passage() -> None:
    endless = "word " * 60_000
    parts = [Passage(f"part {number}", heading=endless) for number in range(200)]

    rows = list(passage_rows(parts, title=endless))

    kept = sum(len(row.heading) + len(row.title) for row in rows)
    assert 0 < kept < len(endless)
    assert [row.text for row in rows] == [part.text for part in parts]
