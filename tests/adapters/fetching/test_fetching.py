"""Pages read from a server on loopback, friendly and hostile ones."""

from __future__ import annotations

import gzip
import itertools
import zlib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.fetching import HttpPageFetcher
from adapters.fetching.client import Limits
from bot.errors import FetchFailed
from bot.texts import LANGUAGES, Texts
from tests.servers.local_web import HANG, LocalWeb, answer, open_web, redirect

PAGES = Path(__file__).parent / "pages"
KOREAN = (PAGES / "korean.html").read_text(encoding="utf-8")
ENGLISH = (PAGES / "english.html").read_text(encoding="utf-8")
PUBLIC = "93.184.216.34"

# Far above what a page on loopback needs, far below what a test may take.
QUICK = Limits(connect_s=2.0, total_s=0.5, size_bytes=200_000)


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


class Names:
    """Names that stand for loopback, or for what a test gives."""

    def __init__(self, **answers: list[Sequence[str]]) -> None:
        self._answers = answers

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        answers = self._answers.get(host.partition(".")[0], [["127.0.0.1"]])
        return answers.pop(0) if len(answers) > 1 else answers[0]


@pytest.fixture
async def fetcher(web: LocalWeb) -> AsyncIterator[HttpPageFetcher]:
    """Opens pages of 127.0.0.1 at the port of the test's server, and of nothing else inside."""
    fetcher = HttpPageFetcher({f"127.0.0.1:{web.port}"}, limits=QUICK, resolve=Names())
    yield fetcher
    await fetcher.aclose()


async def reason(fetcher: HttpPageFetcher, url: str) -> str:
    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(url)
    for language in LANGUAGES:
        assert Texts.load().get(language, f"unreadable.{caught.value.reason}")
    return caught.value.reason


# What is read


