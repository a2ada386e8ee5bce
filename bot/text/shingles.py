"""Texts that say the same sentences about other things: a template filled in again."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.text.sentences import split_sentences
from bot.text.tokens import STOP_WORDS

# Chosen on one newsletter in which every second block is its neighbour with other facts, so it
# is a fit to that text: its near copies share .24 and more of their word pairs as paragraphs
# (.19 as whole blocks, one with a foreign closing attached), all its other pairs at most .13.
# Elsewhere the border is not clean. Among 1,500 passages each of a Korean and an English
# encyclopaedia and of paper abstracts it marks 7, 26 and 10 pairs: many repeat a formula
# ("the 160th pope", "a wrestling event produced by"), but different abstracts of one subject
# reach .21. A mark is therefore a hint to look, not a proof.
NEAR_COPY = 0.17

# Below this many words one shared phrase reaches the threshold by itself.
_MIN_WORDS = 20
# Texts are compared with the next few that share a word pair: copies stand near each other,
# and a phrase of every page must not make all pages candidates.
_NEIGHBOURS = 8
# At that length a single word pair in common is chance.
_MIN_SHARED = 2

_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_WORD = re.compile(r"\w+")

_Shingle = tuple[str, str]


def similarity(a: str, b: str) -> float:
    """Return the share of telling word pairs that both texts have, 0..1; symmetric."""
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
    # "of the" and "it is" belong to the language, not to a template: without them 26 instead
    # of 40 pairs of English passages are marked, and the newsletter's stay the same.
    return Counter(
        (first, second)
        for first, second in pairwise(words)
        if first not in STOP_WORDS or second not in STOP_WORDS
    )


def _share(a: Counter[_Shingle], b: Counter[_Shingle]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
