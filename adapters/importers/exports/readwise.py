"""Readwise: the table of a Reader's library, and that of all highlights, which has no addresses."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector, one_line
from adapters.importers.exports.opened import Opened, Row, has_columns
from adapters.importers.exports.values import instant, tags
from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Form

FORM = Form.READWISE

_LIBRARY = ("title", "url", "document tags", "saved date")
_HIGHLIGHTS = ("highlight", "book title", "book author", "note")


def recognise(file: Opened) -> bool:
    return has_columns(file, _LIBRARY) or has_columns(file, _HIGHLIGHTS)


def parse(file: Opened) -> Archive:
    return _read_highlights(file) if has_columns(file, _HIGHLIGHTS) else _read_library(file)


def _read_library(file: Opened) -> Archive:
    found = Collector(FORM)
    for line, row in file.rows():
        found.add(
            row.get("url"),
            row.get("title", ""),
            line=line,
            at=instant(row.get("saved date", "")),
            tags=tags(row.get("document tags", "").strip("[]").replace("'", "")),
        )
    return found.archive()


def _read_highlights(file: Opened) -> Archive:
    """Make a note of what was marked in each book or article."""
    found = Collector(FORM)
    books: dict[tuple[str, str], list[tuple[int, Row]]] = {}
    for line, row in file.rows():
        key = one_line(row.get("book title", "")), one_line(row.get("book author", ""))
        books.setdefault(key, []).append((line, row))
    for (title, author), marked in books.items():
        text = "\n\n".join(filter(None, (_said(row) for _, row in marked)))
        times = [instant(row.get("highlighted at", "")) for _, row in marked]
        first = min((each for each in times if each), default=None)
        if text:
            name = f"{title} ({author})" if author else title
            section = ArchiveSection("", text, marked[0][0])
            found.add_note(ArchiveNote(name, (section,), first.date() if first else None))
    return found.archive()


def _said(row: Row) -> str:
    marked, note = row.get("highlight", "").strip(), row.get("note", "").strip()
    return f"{marked}\n→ {note}" if marked and note else marked or note
