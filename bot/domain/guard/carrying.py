"""Whether a sentence is rather said of its sources than of anything else.

A likelihood ratio over its telling words. If the sentence is of the source, each of them is in it
with about the same chance, since people who sum up use words of their own; if not, with the chance
that a text of that length has the word anyway. So common words and long sources prove little.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.domain.guard.evidence import HANGUL, LATIN, Evidence, stem
from bot.domain.guard.terms import Terms
from bot.text.common_words import load_common_words
from bot.text.languages import Language
from bot.text.particles import is_inflected, strip_particle
from bot.text.tokens import STOP_WORDS

# Of the telling words of people's own summaries, a little more than this share is in the text: .68
# at the median of 476 one-line summaries of papers, .36 at the lowest twentieth.
_SHARE_OF_OWN = 0.5
# No word is proof by being rare: texts of one subject share its words.
_LEAST_CHANCE = 0.02
_MOST_CHANCE = 0.95
# With fewer telling words than this, one of them in the source is enough.
_FEWEST_WORDS = 3
# Refused is what is four times likelier of anything else than of its sources. Of people's own
# one-line summaries of papers about 1.5 % are, and some 85 % of those of another paper.
_LEAST_RATIO = math.log(1 / 4)

# With these a summary speaks of its text, whatever the text is.
_OF_TEXTS = frozenset(
    stem(word)
    for word in """paper article author study post blog text report story page work propose present
    introduce describe discuss explain show consider provide offer suggest argue claim say state
    note report cover summarize review demonstrate investigate address explore develop new novel
    approach method result main key 논문 기사 저자 필자 연구 글쓴이 포스트 소개 설명 정리 발표 공개
    제안 제시 분석 강조 언급 주장 평가 논의 방법 내용 결과""".split()  # noqa: SIM905 - reads better than quoted
)


@dataclass(frozen=True, slots=True)
class _Telling:
    word: str
    chance: float  # that a passage of any subject has it
    is_korean: bool


def is_carried(
    sentence: str, evidence: Sequence[Evidence], *, terms: Terms, language: Language
) -> bool:
    """Over sources in another language, only words with a known other name are compared."""
    is_foreign = any(each.language is not language for each in evidence)
    found = (
        _compare_terms(sentence, evidence, terms)
        if is_foreign
        else _compare_words(sentence, evidence)
    )
    if is_foreign or len(found) < _FEWEST_WORDS:
        is_little = is_foreign and len(found) < _FEWEST_WORDS
        return is_little or not found or any(is_there for is_there, _ in found)
    return sum(_weigh(is_there, chance) for is_there, chance in found) > _LEAST_RATIO


def tells_anything(sentence: str) -> bool:
    """Tell an empty phrase: nothing in it but grammar, or that there is a text."""
    return next(_telling_words(sentence), None) is not None


def _weigh(is_there: bool, chance: float) -> float:
    own = max(_SHARE_OF_OWN, chance + (1 - chance) * 0.3)
    return math.log(own / chance) if is_there else math.log((1 - own) / (1 - chance))


def _compare_words(sentence: str, evidence: Sequence[Evidence]) -> list[tuple[bool, float]]:
    length = sum(len(each.text) for each in evidence)
    return [
        (any(_has(each, telling) for each in evidence), _chance_in(telling.chance, length))
        for telling in dict.fromkeys(_telling_words(sentence))
    ]


def _compare_terms(
    sentence: str, evidence: Sequence[Evidence], terms: Terms
) -> list[tuple[bool, float]]:
    """Return no chances: a translation may choose other words, so one that is there is enough."""
    latin = {stem(word.casefold()) for word in LATIN.findall(sentence)}
    there = [True for each in evidence if latin & each.stems]
    return [
        *((is_there, 0.0) for is_there in terms.translate(sentence, evidence).values()),
        *((is_there, 0.0) for is_there in there),
    ]


def _has(evidence: Evidence, telling: _Telling) -> bool:
    if telling.is_korean:
        return telling.word in evidence.squeezed
    return telling.word in evidence.stems


def _chance_in(chance: float, length: int) -> float:
    """Return the chance that a text of so many characters has a word of any passage."""
    in_text: float = 1 - (1 - chance) ** (length / load_common_words().passage_chars)
    return min(max(in_text, _LEAST_CHANCE), _MOST_CHANCE)


def _telling_words(sentence: str) -> Iterator[_Telling]:
    common = load_common_words()
    for word in LATIN.findall(sentence):
        folded = word.casefold()
        is_telling = folded not in STOP_WORDS and stem(folded) not in _OF_TEXTS
        if is_telling and len(folded) > 1:
            yield _Telling(stem(folded), common.chance(stem(folded)), is_korean=False)
    for word in HANGUL.findall(sentence):
        noun = strip_particle(word)
        telling = next(
            (noun[:end] for end in range(len(noun), 1, -1) if noun[:end] in common.nouns), ""
        )
        if (
            not telling
            and len(noun) > 1
            and noun[:2] not in common.predicates
            and not is_inflected(word)
        ):
            telling = noun
        if telling and telling not in _OF_TEXTS:
            yield _Telling(telling, common.chance(telling), is_korean=True)
