"""How long a text is to a language model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.token_counts import count_tokens, cut_to_tokens


@pytest.mark.parametrize(
    ("text", "real"),  # by cl100k_base, the vocabulary that splits Korean the more
    [
        (
            "검색 증강 생성(RAG)은 질문과 관련된 문서를 먼저 찾아 언어 모델에 함께 "
            "넘겨 주는 방법이다.",
            55,
        ),
        (
            "Retrieval-augmented generation looks up the documents that a question is about, "
            "and hands them to the language model.",
            25,
        ),
        (
            "2026년 11월 22일, GPT-4o와 Llama 3.1 405B의 MMLU 점수는 각각 88.7점과 88.6점이었다.",
            56,
        ),
    ],
)
def test_the_estimate_is_near_the_count(text: str, real: int) -> None:
    assert 0.9 * real <= count_tokens(text) <= 1.4 * real


@given(st.text(max_size=300), st.integers(min_value=0, max_value=200))
def test_a_cut_text_is_a_beginning_that_fits(text: str, limit: int) -> None:
    cut = cut_to_tokens(text, limit)

    assert text.startswith(cut)
    assert cut == "" or count_tokens(cut) <= limit


def test_a_text_is_cut_between_words() -> None:
    assert cut_to_tokens("one two three four", 4) == "one two three"
    assert cut_to_tokens("one two threefold", 3) == "one two"
    assert cut_to_tokens("one two", 4) == "one two"
