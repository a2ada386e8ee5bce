"""Other video sites, from pages and oEmbed in their form."""

from __future__ import annotations

import json

import pytest

from adapters.fetching.readers.video_sites import VideoSiteReader
from bot.errors import FetchFailed
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

URL = "https://vimeo.com/123456"
OEMBED = "https://vimeo.com/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F123456"
BY_US = "https://vimeo.com/api/oembed.json?format=json&url=https%3A%2F%2Fvimeo.com%2F123456"
TOLD = {"title": "A short film", "author_name": "Ada", "provider_name": "Vimeo", "description": ""}
OBJECT = {
    "@graph": [
        {"@type": "WebPage"},
        {
            "@type": ["VideoObject"],
            "name": "A film",
            "description": "It is <b>short</b>.",
            "uploadDate": "2024-01-02",
            "transcript": "Once upon a time.",
        },
    ]
}
PAGE = f"""<html><head><meta property="og:type" content="video.other">
<meta property="og:title" content="A film on Vimeo">
<link rel="alternate" type="application/json+oembed"
 href="/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F123456">
<script type="application/ld+json">{json.dumps(OBJECT)}</script></head></html>"""


async def test_a_video_is_what_its_page_and_oembed_say() -> None:
    page = await VideoSiteReader().read(URL, SiteTools().add(URL, PAGE).add(OEMBED, TOLD))

    assert (page.title, page.author, page.site) == ("A short film", "Ada", "Vimeo")
    assert page.text == "It is short.\n\nOnce upon a time."
    assert page.published_at is not None
    assert page.gaps == ()


async def test_a_page_that_is_refused_leaves_oembed() -> None:
    page = await VideoSiteReader().read(URL, SiteTools().add(URL, FORBIDDEN).add(BY_US, TOLD))

    assert (page.title, page.text) == ("A short film", "A short film")
    assert page.gaps == ("description", "transcript")


async def test_a_site_without_oembed_is_its_page() -> None:
    url = "https://www.twitch.tv/videos/1"
    page = (
        '<meta property="og:type" content="video.other"><meta property="og:title" content="Live">'
    )

    found = await VideoSiteReader().read(url, SiteTools().add(url, f"<html>{page}</html>"))

    assert (found.title, found.site, found.gaps) == ("Live", "Twitch", ("transcript",))


async def test_a_page_that_is_no_video_is_read_as_any_other() -> None:
    url = "https://www.ted.com/playlists/1"
    tools = SiteTools().add(url, "<html><p>Words</p></html>").add_page(a_page(url))

    assert (await VideoSiteReader().read(url, tools)).title == "A page"


@pytest.mark.parametrize(
    ("of_page", "of_api", "reason"),
    [
        (FORBIDDEN, SLOW_DOWN, "too_many_requests"),
        (FetchFailed("not_found"), FORBIDDEN, "not_found"),
    ],
)
async def test_where_nothing_is_said_the_reason_is(
    of_page: FetchFailed, of_api: FetchFailed, reason: str
) -> None:
    tools = SiteTools().add(URL, of_page).add(BY_US, of_api)

    with fails_as(reason):
        await VideoSiteReader().read(URL, tools)


def test_front_pages_and_other_hosts_are_not_ours() -> None:
    reader = VideoSiteReader()

    assert reader.reads("https://tv.naver.com/v/1")
    assert not reader.reads("https://vimeo.com/")
    assert not reader.reads("https://vimeo.com/blog/post")
    assert not reader.reads("https://notvimeo.com/1")
