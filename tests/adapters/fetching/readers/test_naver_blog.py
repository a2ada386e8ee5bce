"""Posts of Naver's blogs, from pages in their form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.readers.naver_blog import NaverBlogReader
from tests.fakes.site_tools import SiteTools, a_page
from tests.fetch_failures import fails_as

MOBILE = "https://m.blog.naver.com/summer/223000000001"
POST = """<html><head><meta property="og:title" content="큐는 기다린다 : 네이버 블로그">
<meta property="naverblog:nickname" content="한여름"><meta property="og:image" content="https://i/x.png">
</head><body><div class="blog_category">잡담</div><p class="blog_date">2025. 3. 4. 10:20</p>
<div class="se-main-container"><div class="se-component"><p class="se-text-paragraph">큐는 길다.</p>
<p class="se-text-paragraph"><span>\u200b</span></p><p class="se-text-paragraph">기다림도 길다.</p>
</div></div><div class="section_t1">이웃추가</div></body></html>"""


@pytest.mark.parametrize(
    "url",
    [
        "https://blog.naver.com/summer/223000000001",
        "https://m.blog.naver.com/summer/223000000001?recommendCode=2",
        "https://blog.naver.com/PostView.naver?blogId=summer&logNo=223000000001",
        "https://blog.naver.com/PostView.nhn?blogId=summer&logNo=223000000001",
        "https://blog.naver.com/summer?Redirect=Log&logNo=223000000001",
    ],
)
async def test_a_post_is_read_from_the_page_without_frames(url: str) -> None:
    page = await NaverBlogReader().read(url, SiteTools().add(MOBILE, POST))

    assert (page.title, page.author, page.site) == ("큐는 기다린다", "한여름", "네이버 블로그")
    assert page.text == "큐는 길다.\n\n기다림도 길다."
    assert page.published_at == datetime(2025, 3, 4, 1, 20, tzinfo=UTC)
    assert page.identity == "https://blog.naver.com/summer/223000000001"
    assert (page.url, page.image) == (url, "https://i/x.png")


async def test_a_post_of_an_unknown_editor_is_read_as_any_page() -> None:
    url = "https://blog.naver.com/summer/223000000001"
    tools = SiteTools().add(MOBILE, "<html><b>x</b></html>").add_page(a_page(MOBILE))

    page = await NaverBlogReader().read(url, tools)

    assert (page.title, page.url, page.author) == ("A page", url, "summer")


async def test_a_deleted_post_is_not_found() -> None:
    with fails_as("not_found"):
        await NaverBlogReader().read("https://blog.naver.com/summer/223000000001", SiteTools())


def test_the_front_of_a_blog_is_no_post() -> None:
    assert not NaverBlogReader().reads("https://blog.naver.com/summer")
    assert not NaverBlogReader().reads("https://blog.naver.com/PostList.naver?blogId=summer")
