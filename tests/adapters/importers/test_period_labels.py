from datetime import date

import pytest

from adapters.importers.period_labels import first_day, read_period_label


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025 · January · 2nd week", date(2025, 1, 6)),
        ("What we read · January 2025, 2nd week (Jan 6–12)", date(2025, 1, 6)),
        ("2025년 1월 2주차", date(2025, 1, 6)),
        ("함께 읽은 링크 · 2025년 1월 둘째 주 (1.6–1.12)", date(2025, 1, 6)),
        ("2025-W02", date(2025, 1, 6)),
        ("2025.01 week 2", date(2025, 1, 6)),
        ("🎄 December 2024", date(2024, 12, 2)),  # the first is in November's last week
        ("2024년 12월", date(2024, 12, 2)),
        ("January 2025", date(2025, 1, 1)),
        ("회의록 2025. 1. 6.", date(2025, 1, 6)),
        ("2024-12-24 (Tue)", date(2024, 12, 24)),
        ("Tuesday, December 24, 2024", date(2024, 12, 24)),
        ("24 Dec 2024", date(2024, 12, 24)),
        ("February 2025, 5th week", date(2025, 2, 24)),
    ],
)
def test_a_heading_names_its_first_day(text: str, day: date) -> None:
    label = read_period_label(text)

    assert label is not None
    assert first_day(label) == day


@pytest.mark.parametrize(
    "text", ["Papers", "Closed until 2 September 2031! See you", "3 ducks", ""]
)
def test_other_headings_name_none(text: str) -> None:
    assert read_period_label(text) is None


@pytest.mark.parametrize("text", ["2025", "January", "2nd week", "셋째 주"])
def test_a_part_of_a_date_is_no_day_alone(text: str) -> None:
    label = read_period_label(text)

    assert label is not None
    assert first_day(label) is None
