"""Documents in OpenDocument format: text (.odt), presentations (.odp), spreadsheets (.ods)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from adapters.fetching.documents.described import CELLS, Contents, clean, one_line, table
from adapters.fetching.documents.package import (
    Element,
    Package,
    attribute,
    date_at,
    local,
    text_at,
)
from bot.domain.models import PagePart
from bot.errors import FetchFailed

FILE = "content.xml"

_REPEATED = 50  # as often at most is a cell taken that says it is there many times
_ROWS = 20_000
_PARTS = 1_000
_DEPTH = 50
_BREAKS = {"line-break": "\n", "tab": " ", "s": " "}


def read(package: Package) -> Contents:
    if "META-INF/manifest.xml" in package.names:
        said = package.read("META-INF/manifest.xml")
        if b"encryption-data" in said:
            raise FetchFailed("locked", detail="a password is asked for")
    content = package.xml(FILE)
    meta = package.find_xml("meta.xml")
    parts = tuple(part for part in _parts(content) if part.text)
    body = next(content.iter("{*}text"), None) if not parts else None
    return Contents(
        text=clean("\n\n".join(_blocks(body))) if body is not None else "",
        parts=parts,
        title=text_at(meta, "title"),
        author=text_at(meta, "initial-creator", "creator"),
        published_at=date_at(meta, "creation-date", "date"),
    )


def _parts(content: Element) -> Iterator[PagePart]:
    for number, slide in enumerate(islice(content.iter("{*}page"), _PARTS), 1):
        yield PagePart(f"slide {number}", clean("\n\n".join(_blocks(slide))))
    for sheet in content.iter("{*}spreadsheet"):
        for each in islice(sheet.iterfind("{*}table"), _PARTS):
            yield PagePart(clean(attribute(each, "name")), clean(table(_rows(each))))


def _blocks(root: Element, depth: int = 0) -> Iterator[str]:
    """Yield paragraphs, headings and lists in their order, whatever they stand in."""
    if depth > _DEPTH:
        return
    for element in root:
        match local(element):
            case "h":
                level = attribute(element, "outline-level")
                marks = "#" * (int(level) if level in {*"123456"} else 2)
                yield f"{marks} {one_line(_text(element))}"
            case "p":
                yield from filter(None, [_text(element)])
            case "list":
                items = (one_line(" ".join(map(_text, _paragraphs(item)))) for item in element)
                yield "\n".join(f"- {item}" for item in items if item)
            case "table":
                yield table(_rows(element))
            case "tracked-changes" | "annotation":
                continue
            case _:
                yield from _blocks(element, depth + 1)


def _rows(root: Element) -> Iterator[list[str]]:
    for row in islice(root.iter("{*}table-row"), _ROWS):
        cells: list[str] = []
        for cell in row.iterfind("{*}table-cell"):
            repeated = attribute(cell, "number-columns-repeated")
            times = min(int(repeated), _REPEATED) if repeated.isdecimal() else 1
            cells += [" ".join(map(_text, _paragraphs(cell)))] * times
            if len(cells) >= CELLS:
                break
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _paragraphs(root: Element) -> Iterator[Element]:
    yield from root.iter("{*}p", "{*}h")


def _text(paragraph: Element) -> str:
    return "".join(_pieces(paragraph)).strip()


def _pieces(element: Element) -> Iterator[str]:
    """Yield the text of an element and what follows each inner one, without people's remarks."""
    yield element.text or ""
    for inner in element:
        name = local(inner)
        if name in _BREAKS:
            yield _BREAKS[name]
        elif name != "annotation":
            yield from _pieces(inner)
        yield inner.tail or ""
