"""A term is given in both languages once, where it first stands as a word of its own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.glosses import Glosses

PAIRS = [("검색 증강 생성", "retrieval-augmented generation"), ("reranking", "재정렬")]


def _gloss(sentence: str, *, language: str = "ko") -> str:
    return Glosses(PAIRS, language=language).add(sentence)


@pytest.mark.parametrize(
    ("sentence", "glossed"),
    [
        ("재정렬을 배운다", "재정렬(reranking)을 배운다"),
        ("검색증강 생성은 새롭다", "검색증강 생성(retrieval-augmented generation)은 새롭다"),
        ("강화 학습.", "강화 학습(reinforcement learning)."),
        ("재정렬기를 만든다", "재정렬기를 만든다"),  # another word
        ("무재정렬", "무재정렬"),
        ("재정렬(rerank)을 배운다", "재정렬(rerank)을 배운다"),  # told by who wrote it
        ("재정렬, 곧 reranking", "재정렬, 곧 reranking"),
        ("프레임워크를 쓴다", "프레임워크를 쓴다"),  # an English word in Korean letters
        ("It does reinforcement learning.", "It does reinforcement learning(강화 학습)."),
        ("RAG는 reinforcement learning 이다", "RAG는 reinforcement learning 이다"),
    ],
)
def test_a_term_gets_its_other_name(sentence: str, glossed: str) -> None:
    assert _gloss(sentence) == glossed


def test_only_the_first_time() -> None:
    glosses = Glosses(PAIRS, language="ko")

    assert glosses.add("재정렬과 재정렬") == "재정렬(reranking)과 재정렬"
    assert glosses.add("재정렬") == "재정렬"


def test_english_readers_get_english_names_alone() -> None:
    assert _gloss("재정렬", language="en") == "재정렬(reranking)"
    assert _gloss("It does reinforcement learning.", language="en").endswith("learning.")


@given(st.text(alphabet="재정렬강화 학습을(a,.", max_size=30))
def test_nothing_that_was_written_is_lost(sentence: str) -> None:
    glossed = _gloss(sentence)

    assert glossed.replace("(reranking)", "").replace("(reinforcement learning)", "") == sentence


def test_a_term_that_the_text_itself_gave_in_both_languages_is_not_given_again() -> None:
    glosses = Glosses([("충실도", "faithfulness")], language="ko")

    first = glosses.add("답이 문맥에 근거하는지는 충실도(faithfulness)로 잰다.")
    second = glosses.add("충실도가 가장 잘 맞았다.")

    assert (first, second) == (
        "답이 문맥에 근거하는지는 충실도(faithfulness)로 잰다.",
        "충실도가 가장 잘 맞았다.",
    )
