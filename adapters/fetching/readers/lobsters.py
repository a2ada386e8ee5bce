"""Lobsters: every story has a twin in JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.fetching.addresses import join_address, split_address
from adapters.fetching.answers import JSON, Answer, read_json
from adapters.fetching.discussions import Comment, Thread, read_thread
from adapters.fetching.markup import html_text
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import read_instead
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_SITE = "https://lobste.rs"


class LobstersReader:
    def __init__(self, *, site: str = _SITE) -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(_story(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        address = f"{join_address(self._site, 's', _story(url))}.json"
        try:
            thread = await tools.parse(parse_story, await tools.download(address, wanted=JSON))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        return await read_thread(thread, url, tools)


def _story(url: str) -> str:
    address = split_address(url)
    is_story = address.host == "lobste.rs" and len(address.path) >= 2 and address.path[0] == "s"
    name = address.path[1].partition(".")[0] if is_story else ""
    return name if name.isascii() and name.isalnum() else ""


def parse_story(download: Download) -> Thread:
    found = read_json(download)
    if not found["title"].line:
        raise FetchFailed("server_error", may_pass=True, detail="no story in the answer")
    comments = list(found["comments"])
    top = min((each["depth"].number or 0 for each in comments), default=0)
    return Thread(
        title=found["title"].line,
        site="Lobsters",
        identity=join_address(_SITE, "s", found["short_id"].line) if found["short_id"].line else "",
        author=_name(found["submitter_user"]),
        started_at=found["created_at"].instant,
        about=found["url"].line,
        text=_words(found, "description"),
        comments=tuple(
            Comment(
                _name(each["commenting_user"]),
                _words(each, "comment"),
                int((each["depth"].number or 0) - top),
            )
            for each in comments
            if not (each["is_deleted"].is_true or each["is_moderated"].is_true)
        ),
    )


def _words(found: Answer, name: str) -> str:
    return found[f"{name}_plain"].text or html_text(found[name].text)


def _name(user: Answer) -> str:
    return user.line or user["username"].line  # older answers hold the whole member
