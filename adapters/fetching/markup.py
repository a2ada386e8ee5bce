"""Small pieces of HTML as plain text: comments, descriptions, the inside of a known element."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from adapters.fetching.charsets import decode_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement, HTMLParser

    from adapters.parsing import Download

_PARAGRAPHS = frozenset(
    [
        "p",
        "div",
        "ul",
        "ol",
        "pre",
        "blockquote",
        "table",
        "section",
        "article",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "details",
        "figure",
        "dl",
    ]
)
_LINES = frozenset(["br", "li", "tr", "dt", "dd", "summary"])
_SILENT = frozenset(["script", "style", "head", "template", "noscript", "svg", "button"])
_MOST_TAGS = 40_000
# Some sites close their outermost tag at once, and a parser would see nothing in it.
_CLOSED_ROOT = re.compile(rb"(<html\b[^<>]*)/>", re.IGNORECASE)
_ROOT_WITHIN_BYTES = 4096
# No characters of XML: a tree that holds them cannot be worked with.
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\f\r"})
_BLANKS = bytes.maketrans(b"\f", b" ")
_NO_CHARACTERS = ("\ufffe".encode(), "\uffff".encode())

Rule = Callable[["HtmlElement"], "str | None"]


def parse_page(download: Download) -> HtmlElement:
    """Return a downloaded page as a tree."""
    return parse_markup(decode_text(download.body, download.charset))


def parse_markup(html: str) -> HtmlElement:
    """Return the markup as a tree, whatever it is; what comes after very many tags is dropped."""
    return tree_of(encode_markup(html))


def encode_markup(html: str) -> bytes:
    """Return markup as `tree_of` takes it: UTF-8, without what no tree may hold."""
    markup = html.encode("utf-8", "replace").translate(_BLANKS, _CONTROLS)
    for each in _NO_CHARACTERS:
        markup = markup.replace(each, b"")
    return markup


def tree_of(markup: bytes) -> HtmlElement:
    """Do as `parse_markup` with what is encoded already."""
    from lxml import etree
    from lxml import html as lxml_html

    markup = _first_tags(markup)
    beginning = _CLOSED_ROOT.sub(rb"\1>", markup[:_ROOT_WITHIN_BYTES], count=1)
    try:
        return lxml_html.document_fromstring(
            beginning + markup[_ROOT_WITHIN_BYTES:], parser=_parser()
        )
    except (etree.LxmlError, ValueError):  # nothing in it
        return lxml_html.document_fromstring("<html><body></body></html>", parser=_parser())


@cache
def _parser() -> HTMLParser:
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(
        encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True
    )
    # All elements are of one class: the usual choice between those for forms and others is made in
    # Python for every element that is looked at, and of a page's time it takes a tenth.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=lxml_html.HtmlElement))
    return parser


def html_text(html: str, *, rule: Rule | None = None) -> str:
    """Return the text of a piece of HTML, paragraphs apart by blank lines."""
    if "<" not in html and "&" not in html:
        return tidy(html)
    return element_text(parse_markup(html), rule=rule)


def element_text(element: HtmlElement, *, rule: Rule | None = None) -> str:
    """Return the text of an element. `rule` may say what stands for an element ("" for nothing)."""
    return tidy("".join(_pieces(element, rule)))


def tidy(text: str) -> str:
    lines = [
        re.sub(r"[^\S\n]+", " ", line).strip() for line in text.replace("\u200b", "").splitlines()
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _first_tags(markup: bytes) -> bytes:
    if markup.count(b"<") <= _MOST_TAGS:
        return markup
    position = 0
    for _ in range(_MOST_TAGS):
        position = markup.index(b"<", position) + 1
    return markup[: position - 1]


def _pieces(root: HtmlElement, rule: Rule | None) -> Iterator[str]:
    """Walk without recursion: hostile pages are as deep as they like."""
    stack: list[HtmlElement | str] = [root]
    while stack:
        element = stack.pop()
        if isinstance(element, str):
            yield element
            continue
        if not isinstance(element.tag, str) or element.tag in _SILENT:
            continue
        said = rule(element) if rule else None
        if said is not None:
            yield said
            continue
        before, after = _breaks(element.tag)
        yield before + _spaced(element.text, element)
        stack.append(after)
        for child in reversed(element):
            stack.append(_spaced(child.tail, element))
            stack.append(child)


def _breaks(tag: str) -> tuple[str, str]:
    if tag in _PARAGRAPHS:
        return "\n\n", "\n\n"
    if tag == "li":
        return "\n- ", ""
    if tag in {"td", "th"}:
        return "", " "
    return ("\n", "") if tag in _LINES else ("", "")


def _spaced(text: str | None, element: HtmlElement) -> str:
    if not text:
        return ""
    return text if element.tag == "pre" else re.sub(r"\s+", " ", text)
