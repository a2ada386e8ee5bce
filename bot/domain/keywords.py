"""Keywords found in a text in one pass, whatever their number.

Text and keywords are cut into the same units: stemmed English words, numbers, single Hangul
syllables. So "fine-tuned" meets "fine tuning" and 강화학습을 meets 강화 학습, without a
dictionary of endings and particles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import Stemmer

_UNITS = re.compile(r"[a-z]{1,64}(?:\+\+|#)?|\d{1,64}|[가-힣]+")
_stem_all = Stemmer.Stemmer("english").stemWords


def keyword_key(keyword: str) -> str:
    """Return what all spellings of a keyword share: "agents" and "agent" are one."""
    return " ".join(_cut(keyword).texts)


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
        beyond = 0
        begins_keyword = self._root.next
        for place, unit in enumerate(units.texts):
            if place >= beyond and unit in begins_keyword:
                length = self._longest_at(units, place)
                beyond = place + length
                if length:
                    found[" ".join(units.texts[place:beyond])] += 1
        return found

    def _add(self, keyword: str) -> None:
        units = _cut(keyword).texts
        node = self._root
        for unit in units:
            node = node.next.setdefault(unit, _Node())
        node.ends = True
        node.needs_word_start = len(units) <= 2 and all(map(_is_hangul, units))

    def _longest_at(self, units: _Units, place: int) -> int:
        """Return how many units the longest keyword takes that begins at `place`, or 0."""
        node, longest = self._root, 0
        for length in range(1, len(units.texts) - place + 1):
            following = node.next.get(units.texts[place + length - 1])
            if following is None:
                break
            node = following
            # Two syllables inside a longer word mean too little: 환자 is not in 교환자.
            if node.ends and not (node.needs_word_start and place in units.inside_hangul):
                longest = length
        return longest


class _Node:
    __slots__ = ("ends", "needs_word_start", "next")

    def __init__(self) -> None:
        self.next: dict[str, _Node] = {}
        self.ends = False
        self.needs_word_start = False


@dataclass(frozen=True, slots=True)
class _Units:
    """`inside_hangul`: the places of the syllables that follow another without a gap."""

    texts: list[str]
    inside_hangul: set[int]


def _cut(text: str) -> _Units:
    texts: list[str] = []
    inside_hangul: set[int] = set()
    for run in _UNITS.findall(text.lower()):
        if _is_hangul(run):
            inside_hangul.update(range(len(texts) + 1, len(texts) + len(run)))
            texts.extend(run)
        else:
            texts.append(run)
    return _Units(_stem_all(texts), inside_hangul)


def _is_hangul(unit: str) -> bool:
    return "가" <= unit[0] <= "힣"
