import pytest

from bot.text.dates import find_dates


@pytest.mark.parametrize(
    "text",
    [
        "2024-11-09",
        "2024. 11. 9.",
        "9 November 2024",
        "9th of November 2024",
        "Nov 9, 2024",
        "November 9th, 2024",
        "2024년 11월 9일",
        "11월 9일",
        "Nov. 9",
    ],
)
def test_a_date_says_the_same_however_it_is_written(text: str) -> None:
    (found,) = find_dates(f"x {text} x")

    assert (found.month, found.day) == (11, 9)
    assert found.year in (None, 2024)


def test_a_date_of_figures_alone_may_be_read_two_ways() -> None:
    assert {(each.month, each.day) for each in find_dates("11/9/2024")} == {(11, 9), (9, 11)}


@pytest.mark.parametrize(
    "text", ["you may leave", "we march on", "2401.12345", "version 3.11", "5일간"]
)
def test_what_is_no_date_is_not_taken_for_one(text: str) -> None:
    assert find_dates(text) == []