async def test_a_korean_article_is_read(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    page = await fetcher.fetch(web.add("/ko", answer(KOREAN)))

    assert page.title == "작은 모델로 회의록을 요약한 석 달"
    assert (page.language, page.author, page.site) == ("ko", "한여름", "들판 기술 블로그")
    assert page.published_at == datetime(2025, 3, 4, tzinfo=UTC)
    assert "요약 길이를 다섯 문장으로 묶자" in page.text
    assert "구독하기" not in page.text
    assert len(page.text.split("\n\n")) >= 4


async def test_a_title_turns_no_line_around(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    turned = "Invoice \u202egpj.exe\u2066\x9b of May"
    head = f"<title>{turned}</title><meta name='author' content='{turned}'>"

    page = await fetcher.fetch(
        web.add("/a", answer(f"{head}{'<p>Paid in May, as agreed.</p>' * 9}"))
    )
    text = await fetcher.fetch(
        web.add("/b", answer("Read \u202ethis\n\nNow.", content_type="text/plain"))
    )

    assert page.title == page.author == "Invoice gpj.exe of May"
    assert text.title == "Read this"


async def test_an_english_article_is_read(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    page = await fetcher.fetch(web.add("/en", answer(ENGLISH)))

    assert page.title == "What a queue taught us about retries"
    assert page.language == "en"
    assert "every retry carries the key" in page.text
    assert "- measure the wait first\n- cap the attempts" in page.text


@pytest.mark.parametrize("header", ["text/html", "text/html; charset=euc-kr", ""])
async def test_an_old_korean_encoding_is_read(
    web: LocalWeb, fetcher: HttpPageFetcher, header: str
) -> None:
    old = KOREAN.replace('charset="utf-8"', 'charset="euc-kr"').encode("cp949")

    page = await fetcher.fetch(web.add("/euc", answer(old, content_type=header)))

    assert page.title == "작은 모델로 회의록을 요약한 석 달"


async def test_a_text_file_has_its_first_line_as_title(
    web: LocalWeb, fetcher: HttpPageFetcher
) -> None:
    text = "# Release notes\n\nThe queue keeps its order now.\n"

    page = await fetcher.fetch(web.add("/a.md", answer(text, content_type="text/markdown")))

    assert page.title == "Release notes"
    assert page.text == text.strip()


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
async def test_a_packed_page_is_unpacked(
    web: LocalWeb, fetcher: HttpPageFetcher, pack: Callable[[bytes], bytes]
) -> None:
    encoding = "gzip" if pack is gzip.compress else "deflate"
    packed = answer(pack(KOREAN.encode()), headers=[f"Content-Encoding: {encoding}"])

    page = await fetcher.fetch(web.add("/packed", packed))

    assert page.title == "작은 모델로 회의록을 요약한 석 달"


async def test_redirects_are_followed_to_the_address_where_they_end(
    web: LocalWeb, fetcher: HttpPageFetcher
) -> None:
    web.add("/old", redirect("/older", status="301 Moved Permanently"))
    web.add("/older", redirect("/now?a=1"))
    web.add("/now?a=1", answer(ENGLISH))

    page = await fetcher.fetch(web.url("/old"))

    assert page.url == web.url("/now?a=1")


async def test_a_host_of_emoji_is_read(web: LocalWeb) -> None:
    web.add("/", answer(KOREAN))
    host = "xn--n3h.example"
    fetcher = HttpPageFetcher({f"{host}:{web.port}"}, limits=QUICK, resolve=Names())

    page = await fetcher.fetch(web.url("/", host=host))
    await fetcher.aclose()

    assert page.title
    assert f"Host: {host}:{web.port}" in web.requests[-1]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html;charset*=''euc-kr;charset*1=utf-8",
        "text/html; charset*0*=utf; charset=utf-8",
        "text/html; charset",
    ],
)
async def test_an_odd_content_type_does_no_harm(
    web: LocalWeb, fetcher: HttpPageFetcher, content_type: str
) -> None:
    page = await fetcher.fetch(web.add("/", answer(KOREAN, content_type=content_type)))

    assert "요약 길이를 다섯 문장으로 묶자" in page.text


async def test_requests_are_honest_and_carry_nothing_over(
    web: LocalWeb, fetcher: HttpPageFetcher
) -> None:
    web.add("/a", answer(ENGLISH, headers=["Set-Cookie: visitor=1; Path=/"]))

    await fetcher.fetch(web.url("/a"))
    await fetcher.fetch(web.url("/a"))

    assert "user-agent: jubo/" in web.requests[1].lower()
    assert "cookie" not in web.requests[1].lower()


# What is refused


async def test_loopback_is_refused_unless_allowed(web: LocalWeb) -> None:
    fetcher = HttpPageFetcher(limits=QUICK)

    assert await reason(fetcher, web.add("/", answer(ENGLISH))) == "private_address"
    assert web.requests == []


async def test_a_redirect_inside_is_refused(web: LocalWeb) -> None:
    fetcher = HttpPageFetcher({"allowed.example"}, limits=QUICK, resolve=Names())
    web.add("/out", redirect(web.url("/secret")))
    web.add("/secret", answer(ENGLISH))

    assert await reason(fetcher, web.url("/out", host="allowed.example")) == "private_address"
    assert len(web.requests) == 1
    await fetcher.aclose()


async def test_a_name_that_moves_inside_after_the_check_is_not_followed(web: LocalWeb) -> None:
    names = Names(rebinding=[[PUBLIC], ["127.0.0.1"]])
    fetcher = HttpPageFetcher(limits=QUICK, resolve=names)
    web.add("/", answer(ENGLISH))
    url = web.url("/", host="rebinding.example")

    # The first look-up is public, so that address is what gets connected to: nobody is there.
    assert await reason(fetcher, url) in {"timeout", "unreachable"}
    assert await reason(fetcher, url) == "private_address"
    assert web.requests == []
    await fetcher.aclose()


async def test_the_name_is_kept_in_the_request_to_the_checked_address(web: LocalWeb) -> None:
    fetcher = HttpPageFetcher({"wiki.inside"}, limits=QUICK, resolve=Names())
    web.add("/", answer(ENGLISH))

    await fetcher.fetch(web.url("/", host="wiki.inside"))

    assert f"host: wiki.inside:{web.port}" in web.requests[0].lower()
    await fetcher.aclose()


async def test_the_next_address_is_tried_when_one_is_dead(web: LocalWeb) -> None:
    names = Names(wiki=[["127.0.0.2", "127.0.0.1"]])  # the server listens on the second only
    fetcher = HttpPageFetcher({"wiki.inside"}, limits=QUICK, resolve=names)

    page = await fetcher.fetch(web.add("/", answer(ENGLISH)).replace("127.0.0.1", "wiki.inside"))

    assert page.title == "What a queue taught us about retries"
    await fetcher.aclose()


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://127.0.0.1/", "javascript:1"])
async def test_a_redirect_to_another_scheme_is_refused(
    web: LocalWeb, fetcher: HttpPageFetcher, location: str
) -> None:
    assert await reason(fetcher, web.add("/", redirect(location))) == "bad_scheme"


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://0177.0.0.1/", "http://a:b@c/", "http://x:99999/", "http://"]
)
async def test_a_malformed_address_is_refused(fetcher: HttpPageFetcher, url: str) -> None:
    assert await reason(fetcher, url) == "bad_address"


async def test_a_redirect_to_a_malformed_address_is_refused(
    web: LocalWeb, fetcher: HttpPageFetcher
) -> None:
    assert await reason(fetcher, web.add("/", redirect("http://[::1"))) == "bad_address"


async def nowhere(host: str, port: int) -> Sequence[str]:
    raise OSError("no such name")


ADDRESS_PIECES = st.sampled_from(
    [
        "http",
        "https",
        "://",
        "//",
        ":",
        "@",
        "[",
        "]",
        "::1",
        "127.0.0.1",
        "0x7f",
        "a.example",
        "한글.example",
        "xn--n3h",
        "xn--a",
        "①",
        "%",
        "%00",
        "%2e",
        "?",
        "#",
        "\\",
        " ",
        "\t",
        "..",
        "/",
        "99999",
        "x" * 70,
    ]
)


