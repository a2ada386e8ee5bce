"""Chrome, Edge, Brave and their like: the file `Bookmarks` of a profile."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.trees import walk
from adapters.importers.exports.values import first_text, instant, record
from bot.domain.archives import Archive, Form
from bot.text.headings import join_headings

FORM = Form.CHROME


def recognise(file: Opened) -> bool:
    return "bookmark_bar" in record(record(file.json).get("roots"))


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for root in record(record(file.json).get("roots")).values():
        for node, path in walk(record(root), name="name"):
            if "url" in node:
                # The first step is the bar or the menu, which says nothing.
                found.add(
                    node.get("url"),
                    first_text(node, "name"),
                    at=instant(node.get("date_added")),
                    label=join_headings(path[1:]),
                )
    return found.archive()
