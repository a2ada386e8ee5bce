"""Pinboard: its JSON, in which the description is the title."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import first_text, instant, records, tags, text
from bot.domain.archives import Archive, Form

FORM = Form.PINBOARD


def recognise(file: Opened) -> bool:
    return {"href", "description", "extended"} <= next(records(file.json), {}).keys()


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for each in records(file.json):
        found.add(
            each.get("href"),
            first_text(each, "description"),
            at=instant(each.get("time")),
            tags=tags(each.get("tags"), separators=" "),
            note=text(each.get("extended")),
            is_private=each.get("shared") == "no",
        )
    return found.archive()
