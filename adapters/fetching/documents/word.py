"""Text documents in Office Open XML (.docx)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapters.fetching.documents.described import Contents, clean, table
from adapters.fetching.documents.package import (
    Element,
    Package,
    attribute,
    date_at,
    local,
    text_at,
)

FILE = "word/document.xml"
PROPERTIES = "docProps/core.xml"

_HEADING = re.compile(r"(?:heading|제목)\s?(\d)|(title)", re.IGNORECASE)
_LEVELS = 6
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "noBreakHyphen": "-"}


def read(package: Package) -> Contents:
    levels = _heading_levels(package.find_xml("word/styles.xml"))
    body = next(package.xml(FILE).iter("{*}body"))
    blocks = list(_blocks(body, levels))
    return with_properties(package, Contents(text=clean(_joined(blocks))))


def with_properties(package: Package, contents: Contents) -> Contents:
    """Add what an Office package says of itself."""
    said = package.find_xml(PROPERTIES)
    return replace(
        contents,
        title=text_at(said, "title"),
        author=text_at(said, "creator"),
        published_at=date_at(said, "created", "modified"),
    )


def text_of(paragraph: Element) -> str:
    """Return the text of a paragraph as it stands; deleted text and field codes are none."""
    pieces = []
    for element in paragraph.iter():
        name = local(element)
        pieces.append((element.text or "") if name == "t" else _BREAKS.get(name, ""))
    return "".join(pieces).strip()


def _heading_levels(styles: Element | None) -> Mapping[str, int]:
    """Return the level of each style that makes headings, 1 for titles."""
    levels: dict[str, int] = {}
    for style in styles.iter("{*}style") if styles is not None else ():
        name = next((attribute(each, "val") for each in style.iter("{*}name")), "")
        outline = next((attribute(each, "val") for each in style.iter("{*}outlineLvl")), "")
        if found := _HEADING.fullmatch(name.strip()):
            levels[attribute(style, "styleId")] = int(found[1] or 1)
        elif outline.isdecimal() and int(outline) < _LEVELS:
            levels[attribute(style, "styleId")] = int(outline) + 1
    return levels


def _blocks(body: Element, levels: Mapping[str, int]) -> Iterator[str]:
    for element in body:
        match local(element):
            case "p":
                yield _paragraph(element, levels)
            case "tbl":
                yield table(
                    (" ".join(map(text_of, cell.iter("{*}p"))) for cell in row.iterfind("{*}tc"))
                    for row in element.iterfind("{*}tr")
                )
            case "sdt":  # a field of a form, a table of contents: what it holds stands in it
                for inner in element.iterfind("{*}sdtContent"):
                    yield from _blocks(inner, levels)
            case _:
                continue


def _paragraph(paragraph: Element, levels: Mapping[str, int]) -> str:
    text = text_of(paragraph)
    if not text:
        return ""
    form = paragraph.find("{*}pPr")
    style = form.find("{*}pStyle") if form is not None else None
    if style is not None and (level := levels.get(attribute(style, "val"))):
        return f"{'#' * level} {' '.join(text.split())}"
    is_item = form is not None and form.find("{*}numPr") is not None
    return f"- {text}" if is_item else text


def _joined(blocks: list[str]) -> str:
    """Set blocks apart by blank lines, the items of a list by none."""
    text, above = "", ""
    for block in filter(None, blocks):
        is_list = above.startswith("- ") and block.startswith("- ")
        text += ("\n" if is_list else "\n\n") + block
        above = block
    return text.strip()
