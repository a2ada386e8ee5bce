"""OPML: the feeds that somebody follows, as every feed reader writes them out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from bot.domain.archives import Archive, Form
from bot.text.headings import join_headings

FORM = Form.OPML

_MAX_DEPTH = 256


def recognise(file: Opened) -> bool:
    return "<opml" in file.head


def parse(file: Opened) -> Archive:
    from lxml import etree

    found = Collector(FORM)
    target = _Target(found)
    parser = etree.XMLParser(
        target=target, recover=True, resolve_entities=False, no_network=True, encoding="utf-8"
    )
    try:
        # What a file says of its own encoding is past: it is text by now.
        parser.feed(file.text.encode("utf-8", "replace"))
        parser.close()
    except _TooDeep:
        found.refuse("too_deep_to_read")
    except etree.LxmlError:
        pass
    return found.archive()


class _TooDeep(Exception):
    pass


class _Target:
    """The interface that lxml's parser asks for."""

    def __init__(self, found: Collector) -> None:
        self._found = found
        self._folders: list[str] = []

    def start(self, tag: Any, attributes: Mapping[str, str]) -> None:
        if tag != "outline":
            return
        if len(self._folders) >= _MAX_DEPTH:
            raise _TooDeep
        said = {name.lower(): value for name, value in attributes.items()}
        title = said.get("title") or said.get("text", "")
        if said.get("xmlurl"):
            self._found.follow(said["xmlurl"], title)
        elif url := said.get("htmlurl") or said.get("url"):
            self._found.add(url, title, label=join_headings(self._folders))
        self._folders.append(title)

    def end(self, tag: Any) -> None:
        if tag == "outline" and self._folders:
            self._folders.pop()

    def data(self, text: str) -> None: ...

    def close(self) -> None: ...
