import json
from importlib import resources

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.sentence_features import Vector, count_sentences, measure_sentences


def _measure(*sentences: str, title: str = "") -> dict[str, Vector]:
    return measure_sentences(count_sentences(title, sentences))


def test_the_weights_are_of_these_measures_in_this_order() -> None:
    weights = json.loads(
        resources.files("bot.text").joinpath("extractive_weights.json").read_text("utf-8")
    )

    assert list(weights) == list(_measure("A sentence."))


@given(
    st.text("가나 A1", max_size=10),
    st.lists(st.text('가나다 abc12.?"([', max_size=30), min_size=1, max_size=8),
)
def test_every_sentence_has_every_measure(title: str, sentences: list[str]) -> None:
    for name, values in _measure(*sentences, title=title).items():
        assert values.shape == (len(sentences),), name
        assert np.isfinite(values).all(), name


def test_what_most_sentences_speak_of_is_prominent() -> None:
    # Twenty words in two sentences each, so that no other is among the first twenty.
    themes = [f"가{syllable}" for syllable in "나다라마바사아자차카타파하고노도로모보소"]
    both = " ".join(themes)

    prominent = _measure(both, f"{both} 점심", " ".join(themes[:2]), "점심 회의")["prominent"]

    assert prominent[0] == prominent[1] > prominent[2] > prominent[3] == 0


@pytest.mark.parametrize(
    ("sentence", "points_back"),
    [
        ("But it cost twice as much.", True),
        ("“They said no.", True),
        ("그러나 두 배로 비쌌다.", True),
        ("또한 색인도 줄었다.", True),
        ("This paper presents an index.", False),
        ("Items are sorted.", False),
        ("The index was halved, but it cost more.", False),
        ("즉시 적용된다.", False),
        ("색인은 그러나 비쌌다.", False),
    ],
)
def test_a_sentence_that_opens_by_pointing_back_is_known(sentence: str, points_back: bool) -> None:
    assert _measure(sentence)["points_back"].tolist() == [points_back]


@pytest.mark.parametrize(
    "sentence", ["As before (3), it grew.", "It grew [12, 13].", "Kim et al. agree.", "(Kim, 2019)"]
)
def test_references_count(sentence: str) -> None:
    cited, plain = _measure(sentence, "It grew by 12 points in 2019.")["references"]

    assert cited > plain == 0
