"""What a web page says of itself beside its text: in its head and in its headings."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from adapters.fetching.documents.authors import find_author, is_somebody, without_by
from adapters.fetching.documents.dates import find_korean, instant, is_past
from adapters.fetching.documents.described import absolute, as_title, host, one_line
from adapters.fetching.documents.json_ld import addresses_in, find_article, names_in
from adapters.fetching.documents.titles import choose_title, names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HANGUL = re.compile(r"[가-힣]")
_NAME_CHARS = 200
_HEADINGS = 20
_DATE_LINES = 3_000

# In the order in which they are believed: when it was published, then when it was first there.
_DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article:published",
    "citation_publication_date",
    "citation_date",
    "parsely-pub-date",
    "sailthru.date",
    "publish_date",
    "publish-date",
    "publishdate",
    "pubdate",
    "published_at",
    "published",
    "dc.date.issued",
    "dcterms.issued",
    "dcterms.created",
    "datecreated",
    "article.created",
    "dc.date",
)
_IMAGE_NAMES = (
    "og:image:secure_url",
    "og:image:url",
    "og:image",
    "twitter:image",
    "twitter:image:src",
)
_AUTHOR_NAMES = ("author", "article:author", "citation_author", "dc.creator", "byl")

_TIMES = (
    "//time[@pubdate]/@datetime"
    " | //*[@itemprop='datePublished']/@*[name()='datetime' or name()='content']"
    " | //article//time[contains(@class, 'publish') or contains(@class, 'entry-date')]/@datetime"
)


@dataclass(frozen=True)
class PageMetadata:
    """What is asked of a page's tree, answered when it is asked for; "" and None for nothing."""

    tree: HtmlElement
    url: str

    @cached_property
    def site(self) -> str:
        named = self._metas("og:site_name", "application-name")
        named += [names_in(self._article.get("publisher"))]
        return one_line(named[0])[:_NAME_CHARS] or host(self.url)

    @cached_property
    def title(self) -> str:
        """What the page is called, without the name of its site."""
        in_head = self.tree.xpath("string(//head/title)") or self.tree.xpath("string(//title)")
        headline = self._article.get("headline")
        named = (
            *self._metas("og:title"),
            headline if isinstance(headline, str) else "",
            *self._metas("citation_title", "twitter:title", "dc.title", "title"),
            in_head,
        )
        # Some sites escape it twice: it would show as "A &amp; B".
        titles = [title for each in named if (title := as_title(html.unescape(each)))]
        inner = _said(filter(_is_inner, self.tree.iter("h1", "h2")))
        outer = _said(self.tree.iter("h1")) or _said(self.tree.iter("h2"))[:1]
        own_names = names_of(self.site, host(self.url))
        return choose_title(titles, [*inner, *outer], inner=len(inner), own_names=own_names)

    @cached_property
    def author(self) -> str:
        """Whom it names: outright, else in the line beside its text."""
        said = names_in(self._article.get("author"), are=is_somebody)
        named = [said, *map(self._authors, _AUTHOR_NAMES)]
        return next(filter(None, named), "") or find_author(self.tree)

    @cached_property
    def image(self) -> str:
        """The picture that is shown with the page elsewhere, in full."""
        named = [*self._metas(*_IMAGE_NAMES), *addresses_in(self._article.get("image"))]
        return self._first_address([*named, *self.tree.xpath("//link[@rel='image_src']/@href")])

    @cached_property
    def identity(self) -> str:
        """The address that it says is its own; whether that is true is not asked here."""
        links = self.tree.xpath("//link[@rel and @href]")
        named = [
            link.get("href") for link in links if "canonical" in link.get("rel").lower().split()
        ]
        return self._first_address([*named, *self._metas("og:url")])

    @cached_property
    def published_at(self) -> datetime | None:
        """When it says outright that it was published."""
        named = (self._article.get(key) for key in ("datePublished", "uploadDate"))
        said = [*self._metas(*_DATE_NAMES), *named, *self.tree.xpath(_TIMES)[:_HEADINGS]]
        instants = (instant(each) for each in said if isinstance(each, str))
        return next(filter(is_past, instants), None)

    @cached_property
    def korean_date(self) -> datetime | None:
        """When it says to its Korean readers that it was published."""
        if not _HANGUL.search(self.tree.text_content()):
            return None
        elements = self.tree.xpath("//body//*[not(self::script or self::style)][text()]")
        return find_korean(map(_line_of, islice(elements, _DATE_LINES)))

    @cached_property
    def other_date(self) -> datetime | None:
        """The day that stands somewhere in it; none that is only guessed from running text."""
        from htmldate import find_date

        url = self.identity or self.url
        return instant(find_date(self.tree, extensive_search=False, original_date=True, url=url))

    @cached_property
    def _article(self) -> Mapping[str, Any]:
        scripts = self.tree.xpath("//script[@type='application/ld+json']")
        return find_article(script.text or "" for script in scripts)

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        named: dict[str, list[str]] = {}
        for meta in self.tree.xpath("//meta[@content]"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            named.setdefault(name.strip().lower(), []).append(meta.get("content").strip())
        return named

    def _metas(self, *names: str) -> list[str]:
        return [content for name in names for content in self._named.get(name, ()) if content]

    def _authors(self, meta: str) -> str:
        lines = (each for each in self._metas(meta) if len(each) <= _NAME_CHARS)
        return names_in([without_by(one_line(each)) for each in lines], are=is_somebody)

    def _first_address(self, named: list[str]) -> str:
        return next(filter(None, (absolute(each, self.url) for each in named)), "")


def _is_inner(heading: HtmlElement) -> bool:
    if heading.get("itemprop") == "headline":
        return True
    return heading.tag == "h1" and next(heading.iterancestors("article", "main"), None) is not None


def _said(headings: Iterable[HtmlElement]) -> list[str]:
    found = islice(headings, _HEADINGS)
    return list(filter(None, (as_title(" ".join(each.itertext())) for each in found)))


def _line_of(element: HtmlElement) -> str:
    """Return the text of an element and of those in it, no deeper: a date stands in no more."""
    pieces = [element.text, *(text for each in element for text in (each.text, each.tail))]
    return one_line(" ".join(filter(None, pieces[:_HEADINGS])))
