"""Instapaper: the table that it exports, with and without tags and times."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened, has_columns
from adapters.importers.exports.values import instant, tags
from bot.domain.archives import Archive, Form

FORM = Form.INSTAPAPER

_COLUMNS = ("url", "title", "selection", "folder")
_STATES = {"unread", "archive", "starred"}  # where a link is by itself


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
            at=instant(row.get("timestamp", "")),
            tags=tags(row.get("tags", "").strip("[]").replace('"', "")),
            note=row.get("selection", ""),
            label="" if folder.lower() in _STATES else folder,
        )
    return found.archive()
