"""Which links are alike by their vectors: nearer to each other than is usual among them."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alike import find_alike
from bot.domain.models import LinkId

A, B = LinkId("link-00"), LinkId("link-01")
SEEDS = st.integers(min_value=0, max_value=2**32 - 1)


def _cloud(seed: int, *, of_one_subject: float, links: int = 30) -> dict[LinkId, list[float]]:
    """Return vectors that all lean to one side, as those of many models do."""
    chance = np.random.default_rng(seed)
    matrix = chance.normal(size=(links, 96))
    matrix[:, 0] += of_one_subject * 96**0.5
    return {LinkId(f"link-{number:02}"): list(row) for number, row in enumerate(matrix)}


def _report_again(vectors: dict[LinkId, list[float]], seed: int) -> None:
    chance = np.random.default_rng(seed + 1)
    vectors[B] = list(np.asarray(vectors[A]) + chance.normal(scale=0.3, size=96))


@pytest.mark.parametrize("of_one_subject", [0.0, 1.0, 2.0])
@given(SEEDS)
def test_only_the_two_reports_are_alike_whatever_cosine_is_usual(
    of_one_subject: float, seed: int
) -> None:
    vectors = _cloud(seed, of_one_subject=of_one_subject)

    assert find_alike(vectors) == ()
    _report_again(vectors, seed)
    assert find_alike(vectors) == ((A, B),)


@given(SEEDS, st.randoms(use_true_random=False))
def test_order_and_length_of_vectors_change_nothing(seed: int, random: Random) -> None:
    vectors = _cloud(seed, of_one_subject=1.0)
    _report_again(vectors, seed)
    shuffled = list(vectors.items())
    random.shuffle(shuffled)

    longer = {link: [7 * each for each in vector] for link, vector in shuffled}

    assert find_alike(longer) == find_alike(vectors)


def test_of_few_links_and_of_no_direction_nothing_is_told() -> None:
    few = {LinkId(f"link-{number}"): [1.0, 0.0] for number in range(5)}
    nothing = {LinkId(f"link-{number}"): [0.0, 0.0] for number in range(20)}

    assert find_alike({}) == find_alike(few) == find_alike(nothing) == ()


def test_links_that_are_all_the_same_to_a_model_are_no_pairs() -> None:
    same = {LinkId(f"link-{number:02}"): [1.0, 0.5] for number in range(20)}

    assert find_alike(same) == ()
