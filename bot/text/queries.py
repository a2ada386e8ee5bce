"""What a question is about: its search words, each with a weight."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from bot.text.tokens import tokenise

# Beyond this many different words a question is a document: its first words name its subject.
_MAX_WORDS = 400

# A Korean word says its subject first and its grammar last, so each further syllable pair says
# less: without this, "하였습니까" outweighs the name that is asked about. Measured on Korean
# questions as nDCG@10: .609 with equal weights, .650 so, .653 to .646 for factors .4 to .6.
_SYLLABLE_DECAY = 0.5
_LEAST_WEIGHT = 0.2

# Words that ask rather than name. They are rare where statements stand, so their rarity would
# make them look telling (nDCG@10 .660 with this on the same questions).
_ASKING = re.compile(r"누구|누가|무엇|무슨|뭐|뭔|언제|어디|어느|어떤|어떻|어때|왜|몇|얼마")
_ASKING_WEIGHT = 0.2

# English words of every subject. A small archive cannot know how common they are, and "how many
# people" must not find whatever counts people (nDCG@10 .8595 to .8605, .396 to .398, .923 to .925).
_EVERYDAY = frozenset(
    tokenise(
        """many much long old far tall big large high deep fast year name call people first last
        also most know mean different between make made use work get good best"""
    )
)
_EVERYDAY_WEIGHT = 0.5

# A term in the other language is as good as the term, but a pair that was harvested may be wrong.
_OTHER_NAME_WEIGHT = 0.5

_RUN = re.compile(r"[가-힣]+|[^가-힣]+")


def weigh_words(question: str) -> dict[str, float]:
    """Return the search words of a question and what each counts for, in order of occurrence.

    A word that is said twice counts twice. Empty when nothing in the question can be searched.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for run in _RUN.findall(unicodedata.normalize("NFKC", question)):
        weigh = _weigh_syllables if "가" <= run[0] <= "힣" else _weigh_names
        for word, weight in weigh(run):
            weights[word] += weight
        if len(weights) > _MAX_WORDS:
            break
    return dict(islice(weights.items(), _MAX_WORDS))


def add_other_names(
    question: Mapping[str, float], names: Iterable[tuple[str, str]]
) -> dict[str, float]:
    """Return the question with the other name of every term that it names in full.

    `names` are pairs that mean the same, in either order. What people wrote counts more: a
    word that is there already keeps its weight.
    """
    widened = dict(question)
    for one, other in names:
        for name, translation in ((one, other), (other, one)):
            said = tokenise(name)
            if said and question.keys() >= set(said):
                for word, weight in weigh_words(translation).items():
                    widened.setdefault(word, weight * _OTHER_NAME_WEIGHT)
    return widened


def _weigh_syllables(run: str) -> Iterator[tuple[str, float]]:
    weight = _ASKING_WEIGHT if _ASKING.match(run) else 1.0
    for position, pair in enumerate(tokenise(run)):
        yield pair, weight * max(_LEAST_WEIGHT, _SYLLABLE_DECAY**position)


def _weigh_names(run: str) -> Iterator[tuple[str, float]]:
    for word in tokenise(run):
        yield word, _EVERYDAY_WEIGHT if word in _EVERYDAY else 1.0
