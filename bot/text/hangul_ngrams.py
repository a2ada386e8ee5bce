"""Which letter follows which in Korean text: counts of pairs and triples, shipped with the code."""

from __future__ import annotations

import lzma
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

DATA_FILE = "hangul_ngrams.xz"

# Which digit or Latin letter it is says nothing about its neighbours: each stands for its class.
_DIGIT, _LATIN, _OTHER = "0", "a", "#"
EMOJI = "☺"
_KEPT = frozenset(" .,!?:;()[]'\"·…“”‘’—–-~/%→")
_UNSEEN = 0.02  # occurrences of what never occurred


def symbol_of(character: str) -> str:
    """Return what the counts know a character as."""
    if "가" <= character <= "힣" or character in _KEPT:
        return character
    if character.isspace():
        return " "
    if character.isdigit():
        return _DIGIT
    if character >= "\U0001f000" or character in "\u200d\ufe0f":
        return EMOJI
    return _LATIN if character.isascii() and character.isalpha() else _OTHER


@dataclass(frozen=True, slots=True)
class NgramModel:
    """`counts` holds how often one, two and three symbols in a row occurred.

    `followed` tells of what one or two symbols begin: how often, and how many different ones.
    """

    counts: Mapping[str, int]
    followed: Mapping[str, tuple[int, int]]
    total: int
    _costs: dict[tuple[str, str], float] = field(default_factory=dict)

    def cost(self, before: str, symbol: str) -> float:
        """Return the negative log probability of a symbol after two others."""
        known = self._costs.get((before, symbol))
        if known is None:
            known = self._costs[before, symbol] = self._cost(before, symbol)
        return known

    def _cost(self, before: str, symbol: str) -> float:
        share = (self.counts.get(symbol, 0) + _UNSEEN) / self.total
        for context in (before[-1:], before):
            share = self._refine(context, symbol, share)
        return -math.log(share)

    def _refine(self, context: str, symbol: str, share: float) -> float:
        """Mix the counts of a context with the estimate that a shorter one gave (Witten and Bell).

        The more different symbols follow a context, the likelier is yet another one. What was seen
        too rarely to be kept counts as such.
        """
        seen, different = self.followed.get(context, (0, 0))
        others = max(self.counts.get(context, 0) - seen, 0) + different + 1
        return (self.counts.get(context + symbol, 0) + others * share) / (seen + others)

    def is_common(self, symbol: str) -> bool:
        """Return whether a symbol is more than one in 50,000."""
        return self.counts.get(symbol, 0) * 50_000 > self.total

    def frequency(self, symbol: str) -> int:
        return self.counts.get(symbol, 0)


@cache
def load_ngrams() -> NgramModel:
    """Read the counts: about 0.2 s, once, and only for damaged text."""
    packed = resources.files("bot.text").joinpath(DATA_FILE).read_bytes()
    counts: dict[str, int] = {}
    followed: dict[str, tuple[int, int]] = {}
    for line in lzma.decompress(packed).decode("utf-16-le").split("\n"):
        before, _, followers = line.partition("\t")
        numbers = [_COUNTS[letter] for letter in followers[1::2]]
        counts.update(zip((before + symbol for symbol in followers[::2]), numbers, strict=True))
        followed[before] = sum(numbers), len(numbers)
    return NgramModel(counts, followed, followed[""][0])


def dump_ngrams(counts: Mapping[str, int]) -> bytes:
    """Return what `load_ngrams` reads, the same bytes for the same counts."""
    followers: dict[str, list[str]] = {}
    for symbols, count in sorted(counts.items()):
        followers.setdefault(symbols[:-1], []).append(symbols[-1] + _pack(count))
    lines = [f"{before}\t{''.join(after)}" for before, after in sorted(followers.items())]
    return lzma.compress("\n".join(lines).encode("utf-16-le"), preset=9)


# A count is kept as one letter: two steps for each doubling tell enough.
_STEPS = 2


def _pack(count: int) -> str:
    return chr(ord("0") + round(math.log2(count) * _STEPS))


_COUNTS = {chr(ord("0") + step): round(2 ** (step / _STEPS)) for step in range(64)}
