"""For which field a sentence reports a consequence, by keyword evidence in `impact.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Evidence:
    """The field that a sentence speaks of, and how many of its words say so."""

    field: str
    hits: int


def field_names() -> tuple[str, ...]:
    """Return the fields in the order in which reports list them."""
    return tuple(_vocabulary().fields)


def find_impact(sentence: str) -> Evidence | None:
    """Return the field with most evidence, the first listed on a tie; None: no consequence."""
    vocabulary = _vocabulary()
    sentence = vocabulary.idioms.sub(" ", sentence)
    if not vocabulary.effects.search(sentence):
        return None
    counts = {
        name: len({match.casefold() for match in pattern.findall(sentence)})
        for name, pattern in vocabulary.fields.items()
    }
    best = max(counts, key=lambda name: counts[name])
    return Evidence(best, counts[best]) if counts[best] else None


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    effects: re.Pattern[str]
    idioms: re.Pattern[str]
    fields: Mapping[str, re.Pattern[str]]


@cache
def _vocabulary() -> _Vocabulary:
    data = tomllib.loads(
        resources.files("bot.domain").joinpath("impact.toml").read_text(encoding="utf-8")
    )
    fields = {name: _pattern(words) for name, words in data["fields"].items()}
    return _Vocabulary(_pattern(data["effects"]), _pattern(data["idioms"]), fields)


def _pattern(words: Mapping[str, list[str]]) -> re.Pattern[str]:
    english = "|".join(
        f"{re.escape(word[:-1])}[a-z]*" if word.endswith("*") else re.escape(word)
        for word in words["en"]
    )
    korean = "|".join(map(re.escape, words["ko"]))
    return re.compile(rf"(?<![a-z])(?:{english})(?![a-z])|{korean}", re.IGNORECASE)
