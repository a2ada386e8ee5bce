"""The article in a page: text in paragraphs, title, and what it says of itself. No network."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.text.languages import detect_language

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

# Extraction runs in a thread: a process of its own would cost 50 MB for each reading, and the whole
# bot is to fit into 250 MB. A thread cannot be stopped, so what it is given is bounded: the worst
# page found (40,000 line breaks) took 1.3 s and 60 MB, while articles have 700 to 4,000 tags.
_MAX_TAGS = 40_000

# Each attribute of a tag is compared with all before it: 20,000 took 2 s, 60,000 took 50 s. No page
# of three public extraction sets has over 64 in one tag.
_MAX_ATTRIBUTES = 500

# They log an error for every page that is broken; what comes of it is told by our own reasons.
for _noisy in ("trafilatura", "htmldate"):
    logging.getLogger(_noisy).setLevel(logging.CRITICAL)

# Trafilatura drops these before it parses; what is checked must be what is parsed.
_NO_MARKUP = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_TITLE_CHARS = 300
_SITE_SEPARATORS = r"\s+[|\-–—·:»]+\s+"
_KOREAN_NAME = re.compile(r"[가-힣]{2,6}")
_ONE_BLOCK = ("- ", "|")  # list items and table rows stand together, other lines are paragraphs


def read_article(html: str, url: str) -> PageText:
    """Return what a page says. Takes up to seconds: call it in a thread.

    Raises:
        FetchFailed: no text in it, or more markup than is safe to take apart.
    """
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    if html.count("<") > _MAX_TAGS:
        raise FetchFailed("too_large", detail=f"over {_MAX_TAGS} tags")
    html = _NO_MARKUP.sub("", html)
    _check_attributes(html)
    tree = _parse(html)
    named_author = _korean_author(tree)
    document = bare_extraction(
        tree,
        url=url,
        include_comments=False,
        with_metadata=True,
        # A date that is only guessed from running text would be passed on as a fact.
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    text = _paragraphs(document.text or "") if isinstance(document, Document) else ""
    if not isinstance(document, Document) or not text:
        raise FetchFailed("empty", detail="no text found")
    return _page(document, text, url, author=_one_line(document.author) or named_author)


def read_plain_text(text: str, url: str) -> PageText:
    """Return a text file as a page; its first line is the title.

    Raises:
        FetchFailed: there is nothing in it.
    """
    lines = [line.rstrip() for line in text.strip().splitlines()]
    if not lines:
        raise FetchFailed("empty", detail="no text in it")
    title = lines[0].lstrip("# ").strip()[:_TITLE_CHARS] or url
    body = "\n".join(lines)
    return PageText(url, title, body, detect_language(body), site=_host(url))


class _AttributeLimit:
    """Sees every tag of a page as the parser does, and builds nothing: that takes milliseconds."""

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > _MAX_ATTRIBUTES:
            raise FetchFailed("too_large", detail=f"over {_MAX_ATTRIBUTES} attributes in a tag")

    def close(self) -> None:
        """Have nothing to hand over."""


def _check_attributes(html: str) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=_AttributeLimit(), encoding="utf-8")
    with contextlib.suppress(etree.LxmlError):  # no markup at all
        parser.feed(html.encode("utf-8", "surrogatepass"))
        parser.close()


def _parse(html: str) -> HtmlElement:
    from trafilatura import load_html

    tree = load_html(html)
    # A page that leaves out its outer tags is refused as dubious, though every browser shows it.
    return load_html(f"<html><body>{html}</body></html>") if tree is None else tree


def _page(document: Document, text: str, url: str, *, author: str) -> PageText:
    site = _one_line(document.sitename) or _host(url)
    title = clean_title(_one_line(document.title), site=site, host=_host(url))
    return PageText(
        url=url,
        title=title[:_TITLE_CHARS] or _first_line(text),
        text=text,
        language=detect_language(text),
        author=author,
        site=site,
        published_at=_instant(document.date),
    )


def clean_title(title: str, *, site: str, host: str) -> str:
    """Drop the name of the site from either end of a title; only a name that the site goes by.

    >>> clean_title("Small models | Example Lab", site="Example Lab", host="lab.example")
    'Small models'
    """
    own_names = {_plain(site), _plain(host), _plain(host.split(".")[0])} - {""}
    cuts = [(found.start(), found.end()) for found in re.finditer(_SITE_SEPARATORS, title)]
    if not cuts:
        return title
    first, last = cuts[0], cuts[-1]
    if _plain(title[last[1] :]) in own_names:
        return title[: last[0]].strip()
    if _plain(title[: first[0]]) in own_names:
        return title[first[1] :].strip()
    return title


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.removeprefix("www.")).casefold()


def _korean_author(tree: HtmlElement) -> str:
    """Find the name that trafilatura drops: without a space it takes one for a nickname."""
    for name in tree.xpath("//meta[@name='author' or @property='article:author']/@content"):
        if _KOREAN_NAME.fullmatch(name.strip()):
            return str(name.strip())
    return ""


def _paragraphs(text: str) -> str:
    lines = [line.rstrip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    glue = ["\n" if _are_one_block(above, below) else "\n\n" for above, below in pairwise(lines)]
    return "".join(line + end for line, end in zip(lines, [*glue, ""], strict=True))


def _are_one_block(above: str, below: str) -> bool:
    return any(above.startswith(mark) and below.startswith(mark) for mark in _ONE_BLOCK)


def _first_line(text: str) -> str:
    return text.splitlines()[0][:_TITLE_CHARS]


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _instant(day: str | None) -> datetime | None:
    """Pages give a day without a zone: its midnight in UTC stands for it."""
    try:
        return datetime.fromisoformat(day).replace(tzinfo=UTC) if day else None
    except ValueError:
        return None
