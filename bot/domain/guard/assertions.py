"""What a sentence asserts: its telling words in order, and which of them it denies.

There is no parser here. A denial reaches the word it stands at; the other words of its clause may
be denied with it or not, and so they tell nothing.
"""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from bot.domain.guard.denials import DENIED, SAID, find_denials, is_denial
from bot.domain.guard.ranges import find_ranges
from bot.domain.guard.readings import KOREAN, LATIN, NUMBER, Token, split_tokens
from bot.domain.guard.scales import Ends, ends_of, lemma
from bot.text.common_words import load_common_words
from bot.text.particles import strip_particle
from bot.text.quantities import find_quantities
from bot.text.tokens import STOP_WORDS

_EMPTY_KO = re.compile(
    r"(?:있|하[다고는여며면기지]|한다|했다|합니|되[다고는며면어]|된다|됐다|됩니|것|등|및|때|통해|위해|위한|대해|대한|따라|따른|관한"
    r"|이런|그런|이러|그러|이는|이를|이에|그는|그의|그리고|하지만|또한|또는|더|매우|가장|같[은이다]|경우|측|쪽|수|적|바|줄)"
)
# Verbs that mean little and yet may be denied, by all their forms: 해야 한다, 도움이 된다, 알 수 있다.
_LIGHT = (
    (re.compile(r"(?:하|한|했|할|함|합|해)(?:다|는다|습니다|니다|지|지는|지도|여야|야|면|고|며|음)?"), "하"),
    (re.compile(r"(?:되|된|됐|될|됨|됩|돼|되었)(?:다|습니다|니다|지|지는|지도|야|면|고|며|음)?"), "되"),
    (re.compile(r"수(?:는|가|도|조차)?"), "수"),
)  # fmt: skip
_SURELY_EMPTY = re.compile(r"측|쪽|것|수|때|등")
_ENGLISH_EMPTY = STOP_WORDS | frozenset(
    "than not no yet just only even while because since though although one".split()  # noqa: SIM905 - reads better than quoted
)
_NEGATIVE = re.compile(
    r"(?:un|non)(?=[a-z]{4})|(?:in|im|ir|il|dis)(?=[a-z]{4,}(?:able|ible|ent|ant|ate|al|ive|ect|ure|lete|id|ful)(?:ly)?$)"
)
_NEGATIVE_KO = re.compile(r"[미불비](?=[가-힣]{2})|부(?=정확|적절|적합|도덕|자연|당하|당한|족하지)")
_ENDING = re.compile(
    unicodedata.normalize(
        "NFD",
        "(?:습니다|는다|다|지만|지|고|으며|며|으면|면|게|기|도록|음|은|는|을|던|아서|어서)$",
    )
)
_LAST_CONSONANT = re.compile("(?:\u11ab|\u11af|\u11b7|\u11b8|\u11bb)$")
_PAST = re.compile(unicodedata.normalize("NFD", "(?:었|았|였|어|아|여)$"))
_CONTRACTED = {"해": "하", "돼": "되"}
_SHORTEST_NOUN = 2
_PASSIVE_KO = re.compile(r"되|됐|된|될|됨|됩|돼|당하|당했|당한|당함|밀려|밀렸|밀린|뒤[처쳐져졌]")


@dataclass(frozen=True, slots=True)
class Word:
    """`key`: what its other forms have, too; `polarity`: said, denied or untold."""

    key: str
    place: int
    clause: int
    polarity: int = SAID
    ends: Ends = field(default_factory=dict)
    kind: str = LATIN
    role: str = ""
    is_name: bool = False
    is_passive: bool = False
    is_light: bool = False


@dataclass(frozen=True)
class Assertion:
    """`marks`: the places of "by", which turns who and whom round; `ranges`: from what to what.

    `measures`: its numbers, each with what it measures, or "".
    """

    words: tuple[Word, ...]
    marks: dict[str, tuple[int, ...]]
    ranges: frozenset[tuple[str, str]] = frozenset()
    measures: frozenset[tuple[float, str]] = frozenset()
    is_question: bool = False

    @cached_property
    def keys(self) -> frozenset[str]:
        """Return what it speaks of, without where on a scale and what any sentence has."""
        return frozenset(word.key for word in self.words if not (word.ends or word.is_light))

    def clauses(self) -> Iterator[Assertion]:
        for clause in dict.fromkeys(word.clause for word in self.words):
            words = tuple(word for word in self.words if word.clause == clause)
            yield replace(self, words=words)


