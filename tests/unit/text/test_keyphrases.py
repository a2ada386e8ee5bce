from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.keyphrases import find_key_phrases
from bot.text.languages import Language

_KOREAN = """벡터 색인은 메모리를 많이 쓴다. 그래서 검색팀은 벡터 색인을 양자화하여 크기를 줄였다.
양자화 오차는 재순위 모델로 보완했다. 재순위 모델이 없으면 재현율이 떨어진다.
BM25와 벡터 색인을 함께 쓰면 재현율이 더 높다."""
_ENGLISH = """Query expansion adds words to a question. We use query expansion with BM25 on long
questions, and query expansion with a dense retriever on short ones. The dense retriever was
trained on questions in two languages."""


def test_korean_phrases_come_without_their_particles() -> None:
    phrases = find_key_phrases(_KOREAN, title="벡터 색인 줄이기", language=Language.KO, limit=4)

    assert phrases[0] == "벡터 색인"
    assert {"재순위 모델", "재현율"} <= set(phrases)


def test_english_phrases_lie_between_function_words() -> None:
    phrases = find_key_phrases(_ENGLISH, title="", language=Language.EN, limit=2)

    assert phrases == ["query expansion", "dense retriever"]


def test_a_heading_in_capitals_is_not_shouted_as_a_tag() -> None:
    assert find_key_phrases("", title="NOTES ON PROGRAMMING LANGUAGES", language=Language.EN) == [
        "programming languages",
        "notes",
    ]


def test_names_keep_their_spelling() -> None:
    phrases = find_key_phrases(
        "PyTorch로 학습했다. PyTorch는 빠르다.", title="", language=Language.KO
    )

    assert "PyTorch" in phrases


def test_an_empty_text_has_no_phrases() -> None:
    assert find_key_phrases("그래서 그리고 the of", title="", language=Language.KO) == []


@given(
    st.text("가나 다를은 ab AB.*,\n1-C+", max_size=80) | st.text(max_size=80),
    st.text(max_size=20),
    st.sampled_from(Language),
    st.integers(0, 6),
)
def test_phrases_are_distinct_short_and_as_many_as_asked(
    text: str, title: str, language: Language, limit: int
) -> None:
    phrases = find_key_phrases(text, title=title, language=language, limit=limit)

    assert len(phrases) <= limit
    assert len({phrase.casefold() for phrase in phrases}) == len(phrases)
    for phrase in phrases:
        assert 2 <= len(phrase) <= 40
        assert 1 <= len(phrase.split()) <= 3
        assert "\n" not in phrase


@pytest.mark.parametrize("piece", ["a-", "a.b ", "가", "가a", "word ", "https://a ", "*", "C++"])
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    started = process_time()

    find_key_phrases(piece * (200_000 // len(piece)), title="", language=Language.EN)

    assert process_time() - started < 5
