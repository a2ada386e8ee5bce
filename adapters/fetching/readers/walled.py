"""Sites that show programs a wall: X, LinkedIn, Instagram, Facebook, Threads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.fetching.addresses import is_below, split_address
from adapters.fetching.answers import JSON, read_json
from adapters.fetching.markup import element_text, parse_markup
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import make_page
from bot.domain.models import Kind, PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

# The last ones show the posts of X to chat programs under their own name.
_X_HOSTS = ("x.com", "twitter.com", "fxtwitter.com", "vxtwitter.com", "fixupx.com", "fixvx.com")
_POST = re.compile(r"\d{1,19}", re.ASCII)
_TITLE_CHARS = 80
# Ids of posts hold their time, in milliseconds from this one on.
_X_EPOCH_MS = 1_288_834_974_657

_WALLED_NAMES = "linkedin.com instagram.com facebook.com fb.com fb.watch threads.net threads.com"
_WALLED = tuple(_WALLED_NAMES.split())
_WALL_STEPS = frozenset(
    {"authwall", "login", "signup", "checkpoint", "accounts", "uas", "login.php"}
)
_NO_WALL = frozenset({"crowded", "not_found", "timeout", "unknown_host", "unreachable"})
_WALL_TITLES = re.compile(
    r"(instagram|facebook|threads|linkedin)"
    r"|(log ?in|sign ?(in|up))( (or|to|\||•|-) .{1,60})?|log into facebook.{0,20}"
    r"|((facebook|instagram|threads|linkedin)(에| -)? ?)?"
    r"(로그인|회원 ?가입)( 또는 (회원 ?)?가입)?( (\||•|-) .{1,20})?",
    re.IGNORECASE,
)


class XReader:
    """Reads single posts by the oEmbed that X offers for embedding; the rest needs a member."""

    def __init__(self, *, api: str = "https://publish.twitter.com") -> None:
        self._api = api

    def reads(self, url: str) -> bool:
        address = split_address(url)
        return is_below(address.host, *_X_HOSTS) and bool(address.path)

    async def read(self, url: str, tools: Tools) -> PageText:
        user, number = _post(url)
        if not number:
            raise FetchFailed("login", detail="only single posts are shown without an account")
        post = f"https://twitter.com/{user}/status/{number}"
        address = f"{self._api}/oembed?omit_script=1&dnt=true&url={quote(post, safe='')}"
        try:
            said = await tools.parse(parse_post, await tools.download(address, wanted=JSON))
        except FetchFailed as failure:
            if failure.reason in {"forbidden", "unsupported_type"}:
                raise FetchFailed("login", detail=f"a protected post: {failure}") from failure
            raise
        first = said.text.splitlines()[0]
        title = first if len(first) <= _TITLE_CHARS else f"{first[: _TITLE_CHARS - 1]}…"
        return make_page(
            url,
            f"{said.author}: {title}" if said.author else title,
            [PagePart("", said.text)],
            site="X",
            author=said.author,
            published_at=_posted_at(int(number)),
            identity=f"https://x.com/{said.handle or user}/status/{number}",
            kind=Kind.FUN,
            # Long posts are cut off there.
            gaps=["full_text"] if said.text.endswith("…") else [],
        )


class WalledReader:
    """Tries the page, which some posts have for everybody, and knows the wall when it is shown."""

    def reads(self, url: str) -> bool:
        return is_below(split_address(url).host, *_WALLED)

    async def read(self, url: str, tools: Tools) -> PageText:
        try:
            page = await tools.read(url)
        except FetchFailed as failure:
            is_out_of_order = "status 5" in str(failure)
            if failure.reason in _NO_WALL or is_out_of_order:
                raise
            # LinkedIn says 999 to programs, the others 400 or nothing to read.
            raise FetchFailed("login", detail=str(failure)) from failure
        ended = split_address(page.url)
        is_wall = bool(_WALL_STEPS & set(ended.path[:2])) or _WALL_TITLES.fullmatch(page.title)
        if is_wall:
            raise FetchFailed("login", detail="a wall in place of the post")
        return page


@dataclass(frozen=True, slots=True)
class Said:
    text: str
    author: str
    handle: str


def _post(url: str) -> tuple[str, str]:
    """Return who posted it ("i" if the address does not say) and its number, or empty texts."""
    path = split_address(url).path
    for word in ("status", "statuses"):
        if word in path[1:-1]:
            at = path.index(word, 1)
            user, number = path[0], path[at + 1]
            is_named = re.fullmatch(r"\w{1,30}", user, re.ASCII)
            return ((user if is_named else "i"), number) if _POST.fullmatch(number) else ("", "")
    return "", ""


def _posted_at(number: int) -> datetime | None:
    milliseconds = (number >> 22) + _X_EPOCH_MS
    # Before November 2010 ids were counted one by one.
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if number >= 1 << 40 else None


def parse_post(download: Download) -> Said:
    found = read_json(download)
    quoted = parse_markup(found["html"].text).xpath("//blockquote")
    paragraphs = [element_text(each) for each in quoted[0].iter("p")] if quoted else []
    text = "\n\n".join(filter(None, paragraphs))
    if not text:
        raise FetchFailed("empty", detail="a post without words")
    handle = (split_address(found["author_url"].line).path or ("",))[0]
    return Said(text, found["author_name"].line, handle if re.fullmatch(r"\w+", handle) else "")
