"""Words that stand at one end of a scale, such as up and down, in Korean and in English."""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources

from bot.domain.guard.stems import stem

# Which scales a word is on, and at which end: 1 or -1.
Ends = Mapping[str, int]
_NOWHERE: Ends = {}
_UP, _DOWN = 1, -1


@lru_cache(maxsize=1 << 15)
def lemma(word: str) -> str:
    """Return what all forms of an English word have in common; `word` is in small letters."""
    return _irregular().get(word) or stem(_irregular().get(stem(word), word))


def ends_of(word: str) -> Ends:
    """Return the ends at which an English lemma or a Korean word with its endings stands."""
    if word.isascii():
        return _english().get(word, _NOWHERE)
    return next(
        (
            found
            for end in range(min(len(word), _longest()), 0, -1)
            if (found := _korean().get(word[:end]))
        ),
        _NOWHERE,
    )


@cache
def _irregular() -> Mapping[str, str]:
    forms = (
        line.split() for line in _read("english_forms.toml")["verbs"]["irregular"].splitlines()
    )
    return {form: stem(line[0]) for line in forms for form in line}


@cache
def _ends() -> tuple[Mapping[str, Ends], Mapping[str, Ends]]:
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for scale, words in _read("opposites.toml").items():
        for end, name in ((_UP, "up"), (_DOWN, "down")):
            for word in words[name].split():
                found[lemma(word) if word.isascii() else word][scale] = end
    english = {word: ends for word, ends in found.items() if word.isascii()}
    return english, {word: ends for word, ends in found.items() if not word.isascii()}


def _english() -> Mapping[str, Ends]:
    return _ends()[0]


def _korean() -> Mapping[str, Ends]:
    return _ends()[1]


@cache
def _longest() -> int:
    return max(map(len, _korean()))


def _read(name: str) -> dict[str, dict[str, str]]:
    text = resources.files("bot.domain.guard").joinpath(name).read_text(encoding="utf-8")
    return tomllib.loads(text)
