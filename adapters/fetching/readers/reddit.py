"""Reddit: what was posted, what it links to, and the comments that stand at the top."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from adapters.fetching.addresses import is_below, join_address, split_address
from adapters.fetching.answers import JSON, Answer, read_json
from adapters.fetching.discussions import MAX_COMMENTS, Comment, Thread, read_thread
from adapters.fetching.markup import tidy
from adapters.fetching.reader import Tools
from adapters.fetching.wanted import PAGES
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_SITE = "https://www.reddit.com"
_ID = re.compile(r"[a-z0-9]{4,10}", re.ASCII)
_GONE = frozenset({"[removed]", "[deleted]"})
# Pictures and films of posts: the post is all that can be read.
_OWN_HOSTS = ("reddit.com", "redd.it", "redditmedia.com")


class RedditReader:
    def __init__(self, *, site: str = _SITE) -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(_post(url)) or _is_share(url)

    async def read(self, url: str, tools: Tools) -> PageText:
        post = _post(url) or await self._end_of_share(url, tools)
        address = f"{self._site}/comments/{post}.json?raw_json=1&limit=200&depth=4"
        try:
            thread = await tools.parse(parse_post, await tools.download(address, wanted=JSON))
        except FetchFailed as failure:
            raise _told(failure) from failure
        if "removed" in thread.gaps and not (thread.comments or thread.text):
            raise FetchFailed("removed", detail="the post was taken away")
        return await read_thread(thread, url, tools)

    async def _end_of_share(self, url: str, tools: Tools) -> str:
        """Follow the short address that the app hands out."""
        try:
            post = _post((await tools.download(url, wanted=PAGES)).url)
        except FetchFailed as failure:
            raise _told(failure) from failure
        if not post:
            raise FetchFailed("not_found", detail="a short address that leads to no post")
        return post


def _told(failure: FetchFailed) -> FetchFailed:
    """Reddit says 403 for private and quarantined places, and for programs that it turns away.

    Its page would say no more than that, so it is not asked.
    """
    if failure.reason in {"forbidden", "unsupported_type", "login"}:
        return FetchFailed("reddit_closed", detail=str(failure))
    return failure


def _post(url: str) -> str:
    address = split_address(url)
    path = address.path
    found = ""
    if address.host == "redd.it" and len(path) == 1:
        found = path[0]
    elif is_below(address.host, "reddit.com"):
        for step in ("comments", "gallery"):
            if step in path[:-1]:
                found = path[path.index(step) + 1]
    return found if _ID.fullmatch(found) else ""


def _is_share(url: str) -> bool:
    address = split_address(url)
    path = address.path
    is_reddit = is_below(address.host, "reddit.com")
    return is_reddit and len(path) == 4 and path[0] in {"r", "u", "user"} and path[2] == "s"


def parse_post(download: Download) -> Thread:
    found = read_json(download)
    post = found[0]["data"]["children"][0]["data"]
    if not post["title"].line:
        raise FetchFailed("not_found", detail="no post in the answer")
    text = post["selftext"].text
    is_removed = bool(post["removed_by_category"].line) or text in _GONE
    original = post["crosspost_parent_list"][0]
    text = "" if text in _GONE else text or original["selftext"].text
    about = original["url"].line or post["url"].line
    host = split_address(about).host
    is_own = post["is_self"].is_true or not host or is_below(host, *_OWN_HOSTS)
    place = post["subreddit_name_prefixed"].line
    return Thread(
        title=post["title"].line,
        site=f"Reddit · {place}" if place else "Reddit",
        identity=_identity(post["permalink"].line),
        author=_name(post),
        started_at=post["created_utc"].instant,
        about="" if is_own or is_removed else about,
        text=tidy(text),
        comments=tuple(_comments(found[1]["data"]["children"])),
        gaps=("removed",) if is_removed else (),
        image=post["preview"]["images"][0]["source"]["url"].line,
    )


def _identity(permalink: str) -> str:
    """Return the address with the post's place and id, without its title in words."""
    path = split_address(f"{_SITE}{permalink}").path
    is_post = len(path) >= 4 and path[2] == "comments" and _ID.fullmatch(path[3])
    return join_address(_SITE, *path[:4]) if is_post else ""


def _name(of: Answer) -> str:
    name = of["author"].line
    return "" if name in _GONE else name


def _comments(listed: Answer) -> Iterator[Comment]:
    stack = [(each, 0) for each in reversed(list(listed))]
    left = MAX_COMMENTS * 2
    while stack and left:
        thing, depth = stack.pop()
        comment = thing["data"]
        text = comment["body"].text
        # What moderators fix to the top are the rules of the house.
        if text and text not in _GONE and not comment["stickied"].is_true:
            yield Comment(_name(comment), tidy(text), depth)
            left -= 1
        stack += [
            (each, depth + 1) for each in reversed(list(comment["replies"]["data"]["children"]))
        ]
