"""Links inside one line of Markdown as people really write it. Linear in the length of the line."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace

from bot.domain.urls import MAX_URL_LENGTH, InvalidUrl, canonicalise, find_urls
from bot.text.inline import plain


@dataclass(frozen=True, slots=True)
class FoundLink:
    """`start` and `end` span the whole link in the line. A bare address has no `label`."""

    start: int
    end: int
    url: str
    label: str = ""
    is_glued: bool = False  # a second address inside the brackets of the first
    is_image: bool = False

    @property
    def is_web(self) -> bool:
        return _WEB.match(self.url) is not None


# An address without a scheme needs a host with a dot and a path: `notes.md` is a file.
_WEB = re.compile(
    r"https?://[^\s/]|(?:www\.|(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d+)?/)\S", re.I
)
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_TITLE = re.compile(r"""\s+(?:"[^"]{0,500}"|'[^']{0,500}'|\([^()]{0,500}\))?\s*\)?""")
_ANCHOR = re.compile(
    r"""<a\s[^<>]{0,500}?href\s*=\s*(?:"([^"<>]{0,8192})"|'([^'<>]{0,8192})'|([^\s"'<>]{1,8192}))[^<>]{0,500}>""",
    re.IGNORECASE,
)
_ANCHOR_END = re.compile(r"</a\s*>", re.IGNORECASE)
_LONGEST_ANCHOR_TEXT = 2000
_TAG = re.compile(r"</?[a-z][^<>]{0,200}>", re.IGNORECASE)


def find_links(line: str) -> list[FoundLink]:
    """Return the links of a line in order of their place, every http(s) address among them once.

    Addresses stand as written; only one without a scheme at an unknown host gets `https://`,
    without which it would be no address to anyone.
    """
    if "](" not in line and "] (" not in line and "<a" not in line.lower():
        return _bare(line, 0, len(line))
    marked = sorted(
        [*_markdown(line), *_anchors(line)], key=lambda link: (link.start, link.is_glued)
    )
    found: list[FoundLink] = []
    end = 0
    for link in marked:
        if link.start < end and not link.is_glued:
            continue
        found += [*_bare(line, end, link.start), link]
        end = max(end, link.end)
    return [*found, *_bare(line, end, len(line))]


def without_links(line: str) -> str:
    """Return the line with each marked link replaced by what a reader sees of it."""
    pieces: list[str] = []
    end = 0
    for link in find_links(line):
        if link.start < end:
            continue
        pieces += [line[end : link.start], link.label or line[link.start : link.end]]
        end = link.end
    return "".join([*pieces, line[end:]])


def _markdown(line: str) -> list[FoundLink]:
    found: list[FoundLink] = []
    openers = _bracket_pairs(line)
    position = 0
    while (close := line.find("]", position)) >= 0:
        position = close + 1
        paren = close + 1 + (line[close + 1 : close + 2] == " ")
        if line[paren : paren + 1] != "(" or close not in openers:
            continue
        links = _targets(line, openers[close], close, paren + 1)
        # `[note] (aside)` is a link only if an address stands in the parentheses.
        if links and (paren == close + 1 or links[0].is_web):
            found += links
            position = links[-1].end
    return _outermost(found)


def _outermost(found: list[FoundLink]) -> list[FoundLink]:
    """Let a link around an image (a badge) stand for both."""
    return [
        replace(link, label=plain(_IMAGE.sub(r"\1", link.label)), is_image=True)
        if "![" in link.label
        else link
        for link in found
    ]


_IMAGE = re.compile(r"!\[([^\[\]]{0,200})\]\([^()]{0,2000}\)")


def _bracket_pairs(line: str) -> dict[int, int]:
    """Map each `]` to its `[`."""
    opened: list[int] = []
    pairs: dict[int, int] = {}
    for match in re.finditer(r"[\[\]]", line):
        if match[0] == "[":
            opened.append(match.start())
        elif opened:
            pairs[match.start()] = opened.pop()
    return pairs


def _targets(line: str, opener: int, close: int, start: int) -> list[FoundLink]:
    """Read the parentheses after a label; more than one link if addresses are glued together."""
    label = line[opener + 1 : close]
    is_image = line[opener - 1 : opener] == "!" and opener > 0
    first = opener - is_image
    urls, end = [], start
    while True:
        url, end, is_glued = _target(line, end)
        urls += _unglue(url)
        if not is_glued or not url:
            break
        end += len("](")
    if len(urls) > 1:  # the closing parentheses of all of them
        while line[end : end + 1] == ")":
            end += 1
    return [
        FoundLink(first, end, _usable(url), label.strip(), is_glued=index > 0, is_image=is_image)
        for index, url in enumerate(urls)
    ]


def _target(line: str, start: int) -> tuple[str, int, bool]:
    """Return address, where the parentheses end, and whether `](` came before they did."""
    start += len(line[start : start + 200]) - len(line[start : start + 200].lstrip(" (<"))
    depth = 0
    index = start
    for index in range(start, min(len(line), start + MAX_URL_LENGTH)):
        character = line[index]
        if character == "(":
            depth += 1
        elif character == ")":
            if not depth:
                return line[start:index], index + 1, False
            depth -= 1
        elif character in "<>" or character.isspace():
            return line[start:index], _after_title(line, index), False
        elif character == "]" and line.startswith("](", index):
            return line[start:index], index, True
    index = min(len(line), start + MAX_URL_LENGTH)
    return line[start:index], index, False


def _after_title(line: str, index: int) -> int:
    index += line[index] == ">"
    title = _TITLE.match(line, index)
    if title:
        return title.end()
    return index + (line[index : index + 1] == ")")


def _unglue(url: str) -> list[str]:
    if _SCHEME.search(url, 1) and len(urls := find_urls(url)) > 1 and url.startswith(urls[0]):
        return urls
    return [url]


def _usable(url: str) -> str:
    if _SCHEME.match(url) or not _WEB.match(url):
        return url
    try:
        canonicalise(url)
    except InvalidUrl:
        return f"https://{url}"
    return url


def _anchors(line: str) -> list[FoundLink]:
    found = []
    for match in _ANCHOR.finditer(line):
        limit = match.end() + _LONGEST_ANCHOR_TEXT
        closing = _ANCHOR_END.search(line, match.end(), limit)
        end = closing.start() if closing else match.end()
        label = _TAG.sub("", line[match.end() : end])
        url = html.unescape(match[1] or match[2] or match[3] or "")
        found.append(
            FoundLink(
                match.start(),
                closing.end() if closing else end,
                _usable(url.strip()),
                html.unescape(label).strip(),
                is_image="<img" in line[match.end() : end].lower(),
            )
        )
    return found


def _bare(line: str, start: int, end: int) -> list[FoundLink]:
    piece = line[start:end]
    if "://" not in piece and "/" not in piece and "www." not in piece.lower():
        return []
    found = []
    position = 0
    for url in find_urls(piece):
        place = piece.find(url, position)
        if place < 0:  # written without its scheme
            url = _SCHEME.sub("", url)
            place = piece.find(url, position)
        if place >= 0:
            position = place + len(url)
            found.append(FoundLink(start + place, start + position, url))
    return found
