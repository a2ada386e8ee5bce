"""Sites that show programs a wall."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest

from adapters.fetching.readers.walled import WalledReader, XReader
from bot.domain.models import Kind
from bot.errors import FetchFailed
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

POST = "https://twitter.com/ada/status/1742400000000000000"
API = "https://publish.twitter.com/oembed?omit_script=1&dnt=true&url=" + quote(POST, safe="")
TOLD = {
    "author_name": "에이다",
    "author_url": "https://twitter.com/ada",
    "html": (
        '<blockquote class="twitter-tweet"><p lang="ko" dir="ltr">큐는 기다린다<br>'
        '<a href="https://t.co/x">https://t.co/x</a></p>&mdash; 에이다 (@ada) '
        '<a href="https://twitter.com/ada/status/1">January 3, 2024</a></blockquote>\n'
    ),
}


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/ada/status/1742400000000000000?s=20",
        "https://mobile.twitter.com/ada/status/1742400000000000000/photo/1",
        "https://vxtwitter.com/ada/status/1742400000000000000",
    ],
)
async def test_a_post_of_x_is_what_it_offers_for_embedding(url: str) -> None:
    page = await XReader().read(url, SiteTools().add(API, TOLD))

    assert page.title == "에이다: 큐는 기다린다"
    assert page.text == "큐는 기다린다\nhttps://t.co/x"
    assert page.identity == "https://x.com/ada/status/1742400000000000000"
    assert page.published_at == datetime(2024, 1, 3, 4, 18, 26, 883000, tzinfo=UTC)
    assert (page.site, page.kind, page.author) == ("X", Kind.FUN, "에이다")


async def test_a_post_that_is_cut_off_says_so() -> None:
    cut = {**TOLD, "html": "<blockquote><p>A long story that goes on…</p></blockquote>"}

    assert (await XReader().read(POST, SiteTools().add(API, cut))).gaps == ("full_text",)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (FORBIDDEN, "login"),
        ("<html>", "login"),
        (SLOW_DOWN, "too_many_requests"),
        (FetchFailed("not_found"), "not_found"),
        ({"html": "<blockquote></blockquote>"}, "empty"),
        ({"html": None}, "empty"),
    ],
)
async def test_a_post_that_is_not_shown_says_why(answer: object, reason: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        await XReader().read(POST, SiteTools().add(API, answer))

    assert caught.value.reason == reason


@pytest.mark.parametrize("url", ["https://x.com/ada", "https://x.com/ada/status/abc"])
async def test_what_is_no_single_post_needs_a_member(url: str) -> None:
    with fails_as("login"):
        await XReader().read(url, SiteTools())


LINKED = "https://www.linkedin.com/posts/ada_queues-1"


@pytest.mark.parametrize(
    "title", ["로그인 화면을 다시 만든 이야기", "Login pages are hard", "LinkedIn at scale"]
)
async def test_a_post_about_walls_is_none(title: str) -> None:
    tools = SiteTools().add_page(a_page(LINKED, title=title))

    assert (await WalledReader().read(LINKED, tools)).title == title


async def test_a_public_post_is_read_like_any_page() -> None:
    assert (
        await WalledReader().read(LINKED, SiteTools().add_page(a_page(LINKED)))
    ).title == "A page"


@pytest.mark.parametrize(
    "facts",
    [
        {"url": "https://www.linkedin.com/authwall?trk=x"},
        {"url": "https://www.instagram.com/accounts/login/"},
        {"title": "Instagram"},
        {"title": "Facebook에 로그인"},
        {"title": "Log in or sign up to view"},
        {"title": "Sign Up | LinkedIn"},
        {"title": "로그인 또는 회원가입 | LinkedIn"},
        {"title": "로그인 • Instagram"},
    ],
)
async def test_a_wall_is_known_when_it_is_shown(facts: dict[str, Any]) -> None:
    tools = SiteTools(pages={LINKED: replace(a_page(LINKED), **facts)})

    with fails_as("login"):
        await WalledReader().read(LINKED, tools)


@pytest.mark.parametrize(
    ("failure", "reason"),
    [
        (FetchFailed("server_error", may_pass=True, detail="status 999"), "login"),
        (FetchFailed("empty"), "login"),
        (FetchFailed("server_error", may_pass=True, detail="status 503"), "server_error"),
        (FetchFailed("not_found"), "not_found"),
        (FetchFailed("timeout", may_pass=True), "timeout"),
        (FetchFailed("crowded", may_pass=True), "crowded"),
        (FetchFailed("unknown_host", may_pass=True), "unknown_host"),
    ],
)
async def test_a_refusal_of_such_a_site_is_its_wall(failure: FetchFailed, reason: str) -> None:
    with pytest.raises(FetchFailed) as caught:
        await WalledReader().read(LINKED, SiteTools(pages={LINKED: failure}))

    assert caught.value.reason == reason
