"""Ids sort in the order of writing, whatever the machine's clock does."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from storage.rows import ForwardClock, new_ids


@given(st.lists(st.integers(min_value=0, max_value=2**62), min_size=1))
def test_a_clock_that_is_set_back_disorders_nothing(instants_ns: list[int]) -> None:
    clock = ForwardClock(iter(instants_ns).__next__)

    told = [clock.now_us() for _ in instants_ns]

    assert all(earlier < later for earlier, later in pairwise(told))
    assert told[-1] >= max(instants_ns) // 1000


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [*new_ids(3), *new_ids(2), *new_ids(1)]

    assert made == sorted(set(made))
