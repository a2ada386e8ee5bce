"""What sites ask of programs, read from robots.txt, and kept to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.fetching import HttpPageFetcher
from adapters.fetching.client import Limits
from adapters.fetching.feed_addresses import known_feeds
from adapters.fetching.hosts import Caller
from adapters.fetching.robots import Robots, is_allowed, read_robots
from adapters.fetching.web import Web
from adapters.parsing import Download, Parsers
from bot.errors import FetchFailed
from bot.ports import Asker
from bot.texts import LANGUAGES, Texts
from tests.servers.local_web import HANG, Answer, LocalWeb, answer, open_web

DAY_S = 86_400.0


class Site:
    """A site on loopback, and a clock that is moved by hand."""

    def __init__(self, web: LocalWeb) -> None:
        self.web = web
        self.now = 0.0
        self.parsers = Parsers(most=1)
        limits = Limits(connect_s=2.0, total_s=0.5)
        self.downloads = Web({f"127.0.0.1:{web.port}"}, limits=limits)
        self.robots = Robots(
            self.downloads,
            self.parsers,
            monotonic=lambda: self.now,
        )

    def says(self, *lines: str) -> None:
        self.web.add("/robots.txt", answer("\n".join(lines), content_type="text/plain"))

    async def allows(self, path: str) -> bool:
        try:
            await self.robots.check(self.web.url(path), Caller())
        except FetchFailed as failure:
            if (failure.reason, failure.may_pass) != ("robots", False):
                raise
            return False
        return True


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with open_web() as web:
        site = Site(web)
        yield site
        await site.downloads.aclose()
        await site.parsers.aclose()


async def test_a_site_is_asked_once_a_day(site: Site) -> None:
    site.says("User-agent: *", "Disallow: /private")

    assert await site.allows("/feed")
    assert not await site.allows("/private/feed")
    assert len(site.web.requests) == 1

    site.now = DAY_S + 1
    site.says("User-agent: *", "Allow: /")
    assert await site.allows("/private/feed")
    assert len(site.web.requests) == 2


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
async def test_a_site_without_rules_allows_all(site: Site, status: str) -> None:
    site.web.add("/robots.txt", answer("", status=status))

    assert await site.allows("/feed")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (answer("", status="503 Busy"), "server_error"),
        (answer("", status="429 Too Many Requests"), "too_many_requests"),
        ([b"HTTP/1.1 200 OK\r\n", HANG], "timeout"),
    ],
)
async def test_rules_that_cannot_be_had_now_put_it_off(
    site: Site, said: Answer, reason: str
) -> None:
    site.web.add("/robots.txt", said)

    with pytest.raises(FetchFailed) as caught:
        await site.robots.check(site.web.url("/feed"), Caller())
    assert (caught.value.reason, caught.value.may_pass) == (reason, True)

    site.says("User-agent: *", "Disallow:")
    assert await site.allows("/feed")  # that it failed is not kept


async def test_a_delay_between_requests_is_kept_within_reason(site: Site) -> None:
    site.says("User-agent: *", "Crawl-delay: 9.5")
    url = site.web.add("/feed", answer("<p>Text</p>"))
    caller = Caller()

    await site.robots.check(url, caller)
    await site.downloads.download(url, caller=caller)  # the first after the rules
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await site.downloads.download(url, caller=caller)
    await site.downloads.download(url)  # for a person


def rules(*lines: str) -> Download:
    return Download("https://a.example/robots.txt", "text/plain", "", "\n".join(lines).encode())


def test_hours_between_requests_are_seconds_here() -> None:
    assert read_robots(rules("User-agent: *", "Crawl-delay: 7200")).delay_s == 10
    assert read_robots(rules("User-agent: *", "Crawl-delay: soon")).delay_s == 0


def test_what_is_said_to_us_by_name_is_all_that_holds() -> None:
    said = ["User-agent: *", "Disallow: /", "", "User-Agent: Other", "User-agent: Jubo/1.0"]

    found = read_robots(rules(*said, "Disallow: /private # not for programs"))

    assert is_allowed(found.rules, "https://a.example/feed")
    assert not is_allowed(found.rules, "https://a.example/private")


def test_being_named_without_rules_is_being_let_in() -> None:
    found = read_robots(rules("User-agent: *", "Disallow: /", "User-agent: jubo", "Disallow:"))

    assert is_allowed(found.rules, "https://a.example/feed")


@pytest.mark.parametrize(
    ("said", "path", "expected"),
    [
        (["Disallow: /", "Allow: /feed"], "/feed.xml", True),
        (["Allow: /feed", "Disallow: /feed"], "/feed", True),
        (["Disallow: /*.xml$"], "/a/feed.xml", False),
        (["Disallow: /*.xml$"], "/a/feed.xml?page=2", True),
        (["Disallow: /*?*page="], "/a?x=1&page=2", False),
        (["Disallow: /a$"], "/a", False),
        (["Disallow: /a$"], "/ab", True),
        (["Disallow: /글"], "/%EA%B8%80/1", False),
        (["Disallow: /%7euser"], "/~user/feed", False),
        (["Disallow: /a*b*a$"], "/aba", False),
        (["Disallow: /ab*ba$"], "/aba", True),
        (["Disallow: " + "*a" * 400 + "$"], "/" + "a" * 300 + "b", True),
    ],
)
def test_the_longest_rule_that_fits_decides(said: list[str], path: str, expected: bool) -> None:
    found = read_robots(rules("User-agent: *", *said))

    assert is_allowed(found.rules, f"https://a.example{path}") is expected


@given(st.binary(max_size=400))
def test_any_bytes_are_rules_or_none(body: bytes) -> None:
    found = read_robots(Download("https://a.example/robots.txt", "", "", b"User-agent: *\n" + body))

    assert is_allowed(found.rules, "https://a.example/feed") in (True, False)


def test_endless_rules_take_no_time() -> None:
    said = rules("User-agent: *", *(f"Disallow: /{'*a' * 20}{n}" for n in range(20_000)))

    begin = time.process_time()
    is_allowed(read_robots(said).rules, "https://a.example/" + "a" * 2_000)

    assert time.process_time() - begin < 2


async def test_a_page_that_nobody_asked_for_is_read_only_if_its_site_allows() -> None:
    async with open_web() as web:
        web.add("/robots.txt", answer("User-agent: *\nDisallow: /a", content_type="text/plain"))
        text = "<p>" + "A queue keeps what nobody has read yet, in the order it came. " * 9
        url = web.add("/a", answer(f"<html><body><h1>Queues</h1>{text}</body></html>"))
        fetcher = HttpPageFetcher({f"127.0.0.1:{web.port}"})

        with pytest.raises(FetchFailed) as caught:
            await fetcher.fetch(url, asker=Asker(is_asked=False))
        read = await fetcher.fetch(url)
        await fetcher.aclose()

    assert "queue" in read.text
    for language in LANGUAGES:
        assert Texts.load().has(f"unreadable.{caught.value.reason}"), language
    assert [request.split()[1] for request in web.requests] == ["/robots.txt", "/a"]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        ("https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv/videos",
         "https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv"),
        ("https://www.youtube.com/playlist?list=PLabc",
         "https://www.youtube.com/feeds/videos.xml?playlist_id=PLabc"),
        ("https://github.com/owner/name", "https://github.com/owner/name/releases.atom"),
        ("https://github.com/owner/name/releases/", "https://github.com/owner/name/releases.atom"),
        ("https://github.com/owner/name/commits/main",
         "https://github.com/owner/name/commits/main.atom"),
        ("https://old.reddit.com/r/learning/top", "https://www.reddit.com/r/learning/.rss"),
        ("https://medium.com/@writer", "https://medium.com/feed/@writer"),
        ("https://writer.medium.com/", "https://writer.medium.com/feed"),
        ("https://m.blog.naver.com/writer", "https://rss.blog.naver.com/writer.xml"),
        ("https://writer.tistory.com/category/a", "https://writer.tistory.com/rss"),
        ("https://writer.substack.com/archive", "https://writer.substack.com/feed"),
        ("https://velog.io/@writer/posts", "https://v2.velog.io/rss/writer"),
    ],
)  # fmt: skip
def test_the_feeds_of_well_known_sites_are_known(page: str, feed: str) -> None:
    assert known_feeds(page) == [feed]


@pytest.mark.parametrize(
    "page",
    [
        "https://blog.naver.com/PostView.naver?blogId=writer",
        "https://www.youtube.com/watch?v=abcdefghijk",
        "https://github.com/owner",
        "https://lab.example/",
        "http://[::1",
    ],
)
def test_of_other_pages_nothing_is_known(page: str) -> None:
    assert known_feeds(page) == []
