"""Readers as the program runs them: real requests, and documents taken apart in other processes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from adapters.fetching import HttpPageFetcher
from adapters.fetching.reader import Tools
from adapters.fetching.readers.github import GithubApi, GithubRepositoryReader
from adapters.fetching.readers.hacker_news import HackerNewsReader
from bot.domain.models import PageText
from tests.adapters.fetching.readers import test_github as github
from tests.adapters.fetching.readers import test_threads as discussions
from tests.fakes.site_tools import a_page
from tests.fetch_failures import fails_as
from tests.servers.local_web import LocalWeb, answer, open_web, redirect

JSON = "application/json; charset=utf-8"


@pytest.fixture
async def web() -> AsyncIterator[LocalWeb]:
    async with open_web() as web:
        yield web


async def read(web: LocalWeb, url: str) -> PageText:
    api = GithubApi(token="secret", api=web.url("/api"), raw=web.url("/raw"))
    readers = (GithubRepositoryReader(api), HackerNewsReader(api=web.url("/hn")))
    hosts = {f"127.0.0.1:{web.port}", f"localhost:{web.port}"}
    fetcher = HttpPageFetcher(hosts, readers=readers)
    try:
        return await fetcher.fetch(url)
    finally:
        await fetcher.aclose()


async def test_a_repository_is_read_and_the_token_goes_to_its_api_alone(web: LocalWeb) -> None:
    elsewhere = web.url("/elsewhere", host="localhost")
    renamed = web.url("/api/repositories/1")
    web.add("/api/repos/byron/queues", redirect(renamed, status="301 Moved Permanently"))
    web.add("/api/repositories/1", answer(json.dumps(github.REPOSITORY), content_type=JSON))
    web.add("/raw/byron/queues/HEAD/README.md", answer(github.README, content_type="text/plain"))
    web.add("/api/repos/byron/queues/releases/latest", redirect(elsewhere))
    web.add("/elsewhere", answer(json.dumps(github.RELEASE), content_type=JSON))

    page = await read(web, github.URL)

    assert page.title == "Byron/Queues: Queues that tell how long they are"
    assert "설치" in [each.heading for each in page.parts]
    told = {each.split()[1]: "Bearer secret" in each for each in web.requests}
    assert told == {
        "/api/repos/byron/queues": True,
        "/api/repositories/1": True,
        "/raw/byron/queues/HEAD/README.md": False,
        "/api/repos/byron/queues/releases/latest": True,
        "/elsewhere": False,
    }


async def test_a_short_address_tells_at_its_end_whose_it_is(web: LocalWeb) -> None:
    class Ours:
        def reads(self, url: str) -> bool:
            return "/ours" in url

        async def read(self, url: str, tools: Tools) -> PageText:
            return a_page(url, "Read in our way.")

    ours = web.add("/ours", answer("<p>A page.</p>"))
    fetcher = HttpPageFetcher({f"127.0.0.1:{web.port}"}, readers=(Ours(),))

    page = await fetcher.fetch(web.add("/x", redirect(ours)))
    await fetcher.aclose()

    assert (page.url, page.text) == (ours, "Read in our way.")


async def test_a_page_with_nothing_but_a_player_is_the_video_that_it_plays(web: LocalWeb) -> None:
    told = json.dumps({"title": "How it waits", "author_name": "Ada"})
    head = (
        '<meta property="og:type" content="video.other"><meta property="og:title" content="Wait">'
        '<link rel="alternate" type="application/json+oembed" href="/oembed?of=1">'
    )
    page = f"<html><head>{head}</head><body><div id=player></div></body></html>"
    web.add("/oembed?of=1", answer(told, content_type=JSON))

    found = await read(web, web.add("/player", answer(page)))

    assert (found.title, found.author, found.gaps) == ("How it waits", "Ada", ("transcript",))


async def test_a_page_with_nothing_at_all_is_still_empty(web: LocalWeb) -> None:
    with fails_as("empty"):
        await read(web, web.add("/nothing", answer("<html><body></body></html>")))


async def test_a_thread_whose_page_is_not_there_keeps_its_discussion(web: LocalWeb) -> None:
    gone = web.add("/gone", answer("", status="404 Not Found"))
    story = json.dumps({**discussions.STORY, "url": gone})
    web.add("/hn/items/42", answer(story, content_type=JSON))

    page = await read(web, discussions.HN)

    assert page.gaps == ("discussed",)
    assert page.parts[0].heading == "Discussion: bob"
