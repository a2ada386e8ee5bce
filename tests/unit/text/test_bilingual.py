from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.bilingual import TermPair, harvest_term_pairs


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        (
            "질의를 넓히는 방법은 질의 확장(query expansion)이다.",
            TermPair("질의 확장", "query expansion"),
        ),
        (
            "우리는 더 빠른 교차 인코더(cross-encoders)를 쓴다.",
            TermPair("교차 인코더", "cross-encoder"),
        ),
        ("- **Throughput(처리량)**: 초당 요청 수", TermPair("처리량", "Throughput")),
        ("**Beam Search**(빔 탐색)", TermPair("빔 탐색", "Beam Search")),
        ("**지식 증류**(knowledge distillation)", TermPair("지식 증류", "knowledge distillation")),
        ("검색 증강 생성(RAG)을 쓰면", TermPair("검색 증강 생성", "RAG")),
        ("MoE(전문가 혼합)는 일부만 켠다.", TermPair("전문가 혼합", "MoE")),
        ("여기서 체크포인트(checkpoint)를 저장한다.", TermPair("체크포인트", "checkpoint")),
        ("작은 모델(small model)이 이겼다.", TermPair("작은 모델", "small model")),
        (
            "사고의 사슬, 즉 사고 사슬(chain of thought, CoT)",
            TermPair("사고 사슬", "chain of thought"),
        ),
        ("세 가지 핵심 요소(components)를 나눈다.", TermPair("핵심 요소", "component")),
    ],
)
def test_a_term_is_found_with_its_extent(text: str, pair: TermPair) -> None:
    assert harvest_term_pairs(text) == [pair]


@pytest.mark.parametrize(
    "text",
    [
        "새 장(150페이지)이 나왔다.",
        "자세히 적었다. (논문: Small Models Are Enough)",
        "여러 벤치마크(MMLU-2, 기타 등)에서",
        "지원 형식(PDF, EPUB, HTML)",
        "OpenAI(미국)가 발표했다.",
        "관련 논문(arXiv)",
        "we use GPT (Generative Pre-trained Transformer)",
        "(semantic search)",
        "함수 f(x)를",
    ],
)
def test_remarks_that_translate_nothing_are_passed_over(text: str) -> None:
    assert harvest_term_pairs(text) == []


def test_plural_case_and_inflection_make_no_second_pair() -> None:
    text = """임베딩(Embeddings)을 만든다. 임베딩(embedding)은 벡터다.
    미세 조정(fine-tuning)과 미세 조정(fine-tune)"""

    assert harvest_term_pairs(text) == [
        TermPair("임베딩", "embedding"),
        TermPair("미세 조정", "fine-tuning"),
    ]


def test_a_describing_word_is_dropped_when_the_term_also_stands_without_it() -> None:
    text = "초대형 언어 모델(language model)은 크다. 언어 모델(language models)은 많다."

    assert harvest_term_pairs(text) == [TermPair("언어 모델", "language model")]


@given(st.text("가나 다를은(ab AB)*,.\n1-/", max_size=60) | st.text(max_size=60))
def test_every_pair_is_made_of_one_name_in_each_language(text: str) -> None:
    pairs = harvest_term_pairs(text)

    assert len(pairs) == len(set(pairs))
    for pair in pairs:
        assert any("가" <= char <= "힣" for char in pair.korean)
        assert any(char.isascii() and char.isalpha() for char in pair.english)
        assert "(" not in pair.korean + pair.english


@given(st.text("가나 다를은(ab AB)*,.\n1-/", max_size=60))
def test_saying_everything_twice_adds_no_pair(text: str) -> None:
    once = {pair.english.lower() for pair in harvest_term_pairs(text)}

    assert {pair.english.lower() for pair in harvest_term_pairs(f"{text}\n{text}")} == once


@pytest.mark.parametrize(
    "piece", ["(", "()", "가(a", "가(ab)", "가(ab) ", "가 ", "ab(가)", "*(", "(가나)"]
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    started = process_time()

    harvest_term_pairs(piece * (200_000 // len(piece)))

    assert process_time() - started < 8


def test_a_noun_of_degree_keeps_its_last_syllable() -> None:
    text = "충실도(faithfulness)와 위치도(position)를 함께 잰다."

    pairs = [(pair.korean, pair.english) for pair in harvest_term_pairs(text)]

    assert pairs == [("충실도", "faithfulness"), ("위치", "position")]
