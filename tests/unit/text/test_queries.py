import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.text.queries import add_other_names, weigh_words
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


PAIRS = [("대규모 언어 모델", "large language model"), ("색인", "index")]


def test_a_term_brings_its_other_name_at_less_weight() -> None:
    words = add_other_names(weigh_words("색인은 누가 만드나요"), PAIRS)

    assert 0 < words["index"] < words["색인"]
    assert "languag" not in words


def test_names_work_in_both_directions() -> None:
    words = add_other_names(weigh_words("Who trains large language models?"), PAIRS)

    assert words["대규"] > 0


def test_half_a_term_brings_nothing() -> None:
    question = weigh_words("언어 모델")

    assert add_other_names(question, PAIRS) == question
