"""Where a site's feeds are: what a page names, and what is known of sites. No network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit

from adapters.fetching.charsets import decode_text
from adapters.fetching.feed_documents import check_markup, join_address

if TYPE_CHECKING:
    from adapters.parsing import Download

_TYPES = ("application/atom+xml", "application/rss+xml", "application/feed+json")
_HEAD_CHARS = 500_000  # of a page, where its feeds are named
_NAMED = 10
_COMMENTS = re.compile(r"comments?\b|댓글", re.IGNORECASE)

# What stands at these addresses of a site is its feed, by the address of its page (host and path).
_SITES = (
    (r"(?:www\.|m\.)?youtube\.com/channel/(UC[\w-]{22})(?:/.*)?",
     "https://www.youtube.com/feeds/videos.xml?channel_id={}"),
    (r"github\.com/([\w.-]+/[\w.-]+)(?:/(?:releases|tags)?(?:/.*)?)?",
     "https://github.com/{}/releases.atom"),
    (r"github\.com/([\w-]+/[\w.-]+)/commits/([\w./-]+?)/?",
     "https://github.com/{}/commits/{}.atom"),
    (r"(?:www\.|old\.|new\.)?reddit\.com/((?:r|user)/\w+)(?:/.*)?",
     "https://www.reddit.com/{}/.rss"),
    (r"medium\.com/(@[\w.-]+|[\w-]+)/?", "https://medium.com/feed/{}"),
    (r"([\w-]+\.medium\.com)(?:/.*)?", "https://{}/feed"),
    (r"(?:m\.)?blog\.naver\.com/(?!PostView|PostList)(\w+)(?:/.*)?",
     "https://rss.blog.naver.com/{}.xml"),
    (r"([\w-]+\.tistory\.com)(?:/.*)?", "https://{}/rss"),
    (r"([\w-]+\.substack\.com)(?:/.*)?", "https://{}/feed"),
    (r"velog\.io/@([\w.-]+)(?:/.*)?", "https://v2.velog.io/rss/{}"),
)  # fmt: skip
_PATTERNS = [(re.compile(pattern, re.IGNORECASE), feed) for pattern, feed in _SITES]
_CHANNEL = re.compile(r"(?:www\.|m\.)?youtube\.com/(?:@|c/|user/).+", re.IGNORECASE)
_CHANNEL_ID = re.compile(r'(?:/channel/|"(?:externalId|channelId)":")(UC[\w-]{22})')
# Where most programs behind blogs put theirs, on hosts of any name.
_USUAL = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml")


def find_named(download: Download) -> list[str]:
    """Return the feeds that a page names in its order; those of comments come last."""
    from lxml import etree

    text = decode_text(download.body, download.charset)[:_HEAD_CHARS]
    check_markup(text)
    root = etree.fromstring(text.encode("utf-8", "replace"), etree.HTMLParser(encoding="utf-8"))
    if root is None:
        return []
    base = urljoin(download.url, next(iter(root.xpath("//base/@href")), ""))
    found: dict[str, bool] = {}
    for link in root.xpath("//link[@href]"):
        is_alternate = "alternate" in (link.get("rel") or "").lower().split()
        kind = (link.get("type") or "").partition(";")[0].strip().lower()
        if is_alternate and kind in _TYPES and (url := join_address(base, link.get("href"))):
            found.setdefault(url, bool(_COMMENTS.search(f"{link.get('title') or ''} {url}")))
    if not found and _CHANNEL.fullmatch(_place(download.url)):
        found = dict.fromkeys(_channels(text), False)
    return sorted(found, key=lambda url: found[url])[:_NAMED]


def known_feeds(url: str) -> list[str]:
    """Return where the feed of this page is if its site is known: tried before the page is.

    >>> known_feeds("https://blog.naver.com/someone/223000000000")
    ['https://rss.blog.naver.com/someone.xml']
    """
    playlist = parse_qs(_query(url)).get("list", [""])[0]
    if re.fullmatch(r"(?:www\.|m\.)?youtube\.com/playlist", _place(url)) and playlist:
        return [f"https://www.youtube.com/feeds/videos.xml?playlist_id={playlist}"]
    for pattern, feed in _PATTERNS:
        if found := pattern.fullmatch(_place(url)):
            return [feed.format(*(group or "" for group in found.groups()))]
    return []


def usual_feeds(url: str) -> list[str]:
    """Return where a site may have its feed though its page names none."""
    return [urljoin(url, path) for path in _USUAL]


def _channels(text: str) -> list[str]:
    found = _CHANNEL_ID.search(text)
    return [f"https://www.youtube.com/feeds/videos.xml?channel_id={found[1]}"] if found else []


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:  # such as an unclosed [
        return ""
    return f"{parts.hostname or ''}{parts.path}"


def _query(url: str) -> str:
    return url.partition("?")[2].partition("#")[0][:2_000]
