"""Terms and names that are called otherwise in the other language."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources

from bot.domain.guard.evidence import Evidence, squeeze
from bot.text.bilingual import TermPair
from bot.text.glossary import load_glossary, load_proper_names


@cache
def load_names() -> tuple[TermPair, ...]:
    return tuple(
        TermPair(korean, english)
        for names in _read_names().values()
        for korean, others in names.items()
        for english in others
    )


@cache
def well_known() -> frozenset[str]:
    """Return Korean names that are names though common nouns may make them up: 네이버."""
    return load_proper_names().union(_read_names()["makers"])


def _read_names() -> dict[str, dict[str, list[str]]]:
    text = resources.files("bot.text").joinpath("names.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def load_terms() -> tuple[TermPair, ...]:
    return (*load_names(), *(TermPair(*pair) for pair in load_glossary()))


class Terms:
    """The shipped pairs and those of a workspace and its texts."""

    def __init__(self, pairs: Iterable[TermPair] = ()) -> None:
        self._english: defaultdict[str, set[str]] = defaultdict(set)
        self._korean: defaultdict[str, set[str]] = defaultdict(set)
        for pair in (*load_terms(), *pairs):
            korean = squeeze(pair.korean)
            self._english[korean].add(squeeze(pair.english))
            self._korean[squeeze(pair.english)].add(korean)
        self._longest = max(map(len, self._english))

    def translate(self, text: str, evidence: Sequence[Evidence]) -> dict[str, bool]:
        """Return the terms that a text names, squeezed, and whether a source has another name."""
        said = squeeze(text)
        found: dict[str, bool] = {}
        for names in (self._english, self._korean):
            for name, others in names.items():
                if name in said:
                    found[name] = any(_has_any(each, others) for each in evidence)
        return found


def _has_any(evidence: Evidence, names: Iterable[str]) -> bool:
    return any(_has(evidence, name) for name in names)


def _has(evidence: Evidence, name: str) -> bool:
    # Short names such as "US" are in any text unless they stand alone.
    if len(name) <= 3 and name.isascii():
        return name in evidence.words
    return name in evidence.squeezed
