from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.extractive import select_sentences, summarise
from bot.text.languages import Language

_KOREAN_PAGE = """# 색인을 절반으로 줄인 이야기

모두의 쿠키 사용에 동의하고 뉴스레터를 구독하세요.

- 검색팀은 벡터 색인을 8비트로 양자화해 메모리를 절반으로 줄였다고 밝혔다.
- 날씨가 좋아서 회의는 옥상에서 했다.
- 양자화한 벡터 색인은 재현율을 1점만 잃었고 검색 지연은 30% 줄었다.

```python
index = build(vectors)
```

| 방법 | 재현율 |
|---|---|
| 8비트 | 0.91 |

팀은 다음 달에 **양자화한 색인**을 [모든 서비스](https://example.org/a)에 적용할 계획이다.
"""
_ENGLISH_PAGE = """Sign up for our newsletter.

We present a smaller index that answers the same questions in half the memory.
Lunch was served at noon in the large room downstairs.
The smaller index keeps recall within one point of the full index on every data set.

    $ pip install smaller-index

Subscribe for more.
"""

_SENTENCES = st.lists(st.text('가나다 abc12.?"', max_size=30), max_size=12)


def test_a_korean_summary_keeps_to_the_prose_of_the_page() -> None:
    summary = summarise(_KOREAN_PAGE, title="색인을 줄인 이야기", language=Language.KO, limit=3)

    assert summary == [
        "검색팀은 벡터 색인을 8비트로 양자화해 메모리를 절반으로 줄였다고 밝혔다.",
        "양자화한 벡터 색인은 재현율을 1점만 잃었고 검색 지연은 30% 줄었다.",
        "팀은 다음 달에 양자화한 색인을 모든 서비스에 적용할 계획이다.",
    ]


def test_an_english_summary_leaves_out_what_is_beside_the_point() -> None:
    summary = summarise(_ENGLISH_PAGE, title="A smaller index", language=Language.EN, limit=2)

    assert [sentence.split()[0] for sentence in summary] == ["We", "The"]


def test_a_page_of_headings_alone_is_summed_up_by_them() -> None:
    summary = summarise("# 하나\n## 둘\n", title="", language=Language.KO)

    assert summary == ["하나", "둘"]


def test_the_title_again_is_no_part_of_the_summary() -> None:
    text = (
        "Counting syllables finds more\n\n"
        "Pairs of syllables found two thirds of the answers among ten passages.\n\n"
        "Whole words found one third of them, and took as long to build."
    )

    summary = summarise(
        text, title="Counting syllables finds more | Hill School", language=Language.EN, limit=3
    )

    assert [each.split()[0] for each in summary] == ["Pairs", "Whole"]


def test_an_empty_page_has_no_summary() -> None:
    assert summarise(" \n\n", title="제목", language=Language.KO) == []


def test_a_sentence_too_long_to_read_is_cut_at_a_word() -> None:
    sentence = "retrieval " * 80

    (summary,) = summarise(sentence, title="", language=Language.EN)

    assert len(summary) <= 300
    assert summary.endswith("retrieval…")


def test_a_repeated_sentence_is_chosen_once() -> None:
    claim = "The new index halves the memory that retrieval needs on every machine."
    other = "A second change makes indexing of new passages twice as fast as before."
    chosen = select_sentences(
        "", [claim, claim, other, "Lunch was good."], language=Language.EN, limit=2
    )

    assert 2 in chosen


def test_of_two_equal_claims_the_one_that_stands_alone_is_chosen() -> None:
    alone = "The smaller index keeps its recall on every set."
    leaning = "But the smaller index keeps its recall on every set."
    asides = ["Lunch was good.", "It rained at noon."]

    for sentences in ([alone, leaning, *asides], [leaning, alone, *asides]):
        (chosen,) = select_sentences("", sentences, language=Language.EN, limit=1)

        assert sentences[chosen] == alone


@given(st.text("가나 a1", max_size=10), _SENTENCES, st.integers(0, 5), st.sampled_from(Language))
def test_choices_are_ordered_distinct_and_as_many_as_asked(
    title: str, sentences: list[str], limit: int, language: Language
) -> None:
    chosen = select_sentences(title, sentences, language=language, limit=limit)

    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(limit, len(sentences))
    assert all(0 <= index < len(sentences) for index in chosen)


@given(st.text(max_size=200), st.integers(1, 4), st.sampled_from(Language))
def test_any_text_gives_short_single_lines(text: str, limit: int, language: Language) -> None:
    summary = summarise(text, title="", language=language, limit=limit)

    assert len(summary) <= limit
    assert all(sentence and "\n" not in sentence and len(sentence) <= 300 for sentence in summary)


@pytest.mark.parametrize(
    "piece", ["[", "[a](", "|", "a|", "`", "def ", "1. ", "> ", ".'", "a b. ", "https://", "(Aa"]
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    started = process_time()

    summarise(piece * (200_000 // len(piece)), title="", language=Language.EN)

    assert process_time() - started < 5


def test_a_summary_does_not_begin_in_the_middle_of_a_thought() -> None:
    text = (
        "Lunch was served at noon in the large room.\n"
        "In the harbour someone measures vectors of an index.\n"
        "It keeps the harbour index vectors in memory, so that harbour index questions are answered"
        " in half of the time.\n"
        "The room is large and has a window.\n"
        "The harbour index vectors are half as large, says the harbour team."
    )

    points = summarise(text, title="Harbour index vectors", language=Language.EN, limit=2)

    assert points[0] == "In the harbour someone measures vectors of an index."


def test_what_points_at_a_figure_is_no_part_of_a_summary() -> None:
    text = "위 그림과 같이 색인은 절반으로 줄어든다.\n색인은 파일 하나에 모든 벡터를 담는다."

    points = summarise(text, title="색인", language=Language.KO, limit=2)

    assert points == ["색인은 파일 하나에 모든 벡터를 담는다."]


def test_a_cut_sentence_leaves_no_bracket_open() -> None:
    text = "색인은 " + "아주 " * 40 + "크다 (어제 잰 값은 " + "매우 " * 20 + "컸다)고 한다."

    (point,) = summarise(text, title="", language=Language.KO, limit=1)

    assert point.endswith("크다…")


def test_what_is_said_of_copyright_is_no_page_furniture() -> None:
    text = (
        "저작권은 모델 학습에도 미친다고 법원이 판단했다.\n저작권자는 아래에 적혀 있습니다.\n"
        "개인정보를 지운 뒤에야 학습에 쓸 수 있다는 판결이다.\n개인정보 처리방침을 확인하세요."
    )

    points = summarise(text, title="판결", language=Language.KO, limit=3)

    assert points == [
        "저작권은 모델 학습에도 미친다고 법원이 판단했다.",
        "개인정보를 지운 뒤에야 학습에 쓸 수 있다는 판결이다.",
    ]
