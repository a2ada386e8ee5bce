"""What people see of a web page: its lines of text without menus, and marks of its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from adapters.fetching.documents.described import as_title, one_line
from adapters.fetching.markup import parse_page
from adapters.fetching.quality import Shown, find_notice

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from adapters.parsing.download import Download

_IN_LINES = frozenset(
    ["a", "abbr", "b", "bdi", "cite", "code", "em", "font", "i", "kbd", "mark", "q", "s", "samp",
     "small", "span", "strong", "sub", "sup", "time", "u", "var", "wbr"]
)  # fmt: skip
_UNSEEN = frozenset(
    ["script", "style", "noscript", "template", "svg", "head", "nav", "footer", "aside", "select",
     "textarea", "title", "iframe"]
)  # fmt: skip
_MOST_LINES = 400
_HEADINGS = 6
_MARKS = {
    "script": ("src",),
    "iframe": ("src",),
    "form": ("action", "id", "class"),
    "link": ("href",),
    "div": ("id", "class"),
}
_SCRIPT_CHARS = 2_000
_SCRIPTS = 20
_MARK_CHARS = 40_000
_ALERT = re.compile(r"""\balert\s*\(\s*(["'])(.{4,200}?)\1""")
_PARTLY_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?false', re.IGNORECASE)


def name_notice(download: Download) -> str:
    """Return what a page is instead of what was asked for, "" if nobody can tell."""
    return find_notice(look_at(parse_page(download), download.url))


def look_at(tree: HtmlElement, url: str) -> Shown:
    scripts = [script.text or "" for script in tree.iter("script")]
    lines = list(_lines(tree))
    marks = [url, *_marks(tree), *(text[:_SCRIPT_CHARS] for text in scripts[:_SCRIPTS])]
    if tree.xpath("//input[@type='password']"):
        marks.append("type=password")
    if not lines:  # a page that speaks by a window of its own, then leads away
        lines = [found[2] for text in scripts for found in _ALERT.finditer(text[:_SCRIPT_CHARS])]
    return Shown(
        title=as_title(tree.xpath("string(//title)")),
        headings=tuple(filter(None, (as_title(each.text_content()) for each in _headings(tree)))),
        lines=tuple(lines),
        marks="\n".join(marks)[:_MARK_CHARS],
        unscripted=one_line(" ".join(each.text_content() for each in tree.iter("noscript")))[
            :_SCRIPT_CHARS
        ],
        has_scripts=bool(scripts),
        is_partly_free=any(_PARTLY_FREE.search(text) for text in scripts),
    )


def _headings(tree: HtmlElement) -> Iterator[HtmlElement]:
    return islice(tree.iter("h1", "h2"), _HEADINGS)


def _marks(tree: HtmlElement) -> Iterator[str]:
    for element in tree.iter(*_MARKS):
        yield from filter(None, map(element.get, _MARKS[element.tag]))


def _lines(tree: HtmlElement) -> Iterator[str]:
    """Yield blocks of text in the order of the page. Walks without recursion."""
    from lxml.etree import iterwalk

    line: list[str] = []
    count = 0
    walk = iterwalk(tree, events=("start", "end"))
    for event, element in walk:
        tag, is_start = element.tag, event == "start"
        if line and tag not in _IN_LINES:
            if said := one_line("".join(line)):
                yield said
                count += 1
                if count == _MOST_LINES:
                    return
            line = []
        if is_start and (tag == "a" or tag in _UNSEEN):
            walk.skip_subtree()
        elif text := element.text if is_start else element.tail:
            line.append(text)
    if said := one_line("".join(line)):
        yield said
