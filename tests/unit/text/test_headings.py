"""Headings become a path and a path becomes headings again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.text.headings import join_headings, split_headings

HEADINGS = st.text(min_size=1).map(str.strip).filter(lambda text: text and "›" not in text)


@given(st.lists(HEADINGS, min_size=1))
def test_a_path_leads_back_to_its_headings(headings: list[str]) -> None:
    assert split_headings(join_headings(headings)) == headings


def test_an_empty_heading_is_no_step() -> None:
    assert join_headings(["MLOps", "", "Serving"]) == "MLOps › Serving"
    assert split_headings("") == [""]
