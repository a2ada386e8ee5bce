"""Who wrote a web page, by the line that names them beside its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from adapters.fetching.documents.described import one_line

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# Marked as what it is, then named like it; whoever wrote a comment is no author of the page.
_PLACES = (
    "//*[@rel='author' or @itemprop='author' or @class='author' or @id='author']",
    "//*[contains(@class, 'uthor') or contains(@class, 'yline') or contains(@class, 'writer')]",
)
_IN_COMMENTS = (
    "boolean(ancestor-or-self::*[contains(@class, 'comment') or contains(@id, 'comment')])"
)
_LOOKED_AT = 10
_LINE_CHARS = 200
_NAME_CHARS = 60
_NAME_WORDS = 5
# "Von", too, but not in the names of those who are called so.
_BEFORE = re.compile(
    r"^(?:(?:[^\W\d_]+\s)?by|(?-i:Von|Par|Por)(?=\s\S+\s\S)|authors?|autor(?:in)?)\b\s?:?\s"
    r"|^(?:text|words|작성자|글쓴이|글)\s?:\s?",
    re.IGNORECASE,
)
_AFTER = re.compile(r"\s*(?:\||•|·|–|—|,\s(?=\D*\d)|\bon\s(?=\D*\d)).*$")
_NO_NAME = re.compile(r"\d|[@<>{}:?!]|//")

# What the programs behind sites call whoever set them up.
_NOBODY = {
    *("admin", "administrator", "superuser", "wordpressadmin", "root", "editor", "관리자"),
    *("author", "authors", "autor", "about", "more", "share", "follow"),
}


def is_somebody(name: str) -> bool:
    return name.casefold().replace(" ", "") not in _NOBODY


def find_author(tree: HtmlElement) -> str:
    """Return the first name that stands where authors are named, "" if there is none."""
    return next(_names(tree), "")


def without_by(line: str) -> str:
    """Drop what stands around a name; a long line is cut.

    >>> without_by("By A. Writer | 3 May")
    'A. Writer'
    """
    return _AFTER.sub("", _BEFORE.sub("", line[:_LINE_CHARS])).strip(" ,;")


def _names(tree: HtmlElement) -> Iterator[str]:
    for place in _PLACES:
        for element in islice(tree.xpath(place), _LOOKED_AT):
            if element.xpath(_IN_COMMENTS):
                continue
            name = without_by(one_line(" ".join(element.itertext())))
            is_short = 1 < len(name) <= _NAME_CHARS and len(name.split()) <= _NAME_WORDS
            if is_short and not _NO_NAME.search(name) and is_somebody(name):
                yield name
