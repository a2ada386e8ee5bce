"""Bookmarks as HTML: browsers, Delicious, Pinboard, Shaarli, linkding and most others.

The form is Netscape's: hardly anything in it is closed, and a description may be any text.
"""

from __future__ import annotations

from collections.abc import Mapping

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.html import Events, read_html
from adapters.importers.exports.opened import Opened
from adapters.importers.exports.values import instant, tags
from bot.domain.archives import Archive, Form
from bot.text.headings import join_headings

FORM = Form.BOOKMARKS

_MARKED = "1", "true"


def recognise(file: Opened) -> bool:
    return "netscape-bookmark-file" in file.head


def parse(file: Opened) -> Archive:
    reader = _Reader()
    is_whole = read_html(file.text, reader)
    reader.end_link()
    if not is_whole:
        reader.found.refuse("too_deep_to_read")
    return reader.found.archive()


class _Reader(Events):
    def __init__(self) -> None:
        self.found = Collector(FORM)
        self._folders: list[str] = []
        self._named = ""  # the folder whose list is about to begin
        self._link: Mapping[str, str] | None = None
        self._title = ""
        self._note = ""
        self._words: list[str] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        match tag:
            case "a":
                self.end_link()
                self._link, self._words = dict(attributes), []
            case "h3":
                self.end_link()
                self._words = []
            case "dd":
                self._words = []
            case "dl":
                self.end_link()
                self._folders.append(self._named)
                self._named = ""
            case "dt":
                self.end_link()
            case "br" | "li" | "p":
                self._words.append("\n")
            case _:
                pass

    def closed(self, tag: str) -> None:
        match tag:
            case "a":
                self._title, self._words = "".join(self._words), []
            case "h3":
                self._named, self._words = " ".join("".join(self._words).split()), []
            case "h1" | "title":
                self.found.title, self._words = " ".join("".join(self._words).split()), []
            case "dd":
                self._note, self._words = "".join(self._words), []
                self.end_link()
            case "dl":
                self.end_link()
                if self._folders:
                    self._folders.pop()
            case _:
                pass

    def said(self, text: str) -> None:
        self._words.append(text)

    def end_link(self) -> None:
        """Take in the link that was begun, now that its description has ended."""
        link = self._link
        if link is not None and "href" in link:
            if "feedurl" in link:  # a live bookmark of old Firefox
                self.found.follow(link["feedurl"], self._title)
            self.found.add(
                link["href"],
                self._title or "".join(self._words),
                at=instant(link.get("add_date", "")),
                tags=tags(link.get("tags", "") or link.get("labels", "")),
                note=self._note or link.get("description", ""),
                label=join_headings(filter(None, self._folders)),
                is_private=link.get("private", "") in _MARKED,
            )
        if link is not None:
            self._link, self._title = None, ""
        self._note = ""
