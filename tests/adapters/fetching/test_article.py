"""What is taken out of a page, without a server."""

import codecs
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.article import clean_title, read_article, read_plain_text
from adapters.fetching.charsets import decode_text
from bot.errors import FetchFailed

KOREAN = "한글은 모아쓰는 글자라서 검색할 때 손이 많이 간다."


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Small models | Example Lab", "Small models"),
        ("Small models - EXAMPLE lab", "Small models"),
        ("Example Lab: notes", "Example Lab: notes"),
        ("Example Lab | Small models", "Small models"),
        ("검색을 다시 만들다 — lab.example", "검색을 다시 만들다"),
        ("A | B | Example Lab", "A | B"),
        ("Retries - a love story", "Retries - a love story"),
        ("Example Lab", "Example Lab"),
    ],
)
def test_only_a_name_that_the_site_goes_by_is_dropped(title: str, expected: str) -> None:
    assert clean_title(title, site="Example Lab", host="lab.example") == expected


@given(st.text(), st.text(), st.text())
def test_a_clean_title_is_a_part_of_the_title(title: str, site: str, host: str) -> None:
    cleaned = clean_title(title, site=site, host=host)

    assert cleaned in title
    assert bool(cleaned.strip()) == bool(title.strip())


@pytest.mark.parametrize(
    "body",
    [
        KOREAN.encode(),
        codecs.BOM_UTF8 + KOREAN.encode(),
        KOREAN.encode("utf-16"),
        KOREAN.encode("cp949"),
        b'<meta charset="euc-kr">' + KOREAN.encode("cp949"),
        b'<meta content="text/html; charset=ks_c_5601-1987">' + KOREAN.encode("cp949"),
    ],
)
def test_korean_is_decoded_whatever_it_was_written_in(body: bytes) -> None:
    assert decode_text(body).endswith(KOREAN)


def test_the_page_is_believed_over_a_server_that_claims_latin() -> None:
    assert decode_text(KOREAN.encode(), "iso-8859-1") == KOREAN


@pytest.mark.parametrize("codec", ["punycode", "unicode_escape", "rot13", "zip", "no-such", "\0"])
def test_codecs_that_are_none_of_the_web_are_not_used(codec: str) -> None:
    assert decode_text(b"\\u0041 caf\xe9", codec) == decode_text(b"\\u0041 caf\xe9")


@given(st.binary(), st.text(max_size=20))
def test_decoding_never_fails(body: bytes, charset: str) -> None:
    assert isinstance(decode_text(body, charset), str)


@given(st.text(alphabet=st.sampled_from("<>/a b\"'=&;p!-\n한"), max_size=60))
def test_any_markup_gives_text_or_a_reason(markup: str) -> None:
    with contextlib.suppress(FetchFailed):
        page = read_article(markup, "https://example.org/")

        assert page.text.strip()
        assert page.title.strip()


def test_a_page_without_its_outer_tags_is_read() -> None:
    page = read_article("<p>" + "A plain page still says something. " * 9, "https://example.org/")

    assert page.text.startswith("A plain page")


@pytest.mark.parametrize(
    ("tag", "value"), [("p", ""), ("p", "=1"), ("p", '="<"'), ("p", "='>'"), ("\x01p", "")]
)
def test_a_tag_with_thousands_of_attributes_is_refused_before_it_takes_minutes(
    tag: str, value: str
) -> None:
    attributes = " ".join(f"a{number}{value}" for number in range(39_000))
    page = f"<html><body><{tag} {attributes}>{'A short page. ' * 20}</p></body></html>"

    started = time.thread_time()
    with pytest.raises(FetchFailed, match="attributes"):
        read_article(page, "https://example.org/")

    assert time.thread_time() - started < 2


def test_a_text_file_of_blanks_is_empty() -> None:
    with pytest.raises(FetchFailed, match="empty"):
        read_plain_text(" \n\n ", "https://example.org/a.txt")
