import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.quantities import find_quantities


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3만 5천 명", 35_000),
        ("3만5000원", 35_000),
        ("1억 2,000만 달러", 120_000_000),
        ("1만 2,500 시간", 12_500),
        ("5천만 원", 50_000_000),
        ("1.2조 달러", 1.2e12),
        ("12,500 hours", 12_500),
        ("2.5 million users", 2_500_000),
        ("70B parameters", 70e9),
        ("128K context", 128_000),
        ("two million users", 2_000_000),
        ("세 가지 방법", 3),
        ("twelve", 12),
        ("3.5x", 3.5),
    ],
)
def test_a_number_has_one_value_however_it_is_written(text: str, value: float) -> None:
    assert [found.value for found in find_quantities(text)] == [value]


@pytest.mark.parametrize(
    "text", ["5%", "5 %", "5 percent", "5 per cent", "5퍼센트", "5 and 7%", "5~7%"]
)
def test_a_share_is_known_by_its_unit(text: str) -> None:
    assert {found.unit for found in find_quantities(text)} == {"%"}


def test_a_version_is_no_number() -> None:
    assert [(found.text, found.is_version) for found in find_quantities("v1.2.3")] == [
        ("1.2.3", True)
    ]


@given(st.integers(min_value=0, max_value=10**12))
def test_thousands_marks_change_nothing(value: int) -> None:
    plain, marked = (find_quantities(text)[0].value for text in (f"{value}", f"{value:,}"))

    assert plain == marked == value


@given(st.text())
def test_what_is_found_stands_in_the_text(text: str) -> None:
    for found in find_quantities(text):
        assert text[found.start : found.end] == found.text
