"""Readability: its JSON."""

from __future__ import annotations

from html import unescape

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import first_text, instant, record, records
from bot.domain.archives import Archive, Form

FORM = Form.READABILITY

_NO_TITLE = "No title found"


def recognise(file: Opened) -> bool:
    return any("article__url" in each for each in records(record(file.json).get("bookmarks")))


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for each in records(record(file.json).get("bookmarks")):
        title = first_text(each, "article__title")
        found.add(
            each.get("article__url"),
            "" if title == _NO_TITLE else title,
            at=instant(each.get("date_added")),
            note=unescape(first_text(each, "article__excerpt")),
        )
    return found.archive()
