"""Presentations in Office Open XML (.pptx): each slide is a part."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.fetching.documents.described import Contents, clean, one_line, table
from adapters.fetching.documents.package import Element, Package, attribute, local, relation
from adapters.fetching.documents.word import text_of, with_properties
from bot.domain.models import PagePart

FILE = "ppt/presentation.xml"

_SLIDES = 1_000
_TITLES = {"title", "ctrTitle"}
_FURNITURE = {"sldNum", "dt", "ftr", "hdr"}


def read(package: Package) -> Contents:
    targets = package.targets(FILE)
    named = [targets.get(relation(each), "") for each in package.xml(FILE).iter("{*}sldId")]
    names = [name for name in named if name in package.names]
    texts = [_slide(package, name) for name in names[:_SLIDES]]
    parts = (PagePart(f"slide {n}", text) for n, text in enumerate(texts, 1) if text)
    return with_properties(package, Contents(parts=tuple(parts)))


def _slide(package: Package, name: str) -> str:
    blocks = list(_blocks(package.xml(name)))
    for other in package.targets(name).values():
        if "notesSlides/" in other and other in package.names:
            blocks += list(_blocks(package.xml(other)))
    return clean("\n\n".join(filter(None, blocks)))


def _blocks(slide: Element) -> Iterator[str]:
    for shape in slide.iter("{*}sp", "{*}graphicFrame"):
        if local(shape) == "graphicFrame":
            yield table(
                (" ".join(map(text_of, cell.iter("{*}p"))) for cell in row.iterfind("{*}tc"))
                for row in shape.iter("{*}tr")
            )
            continue
        holder = next(shape.iter("{*}ph"), None)
        kind = attribute(holder, "type") if holder is not None else ""
        if kind in _FURNITURE:
            continue
        lines = [line for each in shape.iter("{*}p") if (line := text_of(each))]
        if kind in _TITLES and lines:
            yield f"## {one_line(' '.join(lines))}"
        elif len(lines) > 1:
            yield "\n".join(f"- {line}" for line in lines)
        else:
            yield from lines
