"""Hacker News, by the API that its own search offers: what is discussed, then the discussion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.fetching.addresses import split_address
from adapters.fetching.answers import JSON, Answer, read_json
from adapters.fetching.discussions import MAX_COMMENTS, Comment, Thread, read_thread
from adapters.fetching.markup import html_text
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import read_instead
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_ITEM = "https://news.ycombinator.com/item?id="
_TITLE_CHARS = 100


class HackerNewsReader:
    def __init__(self, *, api: str = "https://hn.algolia.com/api/v1") -> None:
        self._api = api

    def reads(self, url: str) -> bool:
        return bool(_item(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        address = f"{self._api}/items/{_item(url)}"
        try:
            thread = await tools.parse(parse_item, await tools.download(address, wanted=JSON))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        return await read_thread(thread, url, tools)


def _item(url: str) -> str:
    address = split_address(url)
    number = address.query.get("id", "")
    is_item = address.host == "news.ycombinator.com" and address.path == ("item",)
    return number if is_item and number.isascii() and number.isdecimal() else ""


def parse_item(download: Download) -> Thread:
    found = read_json(download)
    number, text = found["id"].number, html_text(found["text"].text)
    if number is None or not (found["title"].line or text):
        raise FetchFailed("not_found", detail="no such item, or a deleted one")
    return Thread(
        title=found["title"].line or _opening(text),  # a comment has no title
        site="Hacker News",
        identity=f"{_ITEM}{number:.0f}",
        author=found["author"].line,
        started_at=found["created_at"].instant or found["created_at_i"].instant,
        about=found["url"].line,
        text=text,
        comments=tuple(_comments(found)),
    )


def _opening(text: str) -> str:
    line = text.splitlines()[0]
    return line if len(line) <= _TITLE_CHARS else f"{line[: _TITLE_CHARS - 1]}…"


def _comments(item: Answer) -> Iterator[Comment]:
    """Yield them in the order in which they are read; without recursion, threads may be deep."""
    stack = [(each, 0) for each in reversed(list(item["children"]))]
    left = MAX_COMMENTS * 2  # deleted ones are no loss
    while stack and left:
        comment, depth = stack.pop()
        text = html_text(comment["text"].text)
        if text:
            yield Comment(comment["author"].line, text, depth)
            left -= 1
        stack += [(each, depth + 1) for each in reversed(list(comment["children"]))]
