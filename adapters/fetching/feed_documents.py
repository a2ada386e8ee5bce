"""What a feed says, taken from its bytes. No network; hostile documents stay bounded."""

from __future__ import annotations

import calendar
import html
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from adapters.fetching.charsets import decode_text
from bot.domain.feeds import FeedDocument, FeedEntry, keys_of
from bot.domain.urls import InvalidUrl, canonicalise, host_of
from bot.errors import FetchFailed
from bot.text.printable import is_control

if TYPE_CHECKING:
    from adapters.fetching.client import Download

_ENTRIES = 1_000  # the newest; feeds carry 10 to 300, whole archives of podcasts more
_TITLE_CHARS = 300
_GUID_CHARS = 2_000

# feedparser takes 1.5 s for a megabyte of entries and 7 s for one of tags that nobody closes, and
# compares each attribute of a tag with all before it: 25,000 in one tag took 8 s.
_TAGS = 200_000
_ATTRIBUTES = 500

_XML_CHARSET = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})""")
_XML_HEAD = re.compile(r"\s*<\?xml[^>]{0,500}\?>")
_ROOT = re.compile(r"<(?:[\w-]+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_ROOT_WITHIN_CHARS = 10_000
_ENTITY = re.compile(r"<!\s*entity", re.IGNORECASE)
# One that stands for a character or a few words, and for no other entity.
_SMALL_ENTITY = re.compile(r"""<!ENTITY\s+\w+\s+(["'])(?:&\#\w{1,8};|[^&%<"']{0,40})\1\s*>""")
_ENTITIES = 300  # HTML 4 has 252
_QUOTED = re.compile(r'"[^"]*"|\'[^\']*\'')
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_MARKUP = re.compile(r"<[^<>]*>")
_JSON_FEED = "https://jsonfeed.org/version/"


@dataclass(frozen=True, slots=True)
class FeedParts:
    """A feed as it stands there, also with entries that have no address."""

    title: object
    site: object
    entries: tuple[FeedEntry, ...]


def read_feed(download: Download) -> FeedDocument | None:
    """Return the feed, None if this is something else. Takes up to seconds.

    Of an entry without an address nothing can be saved, so it is left out.

    Raises:
        FetchFailed: a document that is not safe to take apart.

    """
    parts = take_apart(download)
    if parts is None:
        return None
    entries = [each for each in parts.entries if keys_of(each)]
    return FeedDocument(
        url=download.lasting_url or download.url,
        title=_line(parts.title) or _host(download.url),
        entries=tuple(_newest_first(entries)[:_ENTRIES]),
        site=_address(join_address(download.url, parts.site)),
        etag=download.version.etag,
        last_modified=download.version.last_modified,
    )


def take_apart(download: Download) -> FeedParts | None:
    """Do as `read_feed`, and leave nothing out."""
    charset = _XML_CHARSET.match(download.body)
    text = decode_text(
        download.body, download.charset or (charset[1].decode("ascii") if charset else "")
    )
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return _read_json(text, download)
    return _read_xml(text, download)


def _feedparser() -> Any:
    """Return the library without its look for addresses in authors, which nobody here reads.

    That is a search of quadratic time: 100 KB of one letter held the whole program for 32 s, for
    a regular expression lets no other thread run.
    """
    import feedparser
    from feedparser.mixin import _FeedParserMixin

    _FeedParserMixin._sync_author_detail = _leave_author
    return feedparser


def _leave_author(_parser: object, _key: str = "author") -> None: ...


def _read_xml(text: str, download: Download) -> FeedParts | None:
    if not _ROOT.search(text, 0, _ROOT_WITHIN_CHARS):
        return None  # not left to feedparser: it takes seconds to find nothing in a long page
    _check_entities(text)
    check_markup(text)
    parsed = _feedparser().parse(
        io.BytesIO(_XML_HEAD.sub("", text, count=1).encode("utf-8", "replace")),
        response_headers={
            "content-type": "application/xml; charset=utf-8",
            "content-location": download.url,
        },
        resolve_relative_uris=False,  # of markup inside entries, which nobody reads
        sanitize_html=False,
    )
    if not parsed.version and not parsed.entries:
        return None
    entries = [
        _entry(each, each.get("published_parsed") or each.get("updated_parsed"), download)
        for each in parsed.entries
    ]
    return FeedParts(parsed.feed.get("title"), parsed.feed.get("link"), tuple(entries))


def _entry(each: Mapping[str, Any], published: Any, download: Download) -> FeedEntry:
    return FeedEntry(
        url=join_address(download.url, _link_of(each)),
        title=_line(each.get("title")),
        guid=_text(each.get("id"))[:_GUID_CHARS],
        published_at=_instant(published),
    )


def _link_of(each: Mapping[str, Any]) -> object:
    """Return its page; of an entry without one the address that names it, or its recording."""
    named = _text(each.get("id"))
    recordings = [link.get("href") for link in each.get("links", ())]
    return each.get("link") or (named if _ADDRESS.match(named) else next(iter(recordings), ""))


def _read_json(text: str, download: Download) -> FeedParts | None:
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(feed, dict) or not _text(feed.get("version")).startswith(_JSON_FEED):
        return None
    items = feed.get("items")
    entries = [
        FeedEntry(
            url=join_address(download.url, item.get("url") or item.get("external_url")),
            title=_line(item.get("title")),
            guid=_text(item.get("id"))[:_GUID_CHARS],
            published_at=_iso_instant(item.get("date_published")),
        )
        for item in (items if isinstance(items, list) else [])
        if isinstance(item, dict)
    ]
    return FeedParts(feed.get("title"), feed.get("home_page_url"), tuple(entries))


def _newest_first(entries: list[FeedEntry]) -> list[FeedEntry]:
    """Order by date where every entry has one; else as they stand, which is newest first too."""
    dated = [(each.published_at, each) for each in entries if each.published_at is not None]
    if len(dated) < len(entries):
        return entries
    return [each for _, each in sorted(dated, key=lambda pair: pair[0], reverse=True)]


def _check_entities(text: str) -> None:
    """Refuse entities that name others or are long: a handful of nested ones fills any memory."""
    defined = len(_ENTITY.findall(text))
    if defined > _ENTITIES or defined > sum(1 for _ in _SMALL_ENTITY.finditer(text)):
        raise FetchFailed("broken", detail="it defines entities")


def check_markup(text: str) -> None:
    """Refuse what takes parsers seconds.

    Raises:
        FetchFailed: very many tags, or very many attributes in one.

    """
    if _count_tags(text) > _TAGS:
        raise FetchFailed("too_large", detail=f"over {_TAGS} tags")
    for piece in text.split("<"):
        if piece.count("=") > _ATTRIBUTES:
            head = _QUOTED.sub("", piece).partition(">")[0]
            if head.count("=") > _ATTRIBUTES:
                raise FetchFailed("too_large", detail=f"over {_ATTRIBUTES} attributes in a tag")


def _count_tags(text: str) -> int:
    """Count tags, those of whole articles quoted in CDATA apart: they are taken as text."""
    first, *others = text.split("<![CDATA[")
    count = first.count("<")
    for each in others:
        quoted, end, after = each.partition("]]>")
        count += (after if end else quoted).count("<")
    return count


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _line(value: object) -> str:
    """Return a title as plain text in one line; feeds put markup into it, some of it escaped."""
    plain = html.unescape(_MARKUP.sub("", _text(value)[: 10 * _TITLE_CHARS]))
    shown = "".join(" " if is_control(each) else each for each in plain)
    return " ".join(shown.split())[:_TITLE_CHARS]


def join_address(base: str, url: object) -> str:
    try:
        return urljoin(base, _text(url)) if _text(url) else ""
    except ValueError:  # such as an unclosed [
        return ""


def _address(url: str) -> str:
    try:
        canonicalise(url)
    except InvalidUrl:
        return ""
    return url


def _host(url: str) -> str:
    try:
        return host_of(url)
    except InvalidUrl:
        return url


def _instant(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError):
        return None


def _iso_instant(value: object) -> datetime | None:
    try:
        instant = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
