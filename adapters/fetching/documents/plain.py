"""Text as it is: plain, Markdown, data and source files; what is a feed is told as one."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.fetching.charsets import decode_text
from adapters.fetching.documents.dates import instant, is_past
from adapters.fetching.documents.described import (
    Contents,
    as_page,
    as_title,
    clean,
    file_name,
    one_line,
)
from adapters.fetching.documents.unknown import read_unknown
from adapters.fetching.feed_documents import read_feed
from bot.domain.models import PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing.download import Download
    from bot.domain.feeds import FeedDocument

_ENTRIES = 30
_TITLE_LINE_CHARS = 150
_PROSE = re.compile(r"text/(?:plain|(?:x-)?markdown)")
_CODE_NAME = re.compile(
    r".+\.(?!(?:txt|text|md|markdown|rst|org|adoc)$)[a-z0-9+#]{1,8}", re.IGNORECASE
)
_DATA = re.compile(r"\s*(?:[\[{]|<[?!a-z])", re.IGNORECASE)
_RICH_TEXT = b"{\\rtf"

# The head that sites are made from: YAML between ---, TOML between +++.
_FRONT_MATTER = re.compile(r"\ufeff?(---|\+\+\+)[ \t]*\n(.{0,20000}?)\n\1[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(
    r"^(title|date|published|author|authors)\s*[:=]\s*(\S.*)$", re.MULTILINE | re.IGNORECASE
)
_HEADING = re.compile(
    r"^(?:#{1,2}[ \t]+(\S.{0,300}?)#*|(\S.{0,300})\n(?:={3,}|-{3,}))[ \t]*$", re.MULTILINE
)
_HEADING_WITHIN_CHARS = 5_000


def read_plain(download: Download) -> PageText:
    """Return a text file as a page.

    Raises:
        FetchFailed: there is nothing in it.
    """
    if download.body.startswith(_RICH_TEXT):
        return read_unknown(download)
    text = (
        clean(decode_text(download.body, download.charset)).replace("\r\n", "\n").strip("\n\ufeff")
    )
    is_prose = _PROSE.fullmatch(download.content_type) and not _CODE_NAME.fullmatch(
        file_name(download)
    )
    if not text.strip():
        raise FetchFailed("empty", detail="no text in it")
    if _DATA.match(text) and (feed := _find_feed(download)):
        return as_page(download, _contents_of_feed(feed))
    return as_page(
        download, _prose(text) if is_prose else Contents(text=text, title=file_name(download))
    )


def _find_feed(download: Download) -> FeedDocument | None:
    try:
        return read_feed(download)
    except FetchFailed:  # then it is a text like any other
        return None


def _contents_of_feed(feed: FeedDocument) -> Contents:
    """Return what a feed is called and what it told last."""
    entries = feed.entries[:_ENTRIES]
    lines = [f"- {each.title}" for each in entries if each.title]
    dates = [each.published_at for each in entries if each.published_at]
    return Contents(
        text="\n\n".join(filter(None, (feed.title, "\n".join(lines)))),
        title=feed.title,
        published_at=max(dates, default=None),
    )


def _prose(text: str) -> Contents:
    said: dict[str, str] = {}
    if found := _FRONT_MATTER.match(text):
        for name, value in _FIELD.findall(found[2]):
            said.setdefault(name.lower(), one_line(value.strip("\"'[] ")))
        text = text[found.end() :] or text
    text = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return Contents(
        text=text,
        title=said.get("title") or _title_in(text),
        author=said.get("author") or said.get("authors", ""),
        published_at=_day(said.get("date") or said.get("published", "")),
    )


def _title_in(text: str) -> str:
    """Return the first heading, else the first line if it is as short as a title."""
    first = text.splitlines()[0] if text else ""
    heading = _HEADING.search(text, 0, _HEADING_WITHIN_CHARS)
    if heading and (heading.start() == 0 or len(first) > _TITLE_LINE_CHARS):
        return as_title(heading[1] or heading[2])
    return as_title(first.lstrip("# ")) if len(first) <= _TITLE_LINE_CHARS else ""


def _day(text: str) -> datetime | None:
    moment = instant(text)
    return moment if is_past(moment) else None
