"""Spellings of one name, and the names that a text itself puts side by side."""

from __future__ import annotations

import pytest

from bot.text.term_names import harvest_acronyms, is_acronym_of, name_key, read_other_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Large Language Models", "large-language model"),
        ("LLMs", "LLM"),
        ("the Transformer", "transformer"),
        ("대규모 언어 모델", "대규모언어모델"),
        ("ＧＰＴ-4", "GPT 4"),
    ],
)
def test_spellings_of_a_name_share_a_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("C++", "C#"), ("C++", "C"), ("GPT-4", "GPT-4.1"), ("GPT-4.1", "GPT-41"), ("class", "clas")],
)
def test_names_of_two_things_do_not(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("RAG", "Retrieval-Augmented Generation"),
        ("VAEs", "variational auto-encoders"),
        ("LoRA", "Low-Rank Adaptation"),
        ("scRNA-seq", "single-cell RNA sequencing"),
    ],
)
def test_an_acronym_is_told_by_its_letters(short: str, long: str) -> None:
    assert is_acronym_of(short, long)
    assert not is_acronym_of(long, short)


@pytest.mark.parametrize(
    ("short", "long"),
    [("RAG", "a search engine"), ("in", "information network"), ("OpenAI", "Seoul"), ("R", "Rust")],
)
def test_other_words_are_no_acronym(short: str, long: str) -> None:
    assert not is_acronym_of(short, long)


@pytest.mark.parametrize(
    ("term", "inside", "name"),
    [
        ("정밀도", "precision", "precision"),
        ("아미노산", "영어: amino acid", "amino acid"),
        ("language model", "also known as the LM", "LM"),
        ("컨테이너", "주로 리눅스 컨테이너", ""),
        ("The Martians", "1999", ""),
        ("kiwi", "a bird", ""),
        ("heapify", "A, k, n", ""),
    ],
)
def test_brackets_name_a_term_or_tell_of_it(term: str, inside: str, name: str) -> None:
    assert read_other_name(term, inside) == name


def test_a_long_name_and_its_acronym_are_found_where_the_text_uses_it() -> None:
    text = (
        "We use retrieval-augmented generation (RAG). RAG finds, RAG reads. Beats per minute (BPM)."
    )

    assert harvest_acronyms(text) == [("retrieval-augmented generation", "RAG")]
