"""arXiv: abstract page, PDF, HTML, old ids, versions and mirrors are one paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.fetching.addresses import split_address
from adapters.fetching.answers import parse_instant
from adapters.fetching.markup import element_text, parse_page
from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import facts_part, make_page, short_names, telling
from adapters.fetching.wanted import PAGES, Wanted
from bot.domain.models import Kind, PagePart, PageText
from bot.domain.urls import InvalidUrl, canonicalise
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from adapters.parsing import Download

_IDENTITY = "https://arxiv.org/abs/"
_VERSION = re.compile(r"(?:\d{4}\.\d{4,5}|/\d{7})(v[1-9]\d?)\b", re.ASCII)
_NEW_ID = re.compile(r"\d{4}\.\d{4,5}", re.ASCII)
_ATOM = Wanted(
    "application/atom+xml,application/xml;q=0.9",
    re.compile(r"application/([\w.-]+\+)?xml|text/xml"),
)
_NAMES = {"a": "http://www.w3.org/2005/Atom", "x": "http://arxiv.org/schemas/atom"}
_CITATION_DAY = re.compile(r"(\d{4})/(\d{2})/(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Paper:
    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None  # of the first version
    comment: str = ""
    journal: str = ""


class ArxivReader:
    """`api`, `site`: the roots of the export API and of the pages."""

    def __init__(
        self, *, api: str = "https://export.arxiv.org", site: str = "https://arxiv.org"
    ) -> None:
        self._api = api
        self._site = site

    def reads(self, url: str) -> bool:
        return bool(paper_id(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        number = paper_id(url)
        # The version that was shared may differ from the newest, and it is what people speak of.
        asked = number + _version(url)
        paper = await self._find(number, asked, tools)
        parts, gaps = await self._full_text(asked, tools)
        return make_page(
            url,
            paper.title,
            [PagePart("Abstract", paper.abstract), *parts, _facts(paper)],
            site="arXiv",
            author=short_names(paper.authors),
            published_at=paper.published_at,
            identity=_IDENTITY + number,
            kind=Kind.PAPER,
            gaps=gaps,
        )

    async def _find(self, number: str, asked: str, tools: Tools) -> Paper:
        address = f"{self._api}/api/query?id_list={quote(asked)}&max_results=1"
        try:
            return await tools.parse(parse_entry, await tools.download(address, wanted=_ATOM))
        except FetchFailed as failure:
            # It asks for three seconds between questions and learns of new papers late; the page
            # itself names the same.
            return await self._find_by_page(number, tools, failure)

    async def _find_by_page(self, number: str, tools: Tools, failure: FetchFailed) -> Paper:
        try:
            page = await tools.download(f"{self._site}/abs/{quote(number)}", wanted=PAGES)
            return await tools.parse(parse_abstract_page, page)
        except FetchFailed as refusal:
            raise telling(failure, refusal) from refusal

    async def _full_text(self, asked: str, tools: Tools) -> tuple[tuple[PagePart, ...], list[str]]:
        try:
            page = await tools.download(f"{self._site}/html/{quote(asked)}", wanted=PAGES)
            if parts := await tools.parse(parse_full_text, page):
                return parts, []
        except FetchFailed:
            pass  # most papers before 2023 have no HTML
        try:
            document = await tools.read(f"{self._site}/pdf/{quote(asked)}")
        except FetchFailed:
            return (), ["full_text"]
        return document.parts or (PagePart("Full text", document.text),), list(document.gaps)


def paper_id(url: str) -> str:
    """Return the id of the paper that an address stands for, without version, or ""."""
    address = split_address(url)
    if address.host == "huggingface.co" and address.path[:1] == ("papers",):
        found = address.path[1] if len(address.path) == 2 else ""
        return found if _NEW_ID.fullmatch(found) else ""
    try:
        identity = canonicalise(url)
    except InvalidUrl:
        return ""
    return identity.removeprefix(_IDENTITY) if identity.startswith(_IDENTITY) else ""


def _version(url: str) -> str:
    found = _VERSION.search(url)
    return found[1] if found else ""


def _facts(paper: Paper) -> PagePart:
    return facts_part((paper.comment, paper.journal))


def parse_entry(download: Download) -> Paper:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        feed = etree.fromstring(download.body, parser)
    except (etree.LxmlError, ValueError) as error:
        raise FetchFailed("server_error", may_pass=True, detail="no Atom") from error

    def texts(path: str) -> list[str]:
        found = feed.findall(f"a:entry/{path}", _NAMES)
        return [" ".join("".join(each.itertext()).split()) for each in found]

    def first(path: str) -> str:
        return next(iter(texts(path)), "")

    title, abstract = first("a:title"), first("a:summary")
    # It answers a wrong id with no entry, or with one that holds the error.
    if not title or "/api/errors" in first("a:id"):
        raise FetchFailed("not_found", detail="no such paper")
    return Paper(
        title,
        abstract,
        tuple(filter(None, texts("a:author/a:name"))),
        parse_instant(first("a:published")),
        first("x:comment"),
        first("x:journal_ref"),
    )


def parse_abstract_page(download: Download) -> Paper:
    """Read what the page names for catalogues: `citation_title` and its like."""
    tree = parse_page(download)
    named: dict[str, list[str]] = {}
    for each in tree.iter("meta"):
        named.setdefault(each.get("name") or "", []).append(
            " ".join((each.get("content") or "").split())
        )
    title = next(iter(named.get("citation_title", ())), "")
    if not title:
        raise FetchFailed("empty", detail="a page without a paper")
    day = _CITATION_DAY.fullmatch(next(iter(named.get("citation_date", ())), ""))
    return Paper(
        title,
        next(iter(named.get("citation_abstract", ())), ""),
        tuple(_in_order(each) for each in named.get("citation_author", ()) if each),
        parse_instant("-".join(day.groups())) if day else None,
    )


def _in_order(name: str) -> str:
    last, comma, first = name.partition(", ")
    return f"{first} {last}" if comma else last


def parse_full_text(download: Download) -> tuple[PagePart, ...]:
    """Return the sections of a paper as LaTeXML writes them; none if it is another page."""
    tree = parse_page(download)
    articles = tree.find_class("ltx_document")
    if not articles:
        return ()
    sections = articles[0].xpath(
        ".//section[contains(@class, 'ltx_section') or contains(@class, 'ltx_appendix')]"
    )
    parts = [_section(each) for each in sections]
    if not any(each.text for each in parts):
        parts = [PagePart("Full text", element_text(articles[0], rule=_in_paper))]
    return tuple(each for each in parts if each.text)


def _section(section: HtmlElement) -> PagePart:
    title = next((each for each in section if each.tag in {"h1", "h2", "h3"}), None)
    heading = _one_line(title) if title is not None else ""

    def below(element: HtmlElement) -> str | None:
        return "" if element is title else _in_paper(element)

    return PagePart(heading[:120], element_text(section, rule=below))


def _in_paper(element: HtmlElement) -> str | None:
    """Write formulas as TeX says them; leave out notes, references and errors."""
    if (formula := _formula(element)) is not None:
        return formula
    classes = (element.get("class") or "").split()
    if {"ltx_note_outer", "ltx_ERROR", "ltx_pagination", "ltx_bibliography"} & set(classes):
        return ""
    if "ltx_tag" in classes and "ltx_tag_item" in classes:
        return ""
    if element.tag in {"h2", "h3", "h4", "h5"} and "ltx_title" in classes:
        return f"\n\n### {_one_line(element)}\n\n"
    return None


def _one_line(heading: HtmlElement) -> str:
    return " ".join(element_text(heading, rule=_formula).split())


def _formula(element: HtmlElement) -> str | None:
    return (element.get("alttext") or "") if element.tag == "math" else None
