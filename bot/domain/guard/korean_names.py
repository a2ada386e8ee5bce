"""Names in Hangul, which do not show as names.

What is neither in a source, nor grammar, nor made of common nouns, nor a translation or the sound
of something in a source, is taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.domain.guard.evidence import Evidence
from bot.domain.guard.terms import well_known
from bot.text.common_words import load_common_words
from bot.text.languages import Language
from bot.text.particles import strip_particle

_ROLE = re.compile(
    r"(?P<name>[가-힣]{2,4})\s?(?P<role>교수|박사|대표|씨|연구원|회장|장관|의원|기자|감독|총리|대통령|사장|팀장"
    r"|부사장|이사|작가|변호사|선수|연구소장|소장|센터장|원장|총장|수석|책임|CEO|CTO|CFO|COO)"
    r"(?=[가-힣]{0,3}(?:\s|[.,!?)]|$))"
)
_SURNAMES = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도소석선설마길연위표명기반왕금옥육인맹제모탁국어은편용"
)
# What hangs on digits or Latin letters is a unit or grammar: 256개로.
_HANGUL_WORD = re.compile(r"(?<![A-Za-z0-9가-힣])[가-힣]+")
# Of words as short as a loanword's stem, what is foreign to a translated text is mostly a term.
_SYLLABLES_OF_NAME = 3
# What Korean hangs on a loanword: 인스턴스화, 체크섬인, 디버그하기.
_BUILT_ON = re.compile(r"(?<=..)(?:화|인|일|이?면|[하되한된할될][가-힣]{0,2})$")


def find_korean_names(
    sentence: str, evidence: Sequence[Evidence], translated: Sequence[str]
) -> Iterator[str]:
    """Yield what no source has. `translated`: what it has by another name."""
    for match in _ROLE.finditer(sentence):
        name = match["name"]
        is_person = name[0] in _SURNAMES and len(name) == _SYLLABLES_OF_NAME
        if is_person and not _has_korean(name, evidence) and name not in load_common_words().nouns:
            yield match[0]
    is_translated = any(each.language is not Language.KO for each in evidence)
    is_known: Callable[[str], bool] = load_common_words().is_korean
    words = _HANGUL_WORD.findall(sentence)
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        noun = strip_particle(word)
        noun = noun.removesuffix("들") if len(noun) > 2 else noun
        is_well_known = noun in well_known() and noun not in translated
        is_common = len(word) < 2 or (not is_well_known and is_known(word))
        if is_common or _has_korean(word, evidence):
            continue
        if is_translated and len(noun) < _SYLLABLES_OF_NAME and not is_well_known:
            continue
        if not is_well_known and any(
            term in noun or noun in term for term in translated if len(term) > 1
        ):
            continue
        if _is_made_of_source(noun, evidence):
            continue
        # What English writes as one word may be two, and the other way round: 서브 클래싱.
        spellings = (noun, _BUILT_ON.sub("", noun), before + noun, noun + strip_particle(after))
        if any(each.sounds_like(spelling) for each in evidence for spelling in spellings):
            continue
        yield noun


def _has_korean(word: str, evidence: Sequence[Evidence]) -> bool:
    noun = strip_particle(word)
    return any(noun in each.squeezed or word in each.squeezed for each in evidence)


def _is_made_of_source(noun: str, evidence: Sequence[Evidence]) -> bool:
    """Tell whether a word is one of a source and a common one: 트렐리스 + 서버, 깃 + 사용자."""
    words = load_common_words()
    for each in evidence:
        longest = next(
            (size for size in range(len(noun) - 1, 1, -1) if noun[:size] in each.squeezed), 0
        )
        if longest and words.is_korean(noun, known=(noun[:longest],)):
            return True
        rest = noun[longest:]
        if longest and len(rest) > 1 and (rest in each.squeezed or words.is_korean(rest)):
            return True
    return False
