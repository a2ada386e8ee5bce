"""What counts as a definition: the sentence says what the term is, and stands alone."""

from __future__ import annotations

import time

import pytest

from bot.text.definitions import find_definitions, without_term

DEFINES = [
    (
        "Retrieval-augmented generation (RAG) is a technique that grounds answers in documents.",
        ("Retrieval-augmented generation", "RAG"),
    ),
    ("OAuth2 is a specification that defines several ways to handle access.", ("OAuth2", "")),
    (
        "Graph neural networks (GNNs) are models for data that has the shape of a graph.",
        ("Graph neural networks", "GNNs"),
    ),
    (
        "Federated Learning refers to learning one model without copying the raw data.",
        ("Federated Learning", ""),
    ),
    (
        "프롬프트 유출(prompt leaking)은 숨은 지시를 드러내게 할 목적에서 고안된 공격입니다.",
        ("프롬프트 유출", "prompt leaking"),
    ),
    ("대기열이란 먼저 온 요청을 먼저 처리하도록 줄을 세운 자료 구조를 말한다.", ("대기열", "")),
    ("Reflexion은 언어 피드백으로 에이전트를 강화하는 프레임워크입니다.", ("Reflexion", "")),
]
DEFINES_NOTHING = [
    "This paper is a study of the methods that people use for search.",
    "RAG is a great way to get better answers out of any model.",
    "RAG is an important technique that we use in our search.",
    "The result is a system that answers in a second and a half.",
    "Mina Kang is a software engineer from the search team in Seoul.",
    "Is RAG a technique that grounds answers in documents?",
    "InvocMap is able to predict the model that somebody calls next.",
    "Search is a service that everybody in the company has used once.",
    "이 방법은 먼저 온 요청을 먼저 처리하는 알고리즘이다.",
    "RAG는 답변의 근거를 찾는 데 가장 중요한 기술입니다.",
    "RAG는 우리가 지난주에 도입한 검색 시스템입니다.",
    "HTML은 출판 형식이고, 마크다운은 쓰기 위해 만든 형식이다.",
    "Mega-Cache로 지칭되는 캐싱은 데이터를 다른 곳에서도 불러오는 방법입니다.",
    "회의는 열 시에 시작해서 열한 시에 끝났다. 자료는 게시판에 있다.",
    "RAG | a technique that grounds answers in documents",
]


@pytest.mark.parametrize(("sentence", "names"), DEFINES, ids=lambda each: each[0][:20])
def test_a_sentence_that_defines_is_given_word_for_word(
    sentence: str, names: tuple[str, str]
) -> None:
    text = f"# About search\n\nWords before. {sentence} Words after it.\n"

    (found,) = find_definitions(text)

    assert (found.term, found.other_name) == names
    assert found.sentence == sentence


@pytest.mark.parametrize("sentence", DEFINES_NOTHING, ids=lambda each: each[:24])
def test_what_praises_tells_or_points_is_no_definition(sentence: str) -> None:
    assert find_definitions(f"Words before.\n\n{sentence}\n\nWords after.") == []


def test_an_everyday_word_is_a_term_where_the_page_is_about_it() -> None:
    sentence = "Quantization is a technique that stores weights with fewer bits."

    assert find_definitions(sentence) == []
    assert [each.term for each in find_definitions(sentence, title="What is quantization?")] == [
        "Quantization"
    ]
    assert find_definitions(f"## Quantization\n\n{sentence}")


def test_a_term_is_defined_once_and_terms_come_in_reading_order() -> None:
    text = (
        "LoRA is a method that trains two small matrices.\n\n"
        "BM25란 낱말의 빈도로 문서의 순위를 매기는 함수를 말한다.\n\n"
        "LoRA is a technique for training on a small machine."
    )

    found = find_definitions(text)

    assert [each.term for each in found] == ["LoRA", "BM25"]
    assert found[0].sentence == "LoRA is a method that trains two small matrices."


@pytest.mark.parametrize(
    "text", ["A b is a " * 20_000, "s are " * 30_000, "기술이다. " * 30_000, "가(나)는 " * 20_000]
)
def test_a_page_made_of_cues_takes_no_longer_than_another(text: str) -> None:
    began = time.process_time()

    find_definitions(text)

    assert time.process_time() - began < 0.5  # about 1 ms on an idle machine


@pytest.mark.parametrize(
    ("definition", "left"),
    [
        ("RAG는 문서를 찾아 읽고 답하는 기법이다.", "문서를 찾아 읽고 답하는 기법이다."),
        (
            "RAG(검색 증강 생성)란 문서를 찾아 답하는 기법을 말한다.",
            "문서를 찾아 답하는 기법을 말한다.",
        ),
        ("A RAG (검색 증강 생성) is a technique of reading.", "a technique of reading."),
        (
            "A technique of reading before RAG answers.",
            "A technique of reading before RAG answers.",
        ),
        ("RAGAS is a library that scores answers.", "RAGAS is a library that scores answers."),
        ("RAG는 검색이다.", "RAG는 검색이다."),
    ],
)
def test_a_definition_behind_its_term_does_not_name_it_again(definition: str, left: str) -> None:
    assert without_term(definition, ("RAG", "RAG(검색 증강 생성)")) == left
