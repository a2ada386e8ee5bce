import re
import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.glossary import load_glossary
from bot.text.queries import (
    add_other_names,
    find_other_names,
    find_proper_names,
    find_subject,
    recognise,
    weigh_words,
)
from bot.text.ranking import Fields, Statistics
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


@pytest.mark.parametrize(
    ("question", "content", "grammar"),
    [
        ("LoRA는 왜 메모리를 덜 쓰나요?", ["lora", "메모"], ["는", "왜", "쓰나"]),
        ("검색은 어떻게 동작해?", ["검색"], ["어떻", "동작"]),
        ("색인인가요?", ["색인"], ["인가"]),
    ],
)
def test_grammar_counts_less_than_content(
    question: str, content: list[str], grammar: list[str]
) -> None:
    weights = weigh_words(question)

    assert max(weights[word] for word in grammar) < min(weights[word] for word in content) / 2


def test_a_particle_at_a_korean_word_counts_less_than_the_word() -> None:
    assert weigh_words("색인을")["인을"] < weigh_words("색인실")["인실"]


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("LoRA가 뭐야?", "LoRA"),
        ("LoRA는 무엇인가?", "LoRA"),
        ("LoRA란?", "LoRA"),
        ("지식 증류란 무엇인가요?", "지식 증류"),
        ("등대의 뜻은?", "등대"),
        ("What is LoRA?", "LoRA"),
        ("what does drift mean?", "drift"),
        ("position bias", "position bias"),
    ],
)
def test_a_question_for_a_meaning_names_its_term(question: str, term: str) -> None:
    assert find_subject(question) == set(tokenise(term))


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "LoRA는 왜 메모리를 덜 쓰나요?",
        "스페인의 수도는 무엇인가?",
        "What is the capital of Spain?",
        "How does LoRA work?",
        "누가 만들었나요",
    ],
)
def test_other_questions_ask_for_no_meaning(question: str) -> None:
    assert find_subject(question) == frozenset()


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("GPT-5 가격은 얼마야?", ["GPT-5"]),
        ("colbert가 뭐야?", ["colbert"]),
        ("What does Chinchilla say about GPT-5?", ["Chinchilla", "GPT-5"]),
        ("What is a model card?", []),
    ],
)
def test_proper_names_are_told_by_their_letters(question: str, names: list[str]) -> None:
    assert find_proper_names(question) == names


PAIRS = [
    ("대규모 언어 모델", "large language model"),
    ("색인", "index"),
    ("강화 학습", "reinforcement learning"),
    ("학습", "training"),
]


def widen(question: str, *saved: str) -> dict[str, float]:
    """Add other names in an archive of these texts."""
    holding = Counter(word for text in saved for word in set(tokenise(text)))
    statistics = Statistics(len(saved), Fields(0, 0, 4), holding)
    words = weigh_words(question)
    return add_other_names(words, find_other_names(words, PAIRS), statistics=statistics)


def test_a_term_brings_its_other_name_at_less_weight() -> None:
    words = widen("색인은 누가 만드나요", "The index is new.")

    assert 0 < words["index"] < words["색인"]
    assert "languag" not in words


def test_the_other_name_of_a_term_that_is_written_itself_counts_less() -> None:
    english = widen("색인은 누가 만드나요", "The index is new.", "A queue.")
    both = widen("색인은 누가 만드나요", "The index is new.", "색인이 있다.")

    assert both["index"] < english["index"]


def test_an_other_name_is_worth_no_more_than_its_term() -> None:
    saved = ["색인이 있다."] * 9 + ["The index is new."]

    assert widen("색인", *saved)["index"] < widen("색인", saved[0], saved[-1])["index"]


def test_names_work_in_both_directions() -> None:
    assert widen("Who trains large language models?", "대규모 언어 모델")["대규"] > 0


def test_half_a_term_brings_nothing() -> None:
    assert find_other_names(weigh_words("언어 모델"), PAIRS) == ()


def test_a_part_of_a_longer_term_brings_nothing() -> None:
    words = widen("강화 학습이란?", "reinforcement learning")

    assert "reinforc" in words
    assert "train" not in words


def test_what_is_said_by_another_name_is_a_little_less_sure() -> None:
    names = find_other_names(weigh_words("색인은?"), PAIRS)

    said = recognise({"index", "new"}, names)
    assert 0 < said["색인"] < said["new"] == 1
    assert "색인" not in recognise({"new"}, names)


def test_the_glossary_translates_between_korean_and_english() -> None:
    pairs = load_glossary()

    assert ("미세 조정", "fine-tuning") in pairs
    assert len(set(pairs)) == len(pairs) > 200
    assert all(re.search("[가-힣]", korean) and english.isascii() for korean, english in pairs)
