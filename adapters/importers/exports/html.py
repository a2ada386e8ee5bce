"""HTML as other programs write it, read in events: nothing is kept of it, however large it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MAX_DEPTH = 256  # libxml2 takes a closing tag that fits nothing through all that is open
_CHUNK = 1 << 16
_BLOCKS = frozenset(
    (
        *("p", "div", "section", "article", "header", "footer", "aside", "main", "figure"),
        *("figcaption", "blockquote", "pre", "ul", "ol", "dl", "li", "dt", "dd", "br", "hr"),
        *("table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"),
    )
)
_UNSEEN = frozenset(("script", "style", "template", "noscript"))


class Events:
    """What is told of a document, in its order. Override what is needed."""

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None: ...

    def closed(self, tag: str) -> None: ...

    def said(self, text: str) -> None: ...


class _TooDeep(Exception):
    pass


def read_html(html: str, events: Events) -> bool:
    """Tell of the document; False if it is nested so deep that the rest was left."""
    from lxml import etree

    parser = etree.HTMLParser(target=_Target(events), encoding="utf-8", no_network=True)
    data = html.encode("utf-8", "replace")
    try:
        for start in range(0, len(data), _CHUNK):
            parser.feed(data[start : start + _CHUNK])
        parser.close()
    except _TooDeep:
        return False
    except etree.LxmlError:  # nothing in it
        pass
    return True


def plain_text(html: str) -> str:
    """Return what a reader sees, paragraphs separated by blank lines."""
    text = _Text()
    read_html(html, text)
    return text.text()


class _Target:
    """The interface that lxml's parser asks for."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._depth = 0
        self._unseen = 0

    def start(self, tag: Any, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _TooDeep
        self._unseen += tag in _UNSEEN
        self._events.opened(tag, attributes)

    def end(self, tag: Any) -> None:
        self._depth -= 1
        self._unseen -= tag in _UNSEEN
        self._events.closed(tag)

    def data(self, text: str) -> None:
        if not self._unseen:
            self._events.said(text)

    def comment(self, text: str) -> None: ...

    def pi(self, target: str, data: str | None = None) -> None: ...

    def close(self) -> None: ...


class _Text(Events):
    def __init__(self) -> None:
        self._paragraphs: list[str] = []
        self._words: list[str] = []

    def opened(self, tag: str, attributes: Mapping[str, str]) -> None:
        del attributes
        self._end_paragraph(tag)

    def closed(self, tag: str) -> None:
        self._end_paragraph(tag)

    def said(self, text: str) -> None:
        self._words.append(text)

    def text(self) -> str:
        self._end_paragraph("p")
        return "\n\n".join(self._paragraphs)

    def _end_paragraph(self, tag: str) -> None:
        if tag in _BLOCKS and self._words:
            if paragraph := " ".join("".join(self._words).split()):
                self._paragraphs.append(paragraph)
            self._words = []
