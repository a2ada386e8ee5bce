"""Korean technical terms with their English names, shipped with the code: pairs to search by."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

DATA_FILE = "glossary.toml"


@cache
def load_glossary() -> tuple[tuple[str, str], ...]:
    """Return (Korean, English) pairs; a term with two English names is in two pairs."""
    return tuple(
        (korean, english)
        for terms in _read().values()
        for korean, names in terms.items()
        for english in names
    )


@cache
def load_proper_names() -> frozenset[str]:
    """Return the Korean names among the terms: of makers, people and places."""
    return frozenset(_read()["names"])


def _read() -> dict[str, dict[str, list[str]]]:
    text = resources.files("bot.text").joinpath(DATA_FILE).read_text(encoding="utf-8")
    return tomllib.loads(text)
