"""What a question is about: its search words, each with a weight."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from bot.text.languages import Language, spoken_language
from bot.text.particles import is_inflected, strip_particle
from bot.text.ranking import Statistics
from bot.text.tokens import STOP_WORDS, tokenise

# Beyond this many different words a question is a document: its first words name its subject.
_MAX_WORDS = 400

# A Korean word says its subject first and its grammar last, so each further syllable pair says
# less: without this, "하였습니까" outweighs the name that is asked about. Measured on Korean
# questions as nDCG@10: .609 with equal weights, .650 so, .653 to .646 for factors .4 to .6.
_SYLLABLE_DECAY = 0.5
_LEAST_WEIGHT = 0.2
# A pair with a syllable of a particle in it says which case, not which thing.
_CROSSING = 0.4

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

# The other name of a term that the archive writes itself adds little, and may come from a wrong
# pair (Korean text with English terms in it: nDCG@10 .699 without, .707 at 0.3, .695 at 0.5). Of
# a term that it never writes, the other name is all there is (Korean questions on English text:
# .207 without, .438 at 0.3 for both).
_OTHER_NAME_WEIGHT = 0.3
_ONLY_NAME_WEIGHT = 0.8

# What ends a question, or hangs on a name in Latin letters: grammar, however rare it is.
_PARTICLE = re.compile(
    r"(?:이?란|은|는|이|가|을|를|의|에|에서|에게|와|과|도|만|로|으로|이?랑|하고|까지|부터|보다|처럼"
    r"|이?라는|이?나)?(?:인가요?|이?[야죠]|이?예요|이에요|입니까|일까요?|인지)?"
)
_PREDICATE = re.compile(
    r"(?:[나까가네어아해워줘려돼데래죠지]요|니까|[은는인던]가|[았었했겠있없됐렸겼웠][어나니지다음]"
    r"|[가-힣][까냐니죠나해돼야지줘])$"
)
_PREDICATE_WEIGHT = 0.4
# "색인인가요" is a noun all the same.
_COPULA = re.compile(r"[가-힣]{2}(?:인가요?|이야|이?예요|이에요|입니까|일까요?|인지)$")
# Nouns that ask or compare, whatever the subject.
_EVERYDAY_NOUN = re.compile(
    r"이유|방법|차이|경우|내용|종류|정도|의미|사용|가능|필요|설명|알려|적당|제일|가장|처음|다음|우리|개수|수[는가]?$"
)

_WHAT = r"(?:뭐|뭔|뭘|무엇|무슨\s*(?:뜻|말|의미))"
_ASKS_WHAT_IS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<term>.+?)\s*(?:이?란|이라는\s*것은)(?:\s+{_WHAT}\w*)?",
        rf"(?P<term>.+?)\s*(?:은|는|이|가)?\s+{_WHAT}\w*",
        r"(?P<term>.+?)\s*(?:에 대해서?|을|를)\s*(?:알려|설명해).*",
        r"(?P<term>.+?)의?\s+(?:뜻|의미|정의)\w*",
        r"(?:what(?:'s|\s+is|\s+are)|define|explain)\s+(?:an?\s+|the\s+)?(?P<term>.+?)(?:\s+mean)?",
        r"what\s+(?:does|do)\s+(?P<term>.+?)\s+mean",
    )
)
_TERM_WORDS = 4
# "capital of France", "해임된 이유": what is asked is not what the words mean.
_PARTS_TERMS = re.compile(
    rf"\b(?:of|in|for|as|to|at|on|with|not|made|most|\w+est)\b|['’]s\b|{_EVERYDAY_NOUN.pattern}",
    re.I,
)
_ASKS_IN_ENGLISH = re.compile(
    r"(?:who|whom|whose|how|when|where|why|which|what|is|are|was|were|do|does|did|can|could|should"
    r"|will|would|has|have)\b",
    re.IGNORECASE,
)
# How sure it is that a word is said when only its other name is.
_TRANSLATED = 0.8

_HANGUL = re.compile("[가-힣]")
_DIGIT = re.compile(r"\d")
_LATIN_NAME = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:[-.+#&/][A-Za-z0-9]+)*")

_RUN = re.compile(r"[가-힣]+|[^가-힣]+")
_SPOKEN = re.compile(r"[가-힣]+|[^\W가-힣](?:[^\s가-힣?!,;()\"]*[^\W가-힣])?")
# "What does it train?" A verb is said otherwise as often as not.
_ENDS_IN_VERB = re.compile(
    r"\b(?:what|which|where|who|whom)\b.*\b(?:do|does|did|can|could)\b", re.IGNORECASE
)


def weigh_words(question: str) -> dict[str, float]:
    """Return the search words of a question and what each counts for, in order of occurrence.

    A word that is said twice counts twice. Empty when nothing in the question can be searched.
    """
    weights: defaultdict[str, float] = defaultdict(float)
    for match in _RUN.finditer(unicodedata.normalize("NFKC", question)):
        for word, weight in _weigh_run(match):
            weights[word] += weight
        if len(weights) > _MAX_WORDS:
            break
    return dict(islice(weights.items(), _MAX_WORDS))


def find_telling_words(question: str) -> Iterator[str]:
    """Yield what names something in a question, as it stands there: no grammar, nothing everyday.

    Of Korean words the noun; a noun of one syllable is not told from its particle and left out.
    """
    text = unicodedata.normalize("NFKC", question)
    words = list(_SPOKEN.finditer(text))
    is_korean = _HANGUL.search(text) is not None
    for place, match in enumerate(words, start=1):
        word = match[0]
        if _HANGUL.match(word):
            noun = strip_particle(word)
            is_short = len(word) < 2 or (len(word) == 2 and _PARTICLE.fullmatch(word[1:]))
            weight = 0.0 if is_short else _weigh_korean(word, before=text[: match.start()][-1:])
        else:
            noun = word.strip("'’")
            is_last = place == len(words) and not is_korean and noun.islower()
            is_verb = is_last and (noun.endswith("ed") or _ENDS_IN_VERB.search(text))
            weight = 0.0 if is_verb else max((w for _, w in _weigh_names(noun)), default=0.0)
        if weight > _EVERYDAY_WEIGHT:
            yield noun


def names_nothing(question: str) -> bool:
    """Whether there is no word in it that names a subject: "뭐 있었어?", "what was there?"."""
    return max(weigh_words(question).values(), default=0.0) < _EVERYDAY_WEIGHT


@dataclass(frozen=True, slots=True)
class OtherName:
    """A term that a question names, and what else it is called; both as search words."""

    said: frozenset[str]
    translation: Mapping[str, float]


def find_other_names(
    question: Mapping[str, float], names: Iterable[tuple[str, str]]
) -> tuple[OtherName, ...]:
    """Return the other names of the terms that the question names in full, longest terms first.

    `names` are pairs that mean the same, in either order. What is only a part of a longer term
    is left out: who asks for reinforcement learning does not ask for learning.
    """
    asked = frozenset(question)
    found = [
        (words, translation)
        for pair in names
        for name, translation in (pair, pair[::-1])
        if (words := _words_of(name)) and words <= asked
    ]
    found.sort(key=lambda each: -len(each[0]))
    return tuple(
        OtherName(said, weigh_words(translation))
        for said, translation in found
        if not any(said < longer for longer, _ in found)
    )


def add_other_names(
    question: Mapping[str, float], names: Iterable[OtherName], *, statistics: Statistics
) -> dict[str, float]:
    """Return the question with the other names of its terms.

    What people wrote counts more: a word that is there already keeps its weight. And a name is
    worth no more than what it translates: where everyone writes 모델, "model" is rare, not telling.
    """
    widened = dict(question)
    for name in names:
        worth = max(statistics.rarity(word) for word in name.said)
        is_known = all(statistics.passages_with.get(word) for word in name.said)
        factor = _OTHER_NAME_WEIGHT if is_known else _ONLY_NAME_WEIGHT
        for word, weight in name.translation.items():
            share = min(1.0, worth / statistics.rarity(word))
            widened.setdefault(word, weight * share * factor)
    return widened


def recognise(said: Collection[str], names: Iterable[OtherName]) -> dict[str, float]:
    """Return how sure it is that each word is said: 1 by itself, less by its other name."""
    translated = {
        word: _TRANSLATED
        for name in names
        if said and all(word in said for word in name.translation)
        for word in name.said
    }
    return translated | dict.fromkeys(said, 1.0)


def language_of_question(question: str) -> str:
    """Return the language to answer in; "" where only names are said, Latin in both languages."""
    language = spoken_language(question)
    is_told = language != Language.EN or not STOP_WORDS.isdisjoint(question.casefold().split())
    return language if is_told else ""


def find_subject(question: str) -> frozenset[str]:
    """Return the search words of the term whose meaning is asked for; empty if something else is.

    "LoRA가 뭐야?", "What is LoRA?", "LoRA란?" and "LoRA" ask for it.
    """
    text = unicodedata.normalize("NFKC", question).strip(" \t\n?!.")
    asked = (pattern.fullmatch(text) for pattern in _ASKS_WHAT_IS)
    term = next((match["term"] for match in asked if match is not None), "")
    *before, last = (term or text).split() or [""]
    is_one_term = len(before) < _TERM_WORDS and not _PARTS_TERMS.search(term or text)
    if not is_one_term or any(map(_is_grammatical, before)) or (not term and _is_asking(text)):
        return frozenset()
    return frozenset(tokenise(" ".join([*before, strip_particle(last)])))


def _is_grammatical(word: str) -> bool:
    return is_inflected(word) or strip_particle(word) != word


def _is_asking(text: str) -> bool:
    signs = (_ASKING.search(text), _PREDICATE.search(text), _ASKS_IN_ENGLISH.match(text))
    return any(signs) or _is_grammatical((text.split() or [""])[-1])


def find_proper_names(question: str) -> list[str]:
    """Return what the question calls by name in Latin letters: LoRA, GPT-5, Chinchilla.

    Every Latin word is a name in a Korean question; in an English one, what has a capital letter
    or a digit and does not begin the sentence.
    """
    text = unicodedata.normalize("NFKC", question)
    is_korean = _HANGUL.search(text) is not None
    return [
        match[0]
        for match in _LATIN_NAME.finditer(text)
        if tokenise(match[0])
        and (is_korean or (match.start() > 0 and not match[0].islower()) or _DIGIT.search(match[0]))
    ]


@lru_cache(maxsize=1 << 12)
def _words_of(name: str) -> frozenset[str]:
    return frozenset(tokenise(name))


def _weigh_run(match: re.Match[str]) -> Iterator[tuple[str, float]]:
    run = match[0]
    if not "가" <= run[0] <= "힣":
        yield from _weigh_names(run)
        return
    weight = _weigh_korean(run, before=match.string[: match.start()][-1:])
    stem = max(1, len(strip_particle(run)) - 1)
    for position, pair in enumerate(tokenise(run)):
        in_word = 1.0 if position < stem else _CROSSING
        yield pair, weight * in_word * max(_LEAST_WEIGHT, _SYLLABLE_DECAY**position)


def _weigh_korean(run: str, *, before: str) -> float:
    if _ASKING.match(run) or (before.isascii() and before.isalnum() and _PARTICLE.fullmatch(run)):
        return _ASKING_WEIGHT
    if _PREDICATE.search(run) and not _COPULA.search(run):
        return _PREDICATE_WEIGHT
    return _EVERYDAY_WEIGHT if _EVERYDAY_NOUN.match(run) else 1.0


def _weigh_names(run: str) -> Iterator[tuple[str, float]]:
    for word in tokenise(run):
        yield word, _EVERYDAY_WEIGHT if word in _EVERYDAY else 1.0
