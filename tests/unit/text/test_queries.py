import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.text.queries import weigh_words
from bot.text.tokens import tokenise


def test_a_korean_word_weighs_by_its_first_syllables() -> None:
    weights = weigh_words("색인했습니까")

    assert list(weights) == ["색인", "인했", "했습", "습니", "니까"]
    assert list(weights.values()) == sorted(weights.values(), reverse=True)
    assert weights["색인"] > 2 * weights["습니"]


def test_english_words_weigh_the_same() -> None:
    assert weigh_words("ranking passages") == {"rank": 1.0, "passag": 1.0}


def test_a_repeated_word_counts_twice() -> None:
    assert weigh_words("rank, then rank") == {"rank": 2.0}


def test_a_word_that_asks_counts_little() -> None:
    weights = weigh_words("누구의 색인인가")

    assert weights["누구"] < weights["색인"] / 2


def test_decomposed_hangul_is_the_same_question() -> None:
    assert weigh_words(unicodedata.normalize("NFD", "색인은 언제")) == weigh_words("색인은 언제")


def test_a_very_long_question_is_cut() -> None:
    weights = weigh_words(" ".join(f"word{n}" for n in range(5_000)))

    assert len(weights) == 400
    assert "word0" in weights


@given(st.text("색인은abc GPT-4?1.2 \n", max_size=60))
def test_its_words_are_those_of_the_index(question: str) -> None:
    weights = weigh_words(question)

    assert set(weights) == set(tokenise(question))
    assert all(weight > 0 for weight in weights.values())
