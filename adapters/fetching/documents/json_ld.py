"""What a web page says of its article in JSON-LD, the vocabulary of schema.org."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from adapters.fetching.documents.described import one_line

_CHARS = 500_000  # of one script; the largest of three public extraction sets has 120,000
_NODES = 2_000
_DEPTH = 6
_NAMES = 10
_NAME_CHARS = 200
_ADDRESS = re.compile(r"\S*(?:://|@)\S*\.\S*|www\.\S+|[\w.-]+\.\w+/\S*")
_ARTICLE = re.compile(r"\w*(?:Article|Posting)|Report|Review|Recipe|VideoObject|CreativeWork|HowTo")


def find_article(scripts: Iterable[str]) -> Mapping[str, Any]:
    """Return the first article that is described, an empty mapping if there is none."""
    things = (thing for script in scripts for thing in _things(script))
    return next((each for each in islice(things, _NODES) if _is_article(each)), {})


def names_in(said: Any, *, are: Callable[[str], bool] = bool) -> str:
    """Return the names of people or of an organisation, however they are given.

    An address is no name, also in a list of them. `are`: says which names are meant.
    """
    people = said if isinstance(said, list) else [said]
    names = (each.get("name") if isinstance(each, dict) else each for each in people[:_NAMES])
    lines = (_without_addresses(one_line(name)) for name in names if isinstance(name, str))
    return ", ".join(dict.fromkeys(line for line in lines if line and are(line)))[:_NAME_CHARS]


def addresses_in(said: Any) -> list[str]:
    """Return the addresses of one picture or of several, however they are given."""
    images = said if isinstance(said, list) else [said]
    urls = (each.get("url") if isinstance(each, dict) else each for each in images[:_NAMES])
    return [url for url in urls if isinstance(url, str)]


def _without_addresses(names: str) -> str:
    parts = names[:_NAME_CHARS].split(", ")
    return ", ".join(part for part in parts if not _ADDRESS.fullmatch(part))


def _things(script: str) -> Iterator[Mapping[str, Any]]:
    if len(script) > _CHARS:
        return
    try:
        said = json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return
    yield from _described(said, _DEPTH)


def _described(said: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield what a script is about, not what that merely mentions."""
    if isinstance(said, list) and depth:
        for each in said:
            yield from _described(each, depth - 1)
    elif isinstance(said, dict) and depth:
        yield said
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _described(said.get(key), depth - 1)


def _is_article(thing: Mapping[str, Any]) -> bool:
    kinds = thing.get("@type")
    named = kinds if isinstance(kinds, list) else [kinds]
    return any(
        isinstance(kind, str) and _ARTICLE.fullmatch(kind.rpartition("/")[2]) for kind in named
    )
