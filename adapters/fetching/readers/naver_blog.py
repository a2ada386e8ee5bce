"""Naver blogs: the address holds a frame; the post is in the page for telephones."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from adapters.fetching.addresses import split_address
from adapters.fetching.markup import element_text, parse_page
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page
from adapters.fetching.wanted import PAGES
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from adapters.parsing import Download

_SITE = "네이버 블로그"
# By age of the editor that wrote the post, the newest first.
_CONTENTS = ("se-main-container", "se_component_wrap", "post_ct", "post-view")
_DATES = ("se_publishDate", "blog_date", "se_date", "_postAddDate")
_DAY = re.compile(r"(\d{4})\. ?(\d{1,2})\. ?(\d{1,2})\.(?: ?(\d{1,2}):(\d{2}))?", re.ASCII)
_SEOUL = timezone(timedelta(hours=9))


class NaverBlogReader:
    """`site`: the root of the pages for telephones."""

    def __init__(self, *, site: str = "https://m.blog.naver.com") -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(_post(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        blog, number = _post(url) or ("", "")
        address = f"{self._site}/{blog}/{number}"
        download = await tools.download(address, wanted=PAGES)
        try:
            page = await tools.parse(parse_blog_post, download)
        except FetchFailed as failure:
            if failure.reason != "empty":
                raise
            page = await tools.read(address)  # an editor that we do not know
        return replace(
            page,
            url=url,
            lasting_url="",
            author=page.author or blog,
            identity=f"https://blog.naver.com/{blog}/{number}",
        )


def _post(url: str) -> tuple[str, str] | None:
    address = split_address(url)
    if address.host != "blog.naver.com":
        return None
    found = address.path
    if address.path and address.path[0].startswith("PostView."):
        found = (address.query.get("blogId", ""), address.query.get("logNo", ""))
    elif len(address.path) == 1 and "logNo" in address.query:
        found = (address.path[0], address.query["logNo"])
    is_post = len(found) == 2 and re.fullmatch(r"[\w-]+/\d+", "/".join(found), re.ASCII)
    return (found[0], found[1]) if is_post else None


def parse_blog_post(download: Download) -> PageText:
    tree = parse_page(download)
    found = (_first(tree, each) for each in _CONTENTS)
    contents = next((each for each in found if each is not None), None)
    told = {
        each.get("property") or each.get("name"): " ".join((each.get("content") or "").split())
        for each in tree.iter("meta")
    }
    text = element_text(contents) if contents is not None else ""
    title = told.get("og:title", "")
    if not text:
        raise FetchFailed("empty", detail="no post in the page")
    return make_page(
        download.url,
        re.sub(r" ?[:|-] ?네이버 ?블로그\Z", "", title),
        [PagePart("", text)],
        site=_SITE,
        author=told.get("naverblog:nickname", ""),
        published_at=_written_at(tree),
        image=told.get("og:image", ""),
    )


def _first(tree: HtmlElement, name: str) -> HtmlElement | None:
    found: list[HtmlElement] = tree.find_class(name)
    return found[0] if found else None


def _written_at(tree: HtmlElement) -> datetime | None:
    """Days are written as "2025. 3. 4. 10:20", in Seoul's time; today's only as "3시간 전"."""
    for name in _DATES:
        element = _first(tree, name)
        found = _DAY.search(element.text_content()[:200]) if element is not None else None
        if found:
            numbers = [int(each or 0) for each in found.groups()]
            try:
                return datetime(*numbers, tzinfo=_SEOUL).astimezone(UTC)  # type: ignore[misc, arg-type]  # five numbers
            except (ValueError, OverflowError):
                return None
    return None
