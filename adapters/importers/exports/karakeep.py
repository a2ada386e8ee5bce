"""Karakeep, which was called Hoarder: its JSON."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import first_text, instant, record, records, tags, text
from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Form

FORM = Form.KARAKEEP


def recognise(file: Opened) -> bool:
    kept = record(file.json).get("bookmarks")
    return any("content" in each and "createdAt" in each for each in records(kept))


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for each in records(record(file.json).get("bookmarks")):
        content = record(each.get("content"))
        title, at = first_text(each, "title"), instant(each.get("createdAt"))
        words = text(content.get("text"))
        if words and not content.get("url"):
            section = ArchiveSection("", words, 0)
            name = title or words.partition("\n")[0][:80]
            found.add_note(ArchiveNote(name, (section,), at.date() if at else None))
        else:
            found.add(
                content.get("url"),
                title,
                at=at,
                tags=tags(each.get("tags")),
                note=text(each.get("note")),
            )
    return found.archive()