@settings(max_examples=40)  # each opens a client: 40 ms
@given(st.one_of(st.text(), st.lists(ADDRESS_PIECES, max_size=8).map("".join)))
async def test_any_address_is_refused_with_a_reason(url: str) -> None:
    fetcher = HttpPageFetcher(limits=QUICK, resolve=nowhere)

    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(url)

    assert caught.value.reason in {"bad_address", "bad_scheme", "private_address", "unreachable"}


@pytest.mark.parametrize(
    "location",
    [
        "http://\xff\xfe/",
        "http://%00/",
        "//",
        "?\x80",
        "http://" + "a" * 70000,
        "http:////..]",
        "http:////][javascript:",
    ],
)
async def test_a_redirect_to_nonsense_is_refused(
    web: LocalWeb, fetcher: HttpPageFetcher, location: str
) -> None:
    head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {location}\r\n\r\n"
    web.add("/", head.encode("latin-1"))

    with pytest.raises(FetchFailed):
        await fetcher.fetch(web.url("/"))


async def test_a_circle_of_redirects_ends(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    web.add("/a", redirect("/b"))
    web.add("/b", redirect("/a"))

    assert await reason(fetcher, web.url("/a")) == "too_many_redirects"
    assert len(web.requests) == 6


def endless(head: bytes, piece: bytes) -> Iterator[bytes]:
    return itertools.chain([head], itertools.repeat(piece))


async def test_a_body_without_end_is_cut(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"

    assert await reason(fetcher, web.add("/", endless(head, b"<p>word " * 1000))) == "too_large"


async def test_a_packed_bomb_is_not_unpacked(web: LocalWeb, fetcher: HttpPageFetcher) -> None:
    bomb = gzip.compress(b"\n" * 50_000_000)  # 50 kB that grow a thousandfold
    packed = answer(bomb, headers=["Content-Encoding: gzip"])

    assert await reason(fetcher, web.add("/", packed)) == "too_large"


async def test_more_markup_than_is_safe_is_refused(web: LocalWeb) -> None:
    fetcher = HttpPageFetcher({"127.0.0.1"})

    assert await reason(fetcher, web.add("/", answer("<p>" + "a<br>" * 70_000))) == "too_large"
    await fetcher.aclose()


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Type: te",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<p",
    ],
)
async def test_a_server_that_stops_talking_is_given_up(
    web: LocalWeb, fetcher: HttpPageFetcher, said: bytes
) -> None:
    assert await reason(fetcher, web.add("/", [said, HANG])) == "timeout"


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"hello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n<p>cut",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>cu",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
        answer(b"not gzip", headers=["Content-Encoding: gzip"]),
    ],
)
async def test_a_broken_answer_is_given_up(
    web: LocalWeb, fetcher: HttpPageFetcher, said: bytes
) -> None:
    assert await reason(fetcher, web.add("/", said)) == "unreachable"


@pytest.mark.parametrize(
    ("status", "expected", "may_pass"),
    [
        ("401 Unauthorized", "login", False),
        ("403 Forbidden", "forbidden", False),
        ("404 Not Found", "not_found", False),
        ("410 Gone", "not_found", False),
        ("429 Too Many Requests", "too_many_requests", True),
        ("500 Oops", "server_error", True),
        ("503 Busy", "server_error", True),
        ("304 Not Modified", "server_error", True),
    ],
)
async def test_a_status_becomes_a_reason(
    web: LocalWeb, fetcher: HttpPageFetcher, status: str, expected: str, may_pass: bool
) -> None:
    web.add("/", answer("", status=status))

    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(web.url("/"))

    assert (caught.value.reason, caught.value.may_pass) == (expected, may_pass)


async def test_how_long_a_site_asks_to_be_left_alone_is_heard(
    web: LocalWeb, fetcher: HttpPageFetcher
) -> None:
    busy = answer("", status="429 Too Many Requests", headers=["Retry-After: 120"])

    with pytest.raises(FetchFailed) as caught:
        await fetcher.fetch(web.add("/", busy))

    assert (caught.value.may_pass, caught.value.retry_after_s) == (True, 120)


@pytest.mark.parametrize("body", ["", "   ", "<html><body></body></html>", "<script>go()</script>"])
async def test_a_page_without_text_is_no_success(
    web: LocalWeb, fetcher: HttpPageFetcher, body: str
) -> None:
    assert await reason(fetcher, web.add("/", answer(body))) == "empty"


async def test_nobody_listening_may_pass(fetcher: HttpPageFetcher, web: LocalWeb) -> None:
    dead = HttpPageFetcher({"127.0.0.1"}, limits=QUICK)

    with pytest.raises(FetchFailed) as caught:
        await dead.fetch("http://127.0.0.1:1/")

    assert (caught.value.reason, caught.value.may_pass) == ("unreachable", True)
    await dead.aclose()
