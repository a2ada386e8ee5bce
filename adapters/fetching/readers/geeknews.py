"""GeekNews (긱뉴스): a topic's summary in Korean, and its comments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from adapters.fetching.addresses import split_address
from adapters.fetching.answers import parse_instant
from adapters.fetching.discussions import Comment, discussion_parts
from adapters.fetching.markup import element_text, parse_page
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page
from adapters.fetching.wanted import PAGES
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from adapters.parsing import Download

_SITE = "https://news.hada.io"
_DEPTH = re.compile(r"--depth:\s*(\d{1,2})", re.ASCII)
_DAY = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)


class GeekNewsReader:
    def __init__(self, *, site: str = _SITE) -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(_topic(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        number = _topic(url)
        page = await tools.download(f"{self._site}/topic?id={number}", wanted=PAGES)
        try:
            return await tools.parse(parse_topic, page)
        except FetchFailed as failure:
            if failure.reason != "empty":
                raise
            return await tools.read(url)  # a page of another form than we know


def _topic(url: str) -> str:
    address = split_address(url)
    number = address.query.get("id", "")
    is_topic = address.host == "news.hada.io" and address.path == ("topic",)
    return number if is_topic and number.isascii() and number.isdecimal() else ""


def parse_topic(download: Download) -> PageText:
    tree = parse_page(download)
    title, about = _title(tree)
    contents = tree.xpath("//*[@id='topic_contents' or contains(@class, 'topic_contents')]")
    summary = element_text(contents[0]) if contents else ""
    if not title:
        raise FetchFailed("empty", detail="no topic in the page")
    info = next(iter(tree.xpath("//*[contains(@class, 'topicinfo')]")), None)
    number = _topic(download.url) or split_address(download.url).query.get("id", "")
    return make_page(
        download.url,
        title,
        [
            PagePart("", summary),
            PagePart("원문", about),
            *discussion_parts(_comments(tree), name="댓글"),
        ],
        site="GeekNews",
        author=_user(info),
        published_at=_day(tree, info),
        identity=f"{_SITE}/topic?id={number}" if number.isdecimal() else "",
    )


def _title(tree: HtmlElement) -> tuple[str, str]:
    for each in tree.xpath("//*[contains(@class, 'topictitle')]"):
        text = " ".join(element_text(each).split())
        heading = next(iter([*each.iter("h1"), *each.iter("a")]), None)
        named = " ".join(element_text(heading).split()) if heading is not None else text
        link = next((a.get("href") or "" for a in each.iter("a")), "")
        address = _joined(link)
        is_outside = split_address(address).host not in {"", "news.hada.io"}
        return named or text, address if is_outside else ""
    return "", ""


def _joined(link: str) -> str:
    try:
        return urljoin(_SITE, link)
    except ValueError:
        return ""


def _user(element: HtmlElement | None) -> str:
    """Members are linked as `/user?id=NAME` or `/@NAME`."""
    for link in element.iter("a") if element is not None else ():
        target = link.get("href") or ""
        if "user?id=" in target or target.startswith(("/@", "@")):
            return " ".join(link.text_content().split())
    return ""


def _day(tree: HtmlElement, info: HtmlElement | None) -> datetime | None:
    told = [each.get("content") or "" for each in tree.iter("meta")
            if each.get("property") == "article:published_time"]  # fmt: skip
    if info is not None:
        told += [each.get("title") or each.get("datetime") or "" for each in info.iter()]
        told.append(info.text_content())
    found = (day for text in told for day in _DAY.findall(text[:1000]))
    return next(filter(None, map(parse_instant, found)), None)


def _comments(tree: HtmlElement) -> list[Comment]:
    comments = []
    for row in tree.xpath("//*[contains(concat(' ', @class, ' '), ' comment_row ')]"):
        said = row.xpath(".//*[contains(@class, 'comment_contents')]")
        depth = _DEPTH.search(row.get("style") or "")
        text = element_text(said[0]) if said else ""
        comments.append(Comment(_user(row), text, int(depth[1]) if depth else 0))
    return comments
