"""Texts that say the same sentences about other things: a template filled in again."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.text.sentences import split_sentences

# Measured on a newsletter in which every second block is its neighbour with other facts: those
# pairs share .24 and more of their word pairs as paragraphs (.19 with a foreign closing
# attached), all other pairs at most .12. Paragraphs of one subject in encyclopaedias, abstracts
# and link lists stay under .14; the threshold lies between.
NEAR_COPY = 0.17

# Below this many words a shared phrase is chance or a heading.
_MIN_WORDS = 12
# Texts are compared with the next few that share a word pair: copies stand near each other,
# and a phrase of every page must not make all pages candidates.
_NEIGHBOURS = 8
# 12 words make 11 pairs: fewer common ones than this cannot reach the threshold.
_MIN_SHARED = 2

_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"\w+")

_Shingle = tuple[str, str]


def similarity(a: str, b: str) -> float:
    """Return the share of word pairs that both texts have, 0..1; symmetric, 1 for equal words."""
    return _share(_count_pairs(_words(a)), _count_pairs(_words(b)))


def find_near_copies(texts: Sequence[str]) -> list[tuple[int, int, float]]:
    """Return (index, later index, similarity) of each near copy, in order of the indices.

    A text that repeats whole sentences of another and is different otherwise (the same closing
    words, the same quotation) is no near copy of it.
    """
    drafts = [_Draft(text) for text in texts]
    return [
        (i, j, share)
        for i, j in sorted(_candidates(drafts))
        if (share := _share(drafts[i].pairs, drafts[j].pairs)) >= NEAR_COPY
        and _differs_throughout(drafts[i], drafts[j])
    ]


@dataclass
class _Draft:
    text: str

    @cached_property
    def words(self) -> list[str]:
        return _words(self.text)

    @cached_property
    def pairs(self) -> Counter[_Shingle]:
        return _count_pairs(self.words)

    @cached_property
    def sentences(self) -> dict[str, list[str]]:
        """The words of each sentence by the sentence itself."""
        return {sentence: _words(sentence) for sentence in split_sentences(self.text)}


def _candidates(drafts: Sequence[_Draft]) -> list[tuple[int, int]]:
    holders: defaultdict[_Shingle, list[int]] = defaultdict(list)
    for index, draft in enumerate(drafts):
        if len(draft.words) >= _MIN_WORDS:
            for shingle in draft.pairs:
                holders[shingle].append(index)
    shared = Counter(
        (index, other)
        for indices in holders.values()
        for place, index in enumerate(indices)
        for other in indices[place + 1 : place + 1 + _NEIGHBOURS]
    )
    return [pair for pair, times in shared.items() if times >= _MIN_SHARED]


def _differs_throughout(a: _Draft, b: _Draft) -> bool:
    """Compare what is left without the sentences that both have word for word."""
    rest_a = [w for s, words in a.sentences.items() if s not in b.sentences for w in words]
    rest_b = [w for s, words in b.sentences.items() if s not in a.sentences for w in words]
    if max(len(rest_a), len(rest_b)) < max(len(a.words), len(b.words)) / 4:
        return True  # next to nothing differs at all
    return _share(_count_pairs(rest_a), _count_pairs(rest_b)) >= NEAR_COPY


def _words(text: str) -> list[str]:
    return _WORD.findall(_ADDRESS.sub(" ", text).casefold())


def _count_pairs(words: Sequence[str]) -> Counter[_Shingle]:
    return Counter(pairwise(words))


def _share(a: Counter[_Shingle], b: Counter[_Shingle]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
