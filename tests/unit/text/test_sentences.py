from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.sentences import split_sentences


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("색인을 만들었다. 검색이 빨라졌어요!", ["색인을 만들었다.", "검색이 빨라졌어요!"]),
        ("빨라졌다.그리고 싸졌다.", ["빨라졌다.", "그리고 싸졌다."]),
        (
            "# 제목\n- 속도를 개선함\n- 비용이 줄었음",
            ["# 제목", "- 속도를 개선함", "- 비용이 줄었음"],
        ),
        (
            "모임은 2031. 5. 12. 연못에서 열린다. 오리가 온다.",
            ["모임은 2031. 5. 12. 연못에서 열린다.", "오리가 온다."],
        ),
        ("It began in 2031. 30 people came.", ["It began in 2031.", "30 people came."]),
        ("It works. Does it scale? Yes!", ["It works.", "Does it scale?", "Yes!"]),
        ("Dr. Kim raised recall by 3.5 points.", ["Dr. Kim raised recall by 3.5 points."]),
        ("Small models (e.g. Phi) and Fig. 2 help.", ["Small models (e.g. Phi) and Fig. 2 help."]),
        ("1. First step. 2. Next.", ["1. First step.", "2. Next."]),
        ('"끝났다." 라고 적었다. 다음은 배포다.', ['"끝났다." 라고 적었다.', "다음은 배포다."]),
        ('그는 "좋다. 가자."라고 했다. 끝.', ['그는 "좋다. 가자."라고 했다.', "끝."]),
        (
            "It rose (by 2 points. Really). Then it fell.",
            ["It rose (by 2 points. Really).", "Then it fell."],
        ),
        (
            "왜 느린가? (https://example.org/why) 답은 짧다.",
            ["왜 느린가? (https://example.org/why)", "답은 짧다."],
        ),
        (
            "끝났다. (물론 이 이야기는 다음 글에서 훨씬 더 길게, 그림과 함께 다시 다룰 생각이다.)",
            [
                "끝났다.",
                "(물론 이 이야기는 다음 글에서 훨씬 더 길게, 그림과 함께 다시 다룰 생각이다.)",
            ],
        ),
        ("그래도 되나? 하는 질문이 남았다.", ["그래도 되나? 하는 질문이 남았다."]),
        ("Wait... what happened?", ["Wait... what happened?"]),
        ("Use node.js v1.2.3 now", ["Use node.js v1.2.3 now"]),
        (" \n\t\n", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@given(st.text() | st.text("가다.요 !?\"'”()[]*-1a A\n…", max_size=60))
def test_nothing_but_white_space_is_lost(text: str) -> None:
    sentences = split_sentences(text)

    assert "".join("".join(sentences).split()) == "".join(text.split())
    assert all(sentence == sentence.strip() != "" for sentence in sentences)


@given(st.text("가다.요 !?\"'()*-1a A\n", max_size=60))
def test_a_line_break_always_ends_a_sentence(text: str) -> None:
    by_line = [sentence for line in text.splitlines() for sentence in split_sentences(line)]

    assert split_sentences(text) == by_line


@pytest.mark.parametrize(
    "piece", [".", ". ", "(", "a.", "다.", "? ", '."', "1.", "e.g. ", "…", "  ", '"', '"가']
)
def test_hostile_repetition_takes_linear_time(piece: str) -> None:
    started = process_time()

    split_sentences(piece * (200_000 // len(piece)))

    assert process_time() - started < 3


def test_a_korean_sentence_ends_before_a_name_that_is_written_small() -> None:
    text = "빌드는 한 번만 돈다. npm은 그 뒤에 부른다."

    assert split_sentences(text) == ["빌드는 한 번만 돈다.", "npm은 그 뒤에 부른다."]


def test_a_title_before_a_name_ends_no_sentence() -> None:
    text = "They wrote to Rep. Sample and to Lt. Example."

    assert split_sentences(text) == [text]
