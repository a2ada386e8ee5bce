"""What is made of a page is bounded, however long the page is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.understanding import KEPT_CHARS, shorten, understand
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
