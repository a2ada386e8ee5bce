"""elCurator: its JSON."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import first_text, instant, records, tags, text
from bot.domain.archives import Archive, Form

FORM = Form.ELCURATOR


def recognise(file: Opened) -> bool:
    return {"url", "is_saved", "created_at"} <= next(records(file.json), {}).keys()


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    for each in records(file.json):
        found.add(
            each.get("url"),
            first_text(each, "title"),
            at=instant(each.get("created_at")),
            tags=tags(each.get("tags")),
            note=text(each.get("description")),
        )
    return found.archive()
