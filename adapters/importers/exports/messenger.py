"""Messenger and Instagram: the JSON of a conversation."""

from __future__ import annotations

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import first_text, instant, record, records, text
from bot.domain.archives import Archive, Form
from bot.domain.urls import find_urls

FORM = Form.MESSENGER


def recognise(file: Opened) -> bool:
    return {"participants", "messages"} <= record(file.json).keys()


def parse(file: Opened) -> Archive:
    whole = record(file.json)
    found = Collector(FORM, _mended(first_text(whole, "title")))
    for each in records(whole.get("messages")):
        shared = record(each.get("share"))
        words = f"{text(each.get('content'))}\n{text(shared.get('link'))}"
        for url in find_urls(_mended(words)):
            found.add(
                url,
                at=instant(each.get("timestamp_ms")),
                who=_mended(first_text(each, "sender_name")),
            )
    return found.archive()


def _mended(said: str) -> str:
    """Undo what the export does to every text: its bytes are written as if they were letters."""
    try:
        return said.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return said
