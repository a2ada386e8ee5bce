"""Raindrop.io: the table that it exports."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened, has_columns
from adapters.importers.exports.values import instant, tags
from bot.domain.archives import Archive, Form
from bot.domain.models import Point

FORM = Form.RAINDROP

_COLUMNS = ("title", "note", "excerpt", "url", "folder", "tags", "created")
_NOT_A_FOLDER = "unsorted"


def recognise(file: Opened) -> bool:
    return has_columns(file, _COLUMNS)


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for line, row in file.rows():
        folder = row.get("folder", "").strip()
        found.add(
            row.get("url"),
            row.get("title", ""),
            line=line,
            at=instant(row.get("created", "")),
            tags=tags(row.get("tags", "")),
            note=row.get("note", "").strip() or row.get("excerpt", ""),
            label="" if folder.lower() == _NOT_A_FOLDER else folder.replace("/", " › "),
            points=tuple(_highlights(row.get("highlights", ""))),
        )
    return found.archive()


def _highlights(text: str) -> Iterator[Point]:
    """Yield what was marked; a line that begins with "Note:" is said about the one before."""
    marked = ""
    for line in text.splitlines():
        said = line.strip().removeprefix("Highlight:").strip()
        if said.startswith("Note:") and marked:
            yield Point(marked, (Point(said.removeprefix("Note:").strip()),))
            marked = ""
        elif said:
            if marked:
                yield Point(marked)
            marked = said
    if marked:
        yield Point(marked)
