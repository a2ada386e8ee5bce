"""Documents of the Korean word processor Hangul in its open form (.hwpx, KS X 6101)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.fetching.documents.dates import instant, is_past
from adapters.fetching.documents.described import Contents, clean, table
from adapters.fetching.documents.package import Element, Package, local, text_at

FILE = "Contents/content.hpf"

_SECTION = re.compile(r"Contents/section(\d{1,4})\.xml")


def read(package: Package) -> Contents:
    names = filter(_SECTION.fullmatch, package.names)
    ordered = sorted(names, key=lambda name: int(name.partition("section")[2].partition(".")[0]))
    blocks = [block for name in ordered for block in _blocks(package.xml(name))]
    said = package.xml(FILE)
    named = {each.get("name", ""): each.text or "" for each in said.iter("{*}meta")}
    made_at = instant(named.get("CreatedDate"))
    return Contents(
        text=clean("\n\n".join(blocks)),
        title=text_at(said, "title"),
        author=named.get("creator", ""),
        published_at=made_at if is_past(made_at) else None,
    )


def _blocks(section: Element) -> Iterator[str]:
    """Yield the paragraphs of a section; a table stands in one as a picture would."""
    for paragraph in section.iterfind("{*}p"):
        yield from filter(None, [_text(paragraph)])
        for each in paragraph.iter("{*}tbl"):
            yield table(
                (" ".join(map(_text, cell.iter("{*}p"))) for cell in row.iterfind("{*}tc"))
                for row in each.iterfind("{*}tr")
            )


def _text(paragraph: Element) -> str:
    """Return the text of a paragraph's own runs, without what its tables hold."""
    pieces = []
    for text in paragraph.iterfind("{*}run/{*}t"):
        pieces.append(text.text or "")
        for inner in text:
            pieces.append("\n" if local(inner) == "lineBreak" else " ")
            pieces.append(inner.tail or "")
    return "".join(pieces).strip()