def read_assertion(sentence: str) -> Assertion:
    tokens = split_tokens(sentence)
    denials = find_denials(tokens)
    words = tuple(
        _read(token, tokens, denials.get(token.place, SAID))
        for token in tokens
        if _is_telling(token)
    )
    marks = {mark: tuple(token.place for token in tokens if token.text == mark) for mark in ("by",)}
    measures = ((each.value, each.measure) for each in find_quantities(sentence))
    return Assertion(
        words,
        marks,
        find_ranges(sentence),
        frozenset(measures),
        is_question=sentence.rstrip().endswith("?"),
    )


def _is_telling(token: Token) -> bool:
    if token.kind == NUMBER:
        return True
    if is_denial(token):
        return False
    if token.kind == LATIN:
        return token.text not in _ENGLISH_EMPTY and len(token.text) > 1
    if _light(token.text):
        return True
    if _SURELY_EMPTY.match(token.text) and len(token.text) <= 2:
        return False
    return bool(ends_of(token.text)) or (len(token.text) > 1 and not _EMPTY_KO.match(token.text))


def _read(token: Token, tokens: Sequence[Token], polarity: int) -> Word:
    if token.kind == NUMBER:
        return Word(token.text.replace(",", ""), token.place, token.clause, kind=NUMBER)
    if token.kind == KOREAN and (light := _light(token.text)):
        return Word(light, token.place, token.clause, polarity, kind=KOREAN, is_light=True)
    if token.kind == LATIN:
        key, is_negative = _english_key(token.text)
        ends = ends_of(lemma(token.text))
        is_name = not token.surface.islower() and (
            not token.is_first or not load_common_words().is_english(token.surface)
        )
    else:
        key, is_negative = _korean_key(token.text)
        ends, is_name = ends_of(token.text), False
    return Word(
        key,
        token.place,
        token.clause,
        polarity=polarity * (DENIED if is_negative and not ends else SAID),
        ends=ends,
        kind=token.kind,
        role=_role(token, tokens),
        is_name=is_name,
        is_passive=token.kind == KOREAN and _PASSIVE_KO.search(token.text) is not None,
    )


def _role(token: Token, tokens: Sequence[Token]) -> str:
    """Return the role that its particle gives it, or that of the noun it stands before."""
    for other in tokens[token.place : token.place + 2]:
        if other.role or (other.kind == KOREAN and other.place > token.place + 1):
            return other.role if other.clause == token.clause else ""
    return ""


def _light(word: str) -> str:
    return next((key for form, key in _LIGHT if form.fullmatch(word)), "")


@lru_cache(maxsize=1 << 15)
def _english_key(word: str) -> tuple[str, bool]:
    negative = _NEGATIVE.match(word)
    if negative and load_common_words().is_english(word[negative.end() :]):
        return lemma(word[negative.end() :]), True
    return lemma(word), False


@lru_cache(maxsize=1 << 15)
def _korean_key(word: str) -> tuple[str, bool]:
    negative = _NEGATIVE_KO.match(word)
    if negative and (noun := _noun(word[1:])) and not _noun(word[:2]):
        return noun, True
    return _noun(word) or korean_stem(word), False


def _noun(word: str) -> str:
    nouns = load_common_words().nouns
    bare = strip_particle(word)
    ends = range(len(bare), _SHORTEST_NOUN - 1, -1)
    return next((bare[:end] for end in ends if bare[:end] in nouns), "")


@lru_cache(maxsize=1 << 15)
def korean_stem(word: str) -> str:
    """Return the stem of a verb or adjective, about: 늘었다, 늘지 and 는다 have one.

    A noun that nobody counted loses its particle alone.
    """
    bare = strip_particle(word)
    if bare != word:
        return bare
    letters = unicodedata.normalize("NFD", word)
    without = _ENDING.sub("", letters)
    if without == letters and not _LAST_CONSONANT.search(letters):
        return bare
    without = _PAST.sub("", _LAST_CONSONANT.sub("", without))
    found = unicodedata.normalize("NFC", without) or bare
    return _CONTRACTED.get(found[-1], found[-1]).join((found[:-1], ""))
