"""Questions for a list, and those that want to know something."""

from __future__ import annotations

import pytest

from bot.domain.list_questions import find_listed_subject


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("what did we read about retrieval?", "retrieval"),
        ("What have we saved on vector search?", "vector search"),
        ("what did we about LoRA ?", "LoRA"),
        ("What was shared about quantization?", "quantization"),
        ("검색에 대해 뭘 읽었지?", "검색"),
        ("우리 RAG에 대해서 뭐 읽었어?", "RAG"),
        ("LoRA 관련해서 뭐 봤지?", "LoRA"),
        ("양자화에 관해 어떤 논문을 공유했지?", "양자화"),
        ("검색에 대해 읽은 글 알려줘", "검색"),
    ],
)
def test_what_there_is_on_a_subject_is_a_list(question: str, subject: str) -> None:
    assert find_listed_subject(question) == subject


@pytest.mark.parametrize(
    "question",
    [
        "what did we learn about retrieval?",
        "What is retrieval?",
        "what about LoRA?",
        "what did the authors read about retrieval?",
        "검색은 왜 느려?",
        "검색이 뭐야?",
        "논문은 무엇을 공유했을 때 빨라지지?",
        "모델이 무엇을 읽었나?",
    ],
)
def test_what_wants_to_know_something_is_none(question: str) -> None:
    assert find_listed_subject(question) == ""
