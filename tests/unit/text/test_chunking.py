import re

from hypothesis import example, given
from hypothesis import strategies as st

from bot.text.chunking import PASSAGE_CHARS, Passage, chunk_text

PARAGRAPH = "색인은 밤마다 새로 만든다. " * 12
_TEXTS = st.text("가나다.  \n\n#-a`1 ?", max_size=400)


def test_an_empty_text_has_no_passages() -> None:
    assert chunk_text(" \n\n ") == []


def test_short_paragraphs_share_a_passage() -> None:
    assert chunk_text("첫 문단이다.\n\n둘째 문단이다.") == [
        Passage("첫 문단이다.\n\n둘째 문단이다.")
    ]


def test_passages_carry_the_heading_they_stand_below() -> None:
    text = "# 검색 시스템\n\n## 색인\n밤마다 만든다.\n\n## 질의\n낮에 온다."

    assert chunk_text(text) == [
        Passage("밤마다 만든다.", "검색 시스템 › 색인"),
        Passage("낮에 온다.", "질의"),
    ]


def test_a_lone_short_line_above_a_paragraph_is_its_heading() -> None:
    assert [one.heading for one in chunk_text(f"Why bigrams\n\n{PARAGRAPH}")] == ["Why bigrams"]


def test_a_short_sentence_is_no_heading() -> None:
    assert [one.heading for one in chunk_text(f"오늘은 쉰다\n\n{PARAGRAPH}")] == [""]


def test_a_heading_without_text_is_kept_as_text() -> None:
    assert chunk_text("Some text.\n\n# Later")[-1] == Passage("Later")


def test_comments_in_code_are_not_headings() -> None:
    code = "```\n# install\npip install it\n```"

    assert chunk_text(code) == [Passage(code)]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    passages = chunk_text(PARAGRAPH * 9)

    assert len(passages) == 2
    assert all(one.text.startswith("색인은") and one.text.endswith("다.") for one in passages)


def test_a_sentence_longer_than_a_passage_is_cut_at_spaces() -> None:
    passages = chunk_text("word " * 1000)

    assert all(set(one.text.split()) == {"word"} for one in passages)


@given(_TEXTS | st.text(), st.integers(min_value=5, max_value=PASSAGE_CHARS))
@example("가" * 50, 7)
def test_nothing_is_lost_and_every_passage_fits(text: str, limit: int) -> None:
    passages = chunk_text(text, limit=limit)

    assert all(one.text.strip() and len(one.text) <= limit for one in passages)
    remaining = iter("".join(one.heading + one.text for one in passages))
    assert all(char in remaining for char in re.sub(r"[\s#]", "", text))
