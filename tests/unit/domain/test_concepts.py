"""Which sources give one concept, and what a model may propose as one."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.concepts import ConceptBook, ConceptSource
from bot.domain.models import Concept, LinkId
from bot.domain.proposed_concepts import accept_concept

NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
MEANING = "RAG is a technique that grounds answers in documents."


def source(
    term: str, other: str = "", meaning: str = "", *, link: str | None = "a", day: int = 0
) -> ConceptSource:
    at = NOON + timedelta(days=day)
    document = "" if link else "terms.md"
    return ConceptSource(
        Concept(term, meaning, other), LinkId(link) if link else None, document, at, at
    )


def names(*sources: ConceptSource) -> list[tuple[str, ...]]:
    return [concept.names for concept in ConceptBook(sources).concepts]


def test_spellings_and_languages_of_a_concept_are_one() -> None:
    book = ConceptBook(
        [
            source("검색 증강 생성", "Retrieval-Augmented Generation", link="a"),
            source("RAG", "retrieval augmented generation", link="b"),
            source("RAG", meaning=MEANING, link="c"),
            source("검색증강생성", link="d"),
        ]
    )

    (concept,) = book.concepts
    assert set(concept.links) == {"a", "b", "c", "d"}
    assert {"RAG", "검색 증강 생성"} <= set(concept.names)
    assert book.find("rags") == book.find("Retrieval-augmented Generation") == concept


def test_both_names_written_as_one_are_two() -> None:
    book = ConceptBook([source("MoE (Mixture of Experts)"), source("정보 (기타)", link="b")])

    assert [each.names for each in book.concepts] == [
        ("MoE", "Mixture of Experts"),
        ("정보 (기타)",),
    ]
    assert book.find("mixture of experts") == book.find("MoE") == book.concepts[0]


def test_an_english_reader_has_the_english_name_first() -> None:
    (concept,) = ConceptBook([source("벤치마크", "benchmark")]).concepts

    assert concept.full_name("ko") == "벤치마크(benchmark)"
    assert concept.full_name("en") == "benchmark(벤치마크)"


def test_what_one_text_calls_alike_joins_no_two_concepts() -> None:
    found = names(
        source("학습", "learning", link="a"),
        source("학습", "learning", link="b"),
        source("학습", "training", link="c"),
        source("훈련", "training", link="d"),
        source("RAG", "red amber green", link="e"),
        source("RAG", "retrieval augmented generation", link="f"),
        source("RAG", "retrieval augmented generation", link="g"),
    )

    assert len(found) == 4
    assert not any({"learning", "training"} <= set(each) for each in found)


def test_a_bare_name_belongs_to_what_most_sources_call_it() -> None:
    book = ConceptBook(
        [
            source("학습", "training", link="a"),
            source("학습", "learning", link="b"),
            source("학습", "learning", link="c"),
            source("학습", link="d"),
        ]
    )

    found = book.find("학습")

    assert found is not None
    assert set(found.links) == {"b", "c", "d"}


def test_the_most_linked_comes_first_then_what_is_explained_in_whatever_order_sources_come() -> (
    None
):
    sources = [
        source("beta", link="a"),
        source("alpha", link="b"),
        source("gamma", meaning="Gamma is a ray.", link="a"),
        source("delta", link="a"),
        source("delta", link="b"),
    ]
    for seed in range(5):
        random.Random(seed).shuffle(sources)

        assert names(*sources) == [("delta",), ("gamma",), ("alpha",), ("beta",)]


def test_it_says_who_explains_it_newest_first_and_the_same_words_once() -> None:
    (concept,) = ConceptBook(
        [
            source("RAG", meaning="old", link="a", day=1),
            source("RAG", meaning="old", link="b", day=2),
            source("RAG", meaning="new", link=None, day=3),
            source("RAG", link="c", day=4),
        ]
    ).concepts

    assert [each.concept.definition for each in concept.explained] == ["new", "old"]
    assert concept.explained[1].link == "b"
    assert concept.links == ("c", "b", "a")
    assert [each.document for each in concept.documents] == ["terms.md"]
    assert concept.first_at == NOON + timedelta(days=1)


def test_a_mistyped_name_has_neighbours() -> None:
    book = ConceptBook([source("quantization"), source("tokenizer"), source("양자화 학습")])

    assert book.find("quantisaton") is None
    assert [each.name for each in book.nearest("quantisaton")] == ["quantization"]
    assert [each.name for each in book.nearest("양자화")] == ["양자화 학습"]
    assert ConceptBook([source("annotator agreement"), source("AGI")]).nearest("RAG") == []
    assert [each.name for each in ConceptBook([source("GPT")]).nearest("GTP")] == ["GPT"]
    assert book.nearest("") == book.nearest("!!") == []


KNOWN = ConceptBook([source("검색 증강 생성", "retrieval-augmented generation", "무엇이다.")])
PAGE = "We compare LoRA and Retrieval Augmented Generation. 미세 조정은 다루지 않는다."


def test_a_proposed_concept_gets_the_names_that_are_known() -> None:
    proposed = Concept("Retrieval-augmented generation", "It grounds answers in documents.")

    assert accept_concept(proposed, source=PAGE, known=KNOWN) == Concept(
        "검색 증강 생성", "It grounds answers in documents.", "retrieval-augmented generation"
    )


def test_a_name_that_the_source_does_not_say_is_dropped() -> None:
    proposed = Concept("저랭크 적응", "It trains two small matrices.", "LoRA")

    assert accept_concept(proposed, source=PAGE, known=KNOWN) == Concept(
        "LoRA", "It trains two small matrices."
    )


@pytest.mark.parametrize(
    "proposed",
    [
        Concept("Quantization", "It stores weights with fewer bits."),
        Concept("Lo", "It trains two small matrices."),
        Concept("", "It trains two small matrices."),
        Concept("-", "It trains two small matrices."),
        Concept("LoRA", ""),
        Concept("LoRA", "It trains two matrices. It is small."),
        Concept("LoRA", "It is told at https://evil.example in full."),
        Concept("LoRA", "It trains " + "very " * 80 + "small matrices."),
        Concept("We compare LoRA and " * 20, "It trains two small matrices."),
    ],
)
def test_what_is_not_of_the_source_or_no_sentence_is_refused(proposed: Concept) -> None:
    assert accept_concept(proposed, source=PAGE, known=KNOWN) is None


def test_a_korean_name_is_found_under_its_particle() -> None:
    proposed = Concept("미세조정", "가중치를 조금 더 학습하는 일이다.")

    assert accept_concept(proposed, source=PAGE, known=KNOWN) == proposed
