"""Pocket: `ril_export.html`, and the tables in the zip of 2025. Instapaper's HTML is alike."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.html import Events, read_html
from adapters.importers.exports.opened import Opened, has_columns
from adapters.importers.exports.values import instant, tags
from bot.domain.archives import Archive, Form

FORM = Form.POCKET

_COLUMNS = ("title", "url", "time_added", "tags", "status")
_TITLES = ("<title>pocket export", "<title>instapaper: export")


def recognise(file: Opened) -> bool:
    return any(each in file.head for each in _TITLES) or has_columns(file, _COLUMNS)


def parse(file: Opened) -> Archive:
    if file.head.lstrip().startswith("<"):
        reader = _Reader()
        if not read_html(file.text, reader):
            reader.found.refuse("too_deep_to_read")
        return reader.found.archive()
    found = Collector(FORM)
    for line, row in file.rows():
        found.add(
            row.get("url"),
            row.get("title", ""),
            line=line,
            at=instant(row.get("time_added", "")),
            tags=tags(row.get("tags", ""), separators="|,"),
        )
    return found.archive()


class _Reader(Events):
    def __init__(self) -> None:
        self.found = Collector(FORM)
        self._link: Mapping[str, str] = {}
        self._words: list[str] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "a":
            self._link, self._words = dict(attributes), []

    def closed(self, tag: str) -> None:
        if tag == "a" and "href" in self._link:
            self.found.add(
                self._link["href"],
                "".join(self._words),
                at=instant(self._link.get("time_added", "")),
                tags=tags(self._link.get("tags", "")),
            )

    def said(self, text: str) -> None:
        self._words.append(text)
