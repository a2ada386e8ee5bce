"""Korean definitions: 대규모 언어 모델(LLM)이란 … 말한다, Reflexion은 … 프레임워크입니다."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from bot.text.definitions.defining import (
    LONGEST_SENTENCE,
    MOST_PLACES,
    Definition,
    bare,
    define,
    quotable_sentence,
    start_of_sentence,
)
from bot.text.particles import is_inflected, strip_particle
from bot.text.term_names import read_other_name

_TERM_CHARS = range(2, 41)
_LEAST_SAID = 22  # characters; what says less beside a bare name says too little
_TERM = re.compile(
    r"(?P<term>[가-힣A-Za-z0-9][가-힣A-Za-z0-9+#./-]*?(?:\s[가-힣A-Za-z0-9+#./-]+?){0,3}?)"
    r"(?:\s?[(（](?P<other>[^()（）\n]{2,80})[)）])?"
    r"(?P<mark>이란|란|라는 것은|은|는),?\s(?P<rest>[^\n]{10,})"
)
_KIND = (
    "기술|기법|방법|방법론|방식|모델|알고리즘|프레임워크|라이브러리|도구|플랫폼|시스템|구조|아키텍처|개념"
    "|과정|작업|절차|기능|프로토콜|규약|표준|언어|데이터셋|데이터세트|벤치마크|지표|척도|함수|연산"
    "|네트워크|신경망|서비스|소프트웨어|프로그램|엔진|데이터베이스|저장소|패턴|전략|원리|이론|분야|학문"
    "|현상|형식|포맷|인터페이스|API|환경|장치|컴포넌트|모듈|패러다임|접근법|메커니즘|서버|컨테이너|명령어"
    "|유틸리티|객체|자료구조|자료 구조|행위|공격|활동|기준|단위|집합|확률|분포|값|것"
)
_IS_KIND = re.compile(rf"(?:{_KIND})(?:이다|입니다|다)\.$")
_MEANT = tuple(
    """말한 말합니 뜻한 뜻합니 의미한 의미합니 일컫는 일컫습니 가리킨 가리킵니 지칭한
    지칭합니""".split()  # noqa: SIM905 - reads better than quoted
)
_MEANS = re.compile(rf"(?:{'|'.join(_MEANT)})다\.$")
# The last letters of each kind, to pass over most sentences without a pattern.
_KIND_ENDS = frozenset(each[-2:] for each in _KIND.split("|"))

_NO_TERM = re.compile(
    r"^(?:\d+|이|그|저|이것|그것|저것|이는|그는|이런|그런|우리|저희|여기|거기|또|또한|하지만|그러나|그리고"
    r"|따라서|다음|첫|두|세|각|모든|어떤|무엇|누구|가장|본|해당|위|아래|앞|뒤|만약|만일|즉|물론|사실|결국"
    r"|보통|일반적으로|여기에서|먼저|마지막으로|특히|다만|반면|한편|요즘|그래서|그런데|다시|때문에|이때"
    r"|그때|이처럼|이렇게)(?:\s|$)"
    r"|(?:목적|목표|특징|장점|단점|방법|결과|이유|문제|핵심|역할|차이|차이점|경우|과정|내용|부분|것|점|때"
    r"|수|중|사람|사용자|회사|기업|저자|필자|방식|단계|예|예시|기능|의미|질문|답|해결책|대표|생각|원인"
    r"|효과|시간|주제)$"
)
# 지칭되는 before a noun looks like a term with 는; a lone particle stands behind a foreign name.
_CLAUSE = re.compile(
    r"(?:하|되|있|없|않|시키|이루|다루|지|같)$|\s(?:로|으로|을|를|은|는|이|가|의|에|와|과)(?:\s|$)|[./-]$"
)
# What is compared, ranked, denied or explained is not defined.
_TOLD_APART = re.compile(
    r"다\.|[.!?]\[?\d*\]?\s|\.\[|이고,|는데|이는|지만|반면|반해|가장|때문|아니|그런|그러|않"
)
_JUDGES = re.compile(
    r"(?:중요한|필수적인|이상적인|좋은|최고의|최적의|핵심|핵심적인|유용한|훌륭한|쉬운|흔한|완벽한|필요한"
    r"|적합한|한 가지|주요|대표적인|가능한|새로운|같은|올바른|효과적인|효율적인|어려운|다른|뛰어난"
    r"|필수|이런|그런|있는|없는|가벼운)\s(?:\S+\s)?\S+$"
)
_IS_VAGUE = re.compile(r"(?:것|값|기능|부분|작업|활동|구조|과정|환경|서비스)(?:이다|입니다)\.$")
_NAME = re.compile(r"[A-Z]{2}|[a-z][A-Z]|[a-z]\d|^[A-Z][a-z]")


def korean_definitions(text: str, subjects: str) -> Iterator[Definition]:
    for last in islice(_endings(text), MOST_PLACES):
        start = start_of_sentence(text, last, reach=LONGEST_SENTENCE)
        if start is None:
            continue
        end = last + len("다.")
        match = _TERM.match(text, start, end)
        if match is None or not _is_definition(match, subjects):
            continue
        sentence = quotable_sentence(text, start)
        if len(sentence) == end - start:
            inside = match["other"] or ""
            yield define(match["term"], inside=inside, sentence=sentence, place=start)


def _endings(text: str) -> Iterator[int]:
    """Yield where sentences end that may say what something is or means: at their 다."""
    last = text.find("다.")
    while last >= 0:
        if text[last - 1 : last] in "이니":
            noun = last - (2 if text[last - 2 : last] == "입니" else 1)
            is_kind = text[noun - 2 : noun] in _KIND_ENDS or text[noun - 1 : noun] in "값것"
            if is_kind or text[last - 4 : last].endswith(_MEANT):
                yield last
        elif text[last - 3 : last].endswith(_MEANT):
            yield last
        last = text.find("다.", last + 2)


def _is_definition(match: re.Match[str], subjects: str) -> bool:
    """Take a bare everyday word for a term only where title or headings are about it."""
    term, rest = match["term"], match["rest"]
    if not _is_term(term) or _TOLD_APART.search(rest[:-2]) or _JUDGES.search(rest):
        return False
    if not (_MEANS.search(rest) or _IS_KIND.search(rest)):
        return False
    is_asked = match["mark"] in ("이란", "란", "라는 것은")
    if is_asked or read_other_name(term, match["other"] or ""):
        return True
    is_named = _NAME.search(term) is not None or bare(term) in subjects
    return is_named and len(rest) >= _LEAST_SAID and not _IS_VAGUE.search(rest)


def _is_term(term: str) -> bool:
    words = term.split()
    if len(term) not in _TERM_CHARS or _NO_TERM.search(term) or _CLAUSE.search(term):
        return False
    if len(words) > len(set(words)):  # a heading that ran into its text
        return False
    return not any(strip_particle(word) != word or is_inflected(word) for word in words)
