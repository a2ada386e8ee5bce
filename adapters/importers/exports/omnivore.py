"""Omnivore: a zip with lists of what was saved, the articles themselves, and what was marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from adapters.importers.exports.collecting import Collector, page_of
from adapters.importers.exports.html import plain_text
from adapters.importers.exports.opened import Opened, read_json
from adapters.importers.exports.values import Record, first_text, instant, records, tags, text
from adapters.importers.exports.zipped import ZippedFolder
from bot.domain.archives import Archive, Form
from bot.domain.models import PageText, Point

FORM = Form.OMNIVORE

_LIST = re.compile(r"(.*/)?metadata_\d+_to_\d+\.json")
_QUOTE = re.compile(r"^>[ \t]?", re.MULTILINE)


def recognise(file: Opened) -> bool:
    return file.folder is not None and any(map(_LIST.fullmatch, file.folder.names))


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    if file.folder is None:
        return found.archive()
    for name in sorted(file.folder.names):
        if match := _LIST.fullmatch(name):
            listed = read_json(name, file.folder.read(name).decode("utf-8", "replace"))
            for each in records(listed):
                _add(found, each, file.folder, root=match[1] or "")
    return found.archive()


def _add(found: Collector, saved: Record, folder: ZippedFolder, *, root: str) -> None:
    url, title, slug = (first_text(saved, key) for key in ("url", "title", "slug"))
    found.add(
        url,
        title,
        at=instant(saved.get("savedAt")),
        tags=tags(saved.get("labels")),
        note=text(saved.get("description")),
        points=tuple(_highlights(_read(folder, f"{root}highlights/{slug}.md"))),
        page=_page(saved, _read(folder, f"{root}content/{slug}.html")),
    )


def _page(saved: Record, html: str) -> PageText | None:
    return page_of(
        first_text(saved, "url"),
        first_text(saved, "title"),
        plain_text(html),
        author=first_text(saved, "author"),
        published_at=instant(saved.get("publishedAt")),
    )


def _highlights(markdown: str) -> Iterator[Point]:
    """Yield each quotation, with what was said about it below it."""
    quote = ""
    for block in re.split(r"\n[ \t]*\n", markdown):
        if block.lstrip().startswith(">"):
            if quote:
                yield Point(quote)
            quote = " ".join(_QUOTE.sub("", block).split())
        elif said := " ".join(block.split()):
            yield Point(quote, (Point(said),)) if quote else Point(said)
            quote = ""
    if quote:
        yield Point(quote)


def _read(folder: ZippedFolder, name: str) -> str:
    return folder.read(name).decode("utf-8", "replace") if name in folder.names else ""
