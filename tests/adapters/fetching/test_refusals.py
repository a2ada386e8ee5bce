"""What comes with a refusal says more than its status."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import AsyncIterator

import pytest

from adapters.fetching import HttpPageFetcher
from adapters.fetching.client import Limits
from bot.errors import FetchFailed
from tests.servers.local_web import HANG, LocalWeb, answer, open_web

CHALLENGE = (
    "<html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and "
    'cookies to continue</noscript><script src="/cdn-cgi/challenge-platform/x.js"></script></body>'
)
FIREWALL = (
    '<meta charset="utf-8"><title>차단 안내</title>'
    "<p>웹 방화벽 보안 정책에 의해 접속이 차단되었습니다."
)
CLOSED = '<meta charset="utf-8"><title>점검 안내</title><h1>시스템 점검 중입니다.</h1>'
MEMBERS = '<meta charset="utf-8"><h1>로그인이 필요합니다</h1><p>회원만 볼 수 있는 글입니다.</p>'
ARTICLE = "<title>Queues</title><p>" + "A queue that tells its length is waited in. " * 40


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


async def failure_of(web: LocalWeb, *, limits: Limits | None = None) -> FetchFailed:
    fetcher = HttpPageFetcher({f"127.0.0.1:{web.port}"}, limits=limits)
    try:
        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(web.url("/page"))
    finally:
        await fetcher.aclose()
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "reason", "may_pass"),
    [
        ("403 Forbidden", CHALLENGE, "captcha", False),
        ("403 Forbidden", FIREWALL, "blocked", False),
        ("403 Forbidden", MEMBERS, "login", False),
        ("429 Too Many Requests", CHALLENGE, "captcha", False),
        ("503 Service Unavailable", CHALLENGE, "captcha", False),
        ("503 Service Unavailable", CLOSED, "maintenance", True),
        # The status says it all.
        ("403 Forbidden", "", "forbidden", False),
        ("403 Forbidden", ARTICLE, "forbidden", False),
        ("503 Service Unavailable", ARTICLE, "server_error", True),
        ("404 Not Found", CHALLENGE, "not_found", False),
    ],
)
async def test_a_page_that_comes_with_a_refusal_says_why(
    web: LocalWeb, status: str, body: str, reason: str, may_pass: bool
) -> None:
    web.add("/page", answer(body, status=status))

    failure = await failure_of(web)

    assert (failure.reason, failure.may_pass) == (reason, may_pass)


async def test_the_pause_that_a_site_asks_for_is_kept(web: LocalWeb) -> None:
    status = "503 Service Unavailable"
    web.add("/page", answer(CLOSED, status=status, headers=["Retry-After: 600"]))

    failure = await failure_of(web)

    assert (failure.reason, failure.retry_after_s) == ("maintenance", 600.0)


@pytest.mark.parametrize(
    "body",
    [
        gzip.compress(b"<p>" * 10_000_000),
        b"\x1f\x8b that is no such thing",
    ],
    ids=["bomb", "damaged"],
)
async def test_a_hostile_page_changes_nothing(web: LocalWeb, body: bytes) -> None:
    packed = ["Content-Encoding: gzip"]
    web.add("/page", answer(body, status="403 Forbidden", headers=packed))

    assert (await failure_of(web)).reason == "forbidden"


async def test_an_endless_page_is_not_read_to_its_end(web: LocalWeb) -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n"
    web.pages["/page"] = lambda: itertools.chain([head], itertools.repeat(b"<p>on and on</p>" * 99))

    assert (await failure_of(web)).reason == "forbidden"


async def test_a_page_that_stops_is_not_waited_for_long(web: LocalWeb) -> None:
    head = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n<p>and then"
    web.pages["/page"] = lambda: [head, HANG]

    assert (await failure_of(web, limits=Limits(total_s=10))).reason == "forbidden"
