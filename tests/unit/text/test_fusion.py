"""One order out of several."""

from hypothesis import given
from hypothesis import strategies as st

from bot.text.fusion import fuse, lend_scores

ORDERS = st.lists(st.lists(st.integers(0, 20), unique=True), max_size=4)


def test_what_both_orders_know_comes_before_what_one_puts_first() -> None:
    assert [each for each, _ in fuse([[1, 2, 3], [4, 2, 5]])] == [2, 1, 4, 3, 5]


@given(ORDERS)
def test_nothing_is_lost_and_the_order_of_orders_is_all_the_same(orders: list[list[int]]) -> None:
    fused = fuse(orders)

    assert {each for each, _ in fused} == {each for order in orders for each in order}
    assert [each for each, _ in fuse(orders[::-1])] == [each for each, _ in fused]


@given(st.lists(st.integers(0, 20), unique=True))
def test_one_order_alone_stays_as_it_is(order: list[int]) -> None:
    assert [each for each, _ in fuse([order])] == order


def test_scores_are_lent_from_the_best_on() -> None:
    fused = fuse([[1, 2], [2, 3]])

    assert lend_scores(fused, [9.0, 4.0]) == {2: 9.0, 1: 4.0, 3: 4.0}
    assert lend_scores(fused, []) == dict(fused)
