"""Which of the names that a web page gives itself is its title, and not its site's."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SEPARATORS = re.compile(r"\s+[|\-–—·•:»«<>/~]+\s+|\s*[|｜]\s*|\s*::\s*")
_COLON = re.compile(r":\s+")
# Words that stand where a title would, and name nothing.
_NO_TITLES = {"untitled", "notitle", "home", "index", "undefined", "제목없음", "무제", "홈"}


def choose_title(
    titles: Sequence[str], headings: Sequence[str], *, inner: int, own_names: set[str]
) -> str:
    """Return what a page is called, "" if it says nothing; all of it is given as it stands there.

    `titles`: the most believed first. `headings`: the first `inner` stand inside the article.
    A heading that stands in a longer title is what people see above the text. A title that is
    nothing but the site's name, the same on all of its pages, gives way to the heading.
    """
    cleaned = [clean_title(title, own_names) for title in titles]
    named = [heading for heading in headings if not _is_empty(heading, own_names)]
    for title in cleaned:
        if not _is_empty(title, own_names):
            return _agreed(title, headings[:inner], headings[inner:])
    return next(iter([*named, *cleaned]), "")


def clean_title(title: str, own_names: set[str]) -> str:
    """Drop the name of the site from either end of a title; only a name that the site goes by.

    >>> clean_title("Small models | Example Lab", names_of("Example Lab", "lab.example"))
    'Small models'
    """
    cuts = [(found.start(), found.end()) for found in _SEPARATORS.finditer(title)]
    # From the outside inwards: a site's name may hold a separator itself.
    for start, end in cuts:
        if _plain(title[end:]) in own_names and title[:start].strip():
            return title[:start].strip()
    for start, end in reversed(cuts):
        if _plain(title[:start]) in own_names and title[end:].strip():
            return title[end:].strip()
    return title


def names_of(site: str, host: str) -> set[str]:
    """Return the spellings that a site's name may have in its titles."""
    host = host.removeprefix("www.")
    return {_plain(name) for name in (site, host, host.split(".")[0])} - {""}


def _agreed(title: str, inner: Sequence[str], outer: Sequence[str]) -> str:
    """Return the heading that is the title but for what a separator sets apart, else the title."""
    cuts = [*_SEPARATORS.finditer(title), *_COLON.finditer(title)]
    ends = {0, len(title)}.union(*((found.start(), found.end()) for found in cuts))
    for heading in (*inner, *outer):
        start = title.find(heading)
        # Of "Project: what it does" the first half would say too little. Where a short heading
        # outside the article ends the title, it is more often the site's name.
        is_its_own = ": " not in title and (heading in inner or start == 0)
        is_enough = is_its_own or 2 * len(heading) >= len(title)
        if start >= 0 and {start, start + len(heading)} <= ends and is_enough:
            return heading
    return title


def _is_empty(title: str, own_names: set[str]) -> bool:
    plain = _plain(title)
    return not plain or plain in own_names or plain in _NO_TITLES


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.removeprefix("www.")).casefold()
