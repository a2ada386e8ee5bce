"""Pages are told from what is shown in their place, by all that they say."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching.documents.article import parse_article
from adapters.fetching.documents.shown import look_at
from adapters.fetching.landing import landed_elsewhere
from adapters.fetching.markup import parse_markup
from adapters.fetching.quality import MAY_PASS, Shown, find_notice
from adapters.fetching.signs import known_signs
from benchmarks.gate.pages import Page, articles, walls
from bot.errors import FetchFailed
from bot.texts import Texts

SIGNS = known_signs()
PARAGRAPH = "The model answers forty questions whose answers are known, and a person reads. "
NOTICES = (
    "Access denied",
    "Just a moment...",
    "Please verify you are a human",
    "페이지를 찾을 수 없습니다.",
    "로그인이 필요합니다.",
    "이 도메인은 판매 중입니다.",
    "We value your privacy",
    "시스템 점검 중입니다.",
)


def name(page: Page) -> str:
    return f"{page.name}, {page.url}"


@pytest.mark.parametrize("page", list(walls("tuned")), ids=name)
def test_a_wall_is_named_for_what_it_is(page: Page) -> None:
    if page.reason.startswith("gap:"):
        assert parse_article(page.html, page.url).gaps == (page.reason.removeprefix("gap:"),)
        return
    with pytest.raises(FetchFailed) as caught:
        parse_article(page.html, page.url)

    assert caught.value.reason == page.reason
    assert caught.value.may_pass == (page.reason in MAY_PASS)


@pytest.mark.parametrize("page", list(articles()), ids=name)
def test_an_article_about_walls_is_read(page: Page) -> None:
    assert parse_article(page.html, page.url).gaps == ()


@given(st.lists(st.sampled_from(NOTICES), max_size=6), st.integers(min_value=20, max_value=60))
def test_what_says_much_else_is_no_notice(notices: list[str], paragraphs: int) -> None:
    shown = Shown(title="A year of small models", lines=(*notices, *[PARAGRAPH * 2] * paragraphs))

    assert find_notice(shown) == ""


def test_of_a_title_or_heading_without_end_the_beginning_is_looked_at() -> None:
    endless = "a | " * 10_000

    shown = look_at(parse_markup(f"<title>{endless}</title><h1>{endless}</h1>"), "")

    assert len(shown.title) <= 300
    assert len(shown.headings[0]) <= 300


@given(st.text(max_size=80), st.lists(st.text(max_size=300), max_size=8), st.text(max_size=200))
def test_whatever_it_says_there_is_a_verdict(title: str, lines: list[str], marks: str) -> None:
    reason = find_notice(Shown(title=title, lines=tuple(lines), marks=marks, has_scripts=True))

    assert reason in {"", "empty"} | {sign.reason for sign in (*SIGNS.phrases, *SIGNS.marks)}


def test_signs_are_written_in_lower_case_which_is_how_they_are_looked_for() -> None:
    for sign in (*SIGNS.phrases, *SIGNS.marks):
        assert not re.search(r"(?<!\\)[A-Z]", sign.pattern.pattern)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_people_are_told_each_verdict(language: str) -> None:
    say = Texts.load().bind(language)

    for reason in {sign.reason for sign in (*SIGNS.phrases, *SIGNS.marks)}:
        assert say(f"unreadable.{reason}")


@pytest.mark.parametrize(
    ("asked", "ended", "reason"),
    [
        ("https://a.example/2019/08/trees", "https://www.a.example/", "not_found"),
        ("https://a.example/view?no=12", "https://a.example/index.html", "not_found"),
        ("https://cafe.naver.com/ai/12", "https://nid.naver.com/nidlogin.login", "login"),
        ("https://a.example/board/12", "https://a.example/bbs/login.php?url=x", "login"),
        ("https://www.youtube.com/watch?v=1", "https://consent.youtube.com/m?x=1", "consent"),
        ("https://scholar.google.com/x", "https://www.google.com/sorry/index?x", "captcha"),
        ("https://a.example/p/12", "https://a.example/404", "not_found"),
        # What people may mean.
        ("https://a.example/", "https://a.example/en/", ""),
        ("https://a.example/home", "https://a.example/", ""),
        ("https://short.example/x8Yq2", "https://a.example/", ""),
        ("https://a.example/2019/08/trees", "https://a.example/2019/08/trees/", ""),
        ("https://docs.example/guides/login", "https://docs.example/latest/guides/login", ""),
        ("https://a.example/[", "https://a.example/", ""),
    ],
)
def test_where_an_address_leads_is_part_of_the_answer(asked: str, ended: str, reason: str) -> None:
    assert landed_elsewhere(asked, ended) == reason
