"""Electronic books (.epub): each chapter is a part."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from adapters.fetching.documents.described import Contents, clean, one_line, table
from adapters.fetching.documents.package import Element, Package, date_at, local, text_at
from bot.domain.models import PagePart

FILE = "META-INF/container.xml"

_CHAPTERS = 1_000
_DEPTH = 100
_HEADING_CHARS = 100
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BLOCKS = {"p", "li", "blockquote", "dt", "dd", "figcaption"}
_SILENT = {"script", "style", "head", "nav"}


def read(package: Package) -> Contents:
    root = next(package.xml(FILE).iter("{*}rootfile"))
    name = root.get("full-path", "")
    book = package.xml(name)
    parts = [_chapter(package, each, n) for n, each in enumerate(_spine(package, book, name), 1)]
    return Contents(
        parts=tuple(part for part in parts if part.text),
        title=text_at(book, "title"),
        author=text_at(book, "creator"),
        published_at=date_at(book, "date"),
    )


def _spine(package: Package, book: Element, name: str) -> list[str]:
    """Return the names of the chapters' files in the order of reading."""
    folder = posixpath.dirname(name)
    files = {
        each.get("id", ""): posixpath.normpath(
            posixpath.join(folder, unquote(each.get("href", "")))
        )
        for each in book.iter("{*}item")
    }
    ordered = [files.get(each.get("idref", ""), "") for each in book.iter("{*}itemref")]
    return [each for each in ordered if each in package.names][:_CHAPTERS]


def _chapter(package: Package, name: str, number: int) -> PagePart:
    from lxml import html

    parser = html.HTMLParser(encoding="utf-8", huge_tree=False, remove_comments=True)
    tree = html.document_fromstring(package.read(name), parser=parser)
    blocks = list(filter(None, _blocks(tree)))
    first = blocks[0] if blocks else ""
    if first.startswith("#") and len(first) <= _HEADING_CHARS:
        return PagePart(first.lstrip("# "), clean("\n\n".join(blocks[1:])))
    return PagePart(f"chapter {number}", clean("\n\n".join(blocks)))


def _blocks(root: Element, depth: int = 0) -> Iterator[str]:
    if depth > _DEPTH:
        return
    for element in root:
        name = local(element)
        if name in _HEADINGS:
            heading = one_line("".join(element.itertext()))
            yield f"{'#' * int(name[1])} {heading}" if heading else ""
        elif name in _BLOCKS:
            text = one_line("".join(element.itertext()))
            yield f"- {text}" if text and name == "li" else text
        elif name == "pre":
            yield f"```\n{''.join(element.itertext()).strip()}\n```"
        elif name == "table":
            yield table(
                ("".join(cell.itertext()) for cell in row.iter("td", "th"))
                for row in element.iter("tr")
            )
        elif name not in _SILENT:
            yield from _blocks(element, depth + 1)
