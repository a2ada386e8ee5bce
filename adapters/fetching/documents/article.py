"""The article in a page: text in paragraphs, title, and what it says of itself. No network."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.fetching.charsets import decode_text
from adapters.fetching.documents.article_text import markdown_of, without_furniture
from adapters.fetching.documents.described import as_title, clean, host
from adapters.fetching.documents.page_metadata import PageMetadata
from adapters.fetching.documents.shown import look_at
from adapters.fetching.documents.titles import names_of
from adapters.fetching.documents.unseen import drop_unseen
from adapters.fetching.markup import encode_markup, tree_of
from adapters.fetching.quality import Shown, check_shown, is_teaser
from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.text.languages import detect_language

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from adapters.fetching.client import Download

# The worst page found (40,000 line breaks) took 1.3 s and 60 MB, while articles have 700 to 4,000
# tags: a page beyond that is refused at once, before it takes its process's whole time.
_MAX_TAGS = 40_000

# Each attribute of a tag is compared with all before it: 20,000 took 2 s, 60,000 took 50 s. No page
# of three public extraction sets has over 64 in one tag.
_MAX_ATTRIBUTES = 500

# Of the text that is shown without links and menus: with so much of it, other ways to find an
# article, that are tried beside for half of the time again, hardly ever found another.
_ENOUGH = 0.5

# None of it is text, and every search through a tree goes through it.
_NO_TEXT = ("style", "svg", "link", "meta", "iframe")

# What the first way to find an article drops wherever it comes upon it: gone before, its searches
# have less to go through. The other ways weigh it.
_BESIDE = (
    *("aside", "footer", "fencedframe", "nav"),
    *("button", "input", "label", "select", "textarea"),
)
_PROGRAMS = "//script[not(@type='application/ld+json')]"


def read_article(download: Download) -> PageText:
    """Return what a web page says. Takes up to seconds.

    Raises:
        FetchFailed: no text in it, a notice in its place, or more markup than is safe.
    """
    return parse_article(decode_text(download.body, download.charset), download.url)


def parse_article(html: str, url: str) -> PageText:
    """Do as `read_article` with what is decoded already."""
    markup = encode_markup(html)
    if markup.count(b"<") > _MAX_TAGS:
        raise FetchFailed("too_large", detail=f"over {_MAX_TAGS} tags")
    _check_attributes(markup)
    tree = tree_of(markup)
    shown = look_at(tree, url)
    check_shown(shown)
    without_text = _without_text(PageMetadata(tree, url))
    text = _find_text(tree, markup, shown) or _extract(tree_of(markup), is_fast=False)
    if not text.strip():
        raise FetchFailed("empty", detail="no text found")
    page = _with_text(without_text, text)
    return replace(page, gaps=("paywall",)) if is_teaser(shown, page.text) else page


class _AttributeLimit:
    """Sees every tag of a page as the parser does, and builds nothing: that takes milliseconds."""

    def start(self, _tag: str, attributes: Mapping[str, str]) -> None:
        if len(attributes) > _MAX_ATTRIBUTES:
            raise FetchFailed("too_large", detail=f"over {_MAX_ATTRIBUTES} attributes in a tag")

    def close(self) -> None:
        """Have nothing to hand over."""


def _check_attributes(markup: bytes) -> None:
    from lxml import etree

    parser = etree.HTMLParser(target=_AttributeLimit(), encoding="utf-8")
    with contextlib.suppress(etree.LxmlError):  # no markup at all
        parser.feed(markup)
        parser.close()


def _find_text(tree: HtmlElement, markup: bytes, shown: Shown) -> str:
    """Return the text of the article as Markdown, "" if none is seen. Changes the tree."""
    from lxml.etree import strip_elements

    _drop_what_is_no_text(tree)
    strip_elements(tree, *_BESIDE, with_tail=False)
    for script in tree.xpath(_PROGRAMS):
        script.drop_tree()
    text = _extract(tree, is_fast=True)
    if len(text) > _ENOUGH * sum(map(len, shown.lines)):
        return text
    tree = tree_of(markup)
    _drop_what_is_no_text(tree)
    return _extract(tree, is_fast=False)


def _drop_what_is_no_text(tree: HtmlElement) -> None:
    from lxml.etree import strip_elements

    strip_elements(tree, *_NO_TEXT, with_tail=False)
    drop_unseen(tree)


def _extract(tree: HtmlElement, *, is_fast: bool) -> str:
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    document = bare_extraction(tree, fast=is_fast, include_comments=False, output_format="txt")
    return clean(markdown_of(document.body)) if isinstance(document, Document) else ""


def _without_text(says: PageMetadata) -> PageText:
    return PageText(
        url=says.url,
        title=says.title,
        text="",
        language="",
        author=says.author,
        site=says.site,
        published_at=says.published_at or says.korean_date or says.other_date,
        identity=says.identity,
        image=says.image,
    )


def _with_text(page: PageText, text: str) -> PageText:
    return replace(
        page,
        title=page.title or next(filter(None, map(_bare, text.splitlines())), page.url),
        text=without_furniture(text, names_of(page.site, host(page.url))),
        language=detect_language(text),
    )


def _bare(line: str) -> str:
    """Return a line without the marks of Markdown."""
    return as_title(line.strip("#-|` "))
