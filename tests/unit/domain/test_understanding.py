"""What is made of a page is bounded, however long the page is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import Concept, PagePart, Passage
from bot.domain.understanding import KEPT_CHARS, passages_of, shorten, understand
from tests.factories import make_page

PARAGRAPHS = st.lists(st.text("ab .", min_size=1).filter(str.strip), min_size=1)


@given(PARAGRAPHS, st.integers(min_value=1, max_value=60))
def test_a_long_page_keeps_the_paragraphs_that_fit(texts: list[str], limit: int) -> None:
    text = "\n\n".join(each.strip() for each in texts)

    kept = shorten(make_page(text=text), limit=limit).text

    assert text.startswith(kept)
    assert min(len(text), limit // 2) <= len(kept) <= limit
    assert kept == text or len(kept) == limit or text[len(kept) :].startswith("\n\n")


def test_no_paragraph_is_kept_in_part() -> None:
    page = make_page(text="one two\n\nthree\n\nfour")

    assert [shorten(page, limit=limit).text for limit in (15, 14, 13)] == [
        "one two\n\nthree",
        "one two\n\nthree",
        "one two",
    ]


def test_a_page_that_fits_stays_as_it_is() -> None:
    page = make_page()

    assert shorten(page) is page


def test_a_text_of_millions_of_characters_is_understood_by_its_first_part() -> None:
    paragraph = "Short queues keep the wait of each request low and fair. " * 8
    page = make_page(text="\n\n".join([paragraph.strip()] * 10_000))

    shortened = shorten(page)

    assert len(page.text) > 9 * KEPT_CHARS >= 9 * len(shortened.text)
    assert understand(shortened).summary


@given(PARAGRAPHS, st.integers(min_value=1, max_value=60))
def test_parts_are_cut_with_the_text_that_is_theirs(texts: list[str], limit: int) -> None:
    parts = tuple(PagePart(f"p. {n}", text.strip()) for n, text in enumerate(texts, 1))
    page = replace(make_page(text="\n\n".join(part.text for part in parts)), parts=parts)

    kept = shorten(page, limit=limit)

    assert page.text.startswith(kept.text)
    assert len(kept.text) <= limit or kept is page
    assert kept.text == "\n\n".join(part.text for part in kept.parts)


def test_passages_are_cited_by_the_part_and_the_heading_that_they_stand_below() -> None:
    parts = (PagePart("p. 1", "결과는 좋다."), PagePart("p. 2", "## Results\n\nIt is fast."))
    page = replace(make_page(text="결과는 좋다.\n\n## Results\n\nIt is fast."), parts=parts)

    assert passages_of(page) == [
        Passage("결과는 좋다.", "p. 1"),
        Passage("It is fast.", "p. 2 › Results"),
    ]


def test_a_page_without_parts_is_cited_by_its_headings() -> None:
    page = make_page(text="## Results\n\nIt is fast.")

    assert passages_of(page) == [Passage("It is fast.", "Results")]


@pytest.mark.parametrize("text", ["", "PNG · 40 × 30", "|", "## \n\n```\n```"])
def test_a_page_with_next_to_no_text_is_understood(text: str) -> None:
    page = make_page(text=text)

    understanding = understand(page)

    assert understanding.summary is not None
    assert len(understanding.summary.points) <= 1
    assert sum(len(passage.text) for passage in passages_of(page)) <= len(text)


def test_terms_are_defined_in_the_page_s_own_words_under_both_names() -> None:
    defines = "검색 증강 생성은 답변의 근거를 문서에서 찾아 함께 보여 주는 기법이다."
    page = make_page(
        title="검색 증강 생성 소개",
        text=f"검색 증강 생성(retrieval-augmented generation)을 소개한다. {defines}\n\n"
        "의미 검색(semantic search)도 다룬다.",
    )

    concepts = understand(page).concepts

    assert concepts == (
        Concept("검색 증강 생성", defines, "retrieval-augmented generation"),
        Concept("의미 검색", other_name="semantic search"),
    )
