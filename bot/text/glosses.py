"""Terms in both languages where they first stand: 대규모 언어 모델(large language models)은."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from bot.text.glossary import load_glossary
from bot.text.particles import strip_particle
from bot.text.transliteration import sounds_alike

_HANGUL = re.compile(r"[가-힣]")
_PER_SENTENCE = 2  # more remarks than that and nobody finds the sentence between them
_LEAST_CHARS = 3  # a shorter word has too many meanings to be one term's name


class Glosses:
    """Adds each term's other name once. `pairs` come before the terms that ship with the code.

    A Korean term gets its English name in either language; an English one gets its Korean name
    only for Korean readers, and only in English sentences.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]], *, language: str) -> None:
        self._names: dict[str, str] = {}
        self._told: set[str] = set()
        for one, other in (*pairs, *_shipped()):
            korean, english = (one, other) if _HANGUL.search(one) else (other, one)
            if not _HANGUL.search(korean) or _HANGUL.search(english):
                continue
            if len(_key(korean)) >= _LEAST_CHARS:
                self._names.setdefault(_key(korean), english)
            if language == "ko" and " " in english:
                self._names.setdefault(_key(english), korean)
        self._korean = _pattern(name for name in self._names if _HANGUL.search(name))
        self._english = _pattern(name for name in self._names if not _HANGUL.search(name))
        self._given = _pattern_of_given(self._names)

    def add(self, sentence: str) -> str:
        """Return the sentence with the other names of terms that were not told before."""
        added = 0
        self._told.update(_key(given["term"]) for given in self._given.finditer(sentence))

        def gloss(found: re.Match[str]) -> str:
            nonlocal added
            key = _key(found["term"])
            other = self._names[key]
            is_new = key not in self._told and not _stands_in(other, sentence)
            ends = _ends_there(found["term"], found["rest"])
            if ends:
                self._told.add(key)
            if not (is_new and ends and added < _PER_SENTENCE):
                return found[0]
            added += 1
            return f"{found['term']}({other}){found['rest']}"

        pattern = self._korean if _HANGUL.search(sentence) else self._english
        return pattern.sub(gloss, sentence)


@cache
def _shipped() -> tuple[tuple[str, str], ...]:
    """Return the shipped terms without those that are an English word in Korean letters."""
    spelt = {korean for korean, english in load_glossary() if sounds_alike(korean, english)}
    return tuple(pair for pair in load_glossary() if pair[0] not in spelt)


def _key(term: str) -> str:
    """Return what a term's spellings share: 머신 러닝 and 머신러닝, Transformer and transformer."""
    return re.sub(r"\s+", "" if _HANGUL.search(term) else " ", term).casefold()


def _pattern(keys: Iterable[str]) -> re.Pattern[str]:
    """Match any of the terms, the longest first, with what is written on to it.

    What somebody gave in both languages already, 검색(retrieval), is passed over.
    """
    return re.compile(
        rf"(?<![가-힣A-Za-z0-9])(?P<term>{_any_of(keys)})(?P<rest>s?[가-힣]*)(?![A-Za-z0-9(]|\s\()",
        re.IGNORECASE,
    )


def _pattern_of_given(keys: Iterable[str]) -> re.Pattern[str]:
    """Match what somebody gave in both languages already: 검색(retrieval)."""
    return re.compile(rf"(?<![가-힣A-Za-z0-9])(?P<term>{_any_of(keys)})\s?\(", re.IGNORECASE)


def _any_of(keys: Iterable[str]) -> str:
    written = sorted(keys, key=lambda key: (-len(key), key))
    return "|".join(_spelling(key) for key in written) or r"(?!)"


def _spelling(key: str) -> str:
    if _HANGUL.search(key):
        return r"\s?".join(map(re.escape, key))
    return re.escape(key).replace(r"\ ", r"[\s-]")


def _ends_there(term: str, rest: str) -> bool:
    """Tell 검색을 from 검색기: what is written on is a particle or nothing."""
    if not _HANGUL.search(term):
        return rest in ("", "s")
    word = term.split()[-1]
    return not rest or strip_particle(word + rest) == word


def _stands_in(name: str, sentence: str) -> bool:
    return name.casefold() in sentence.casefold()
