"""Firefox: the JSON of a backup of the bookmarks."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.trees import walk
from adapters.importers.exports.values import first_text, instant, record, records, tags
from bot.domain.archives import Archive, Form
from bot.text.headings import join_headings

FORM = Form.FIREFOX

_DESCRIPTION = "bookmarkProperties/description"


def recognise(file: Opened) -> bool:
    return first_text(record(file.json), "type") == "text/x-moz-place-container"


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for node, path in walk(record(file.json), name="title"):
        if "uri" in node:
            about = records(node.get("annos"))
            note = (first_text(each, "value") for each in about if each.get("name") == _DESCRIPTION)
            # The first two steps are the whole and the bar or the menu, which say nothing.
            found.add(
                node.get("uri"),
                first_text(node, "title"),
                at=instant(node.get("dateAdded")),
                tags=tags(node.get("tags")),
                note=next(note, ""),
                label=join_headings(path[2:]),
            )
    return found.archive()
