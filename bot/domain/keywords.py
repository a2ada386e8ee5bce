"""Keywords found in a text in one pass, whatever their number.

Text and keywords are cut into the same units: stemmed English words, numbers, single Hangul
syllables. So "fine-tuned" meets "fine tuning" and 강화학습을 meets 강화 학습, without a
dictionary of endings and particles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import Stemmer

_UNIT = re.compile(r"[a-z]{1,64}(?:\+\+|#)?|\d{1,64}|[가-힣]")
_stem_all = Stemmer.Stemmer("english").stemWords


def keyword_key(keyword: str) -> str:
    """Return what all spellings of a keyword share: "agents" and "agent" are one."""
    return " ".join(unit.text for unit in _cut(keyword))


class KeywordIndex:
    """An immutable set of keywords."""

    def __init__(self, keywords: Iterable[str]) -> None:
        self._root = _Node()
        for keyword in keywords:
            self._add(keyword)

    def count(self, text: str) -> Counter[str]:
        """Count the keywords of `text` by their `keyword_key`.

        The longest keyword at a place counts alone: "speech recognition" is not also "speech".
        """
        units = _cut(text)
        found: Counter[str] = Counter()
        place = 0
        while place < len(units):
            length = self._longest_at(units, place)
            if length:
                found[" ".join(unit.text for unit in units[place : place + length])] += 1
            place += max(length, 1)
        return found

    def _add(self, keyword: str) -> None:
        units = _cut(keyword)
        node = self._root
        for unit in units:
            node = node.next.setdefault(unit.text, _Node())
        node.ends = True
        node.needs_word_start = len(units) <= 2 and all(unit.is_hangul for unit in units)

    def _longest_at(self, units: list[_Unit], place: int) -> int:
        """Return how many units the longest keyword takes that begins at `place`, or 0."""
        node, longest = self._root, 0
        for length in range(1, len(units) - place + 1):
            following = node.next.get(units[place + length - 1].text)
            if following is None:
                break
            node = following
            # Two syllables inside a longer word mean too little: 환자 is not in 교환자.
            if node.ends and (units[place].starts_word or not node.needs_word_start):
                longest = length
        return longest


class _Node:
    __slots__ = ("ends", "needs_word_start", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.ends = False
        self.needs_word_start = False


class _Unit(NamedTuple):
    text: str
    is_hangul: bool
    starts_word: bool


def _cut(text: str) -> list[_Unit]:
    matches = list(_UNIT.finditer(text.lower()))
    units: list[_Unit] = []
    hangul_end = -1
    for match, stem in zip(matches, _stem_all([match[0] for match in matches]), strict=True):
        is_hangul = "가" <= stem <= "힣"
        units.append(_Unit(stem, is_hangul, match.start() != hangul_end))
        hangul_end = match.end() if is_hangul else -1
    return units
