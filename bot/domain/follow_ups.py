"""Questions that lean on what was said before them in the same thread."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.domain.answers import Answer
from bot.domain.exchanges import Exchange
from bot.domain.models import Kind, LinkRecord, Related
from bot.text.queries import (
    find_proper_names,
    find_subject,
    find_telling_words,
    names_nothing,
    weigh_words,
)
from bot.text.tokens import tokenise

_MOST_CHARS = 300  # of what was asked before
_FEW_WORDS = 4
_OWN_SHARE = 0.5
_THING = (
    r"논문|글|링크|기사|자료|페이지|모델|도구|라이브러리|프로젝트|저장소"
    r"|레포|영상|발표|방법|기법|노트|책|회사|팀"
)
_BACK = re.compile(
    rf"(?<![가-힣])(?:(?:그|이|저|해당|위)\s?(?:{_THING})|(?:그|이|저)(?:거|걸|게|건|것)|거기)"
    r"(?:은|는|이|가|을|를|의|에|에서|도|로|으로|과|와|랑)?(?![가-힣])"
    r"|\b(?:it|its|they|them|their|theirs|that one|this one|there"
    r"|(?:that|this|the|those|these)\s+(?:paper|article|page|post|link|repo|repository|model|tool"
    r"|library|project|video|talk|method|note|book|company|team)s?)\b",
    re.IGNORECASE,
)
_ASKS_SHARER = re.compile(
    r"누가.{0,12}(?:공유|올렸|올린|저장|추천|보냈|남겼)|(?:공유한|올린|저장한)\s*(?:사람|분)"
    r"|\bwho\s+(?:has\s+)?(?:shared|saved|posted|added|sent)\b",
    re.IGNORECASE,
)
_ASKS_CODE = re.compile(
    r"코드|소스|저장소|레포|깃허브|\b(?:code|source|repo(?:sitory)?|github)\b", re.IGNORECASE
)
_CODE_ADDRESS = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|codeberg\.org)/[\w.-]+/[\w.-]*\w"
)


def ask_with(question: str, before: Exchange) -> str:
    """Return the question with what it leans on: of its own words first."""
    return f"{own_words(question)} {before.asked[:_MOST_CHARS]}".strip()


def refers_back(question: str) -> bool:
    """Whether it names its subject by what was said before, or not at all."""
    return bool(_BACK.search(question)) or asks_who_shared(question) or names_nothing(question)


def may_refer_back(question: str) -> bool:
    return len(question.split()) <= _FEW_WORDS


def names_subject(question: str) -> bool:
    """Whether it says what it asks about, not only what of it: "라이선스는?" does not."""
    words = own_words(question)
    is_named = bool(find_subject(words) or find_proper_names(words))
    return is_named or len(set(find_telling_words(words))) > 1


def own_words(question: str) -> str:
    return " ".join(_BACK.sub(" ", question).split())


def asks_who_shared(question: str) -> bool:
    """Whether it asks that alone: who names a subject asks about that."""
    match = _ASKS_SHARER.search(question)
    rest = _BACK.sub(" ", question).split()
    return match is not None and len(rest) <= _FEW_WORDS


def asks_for_code(question: str) -> bool:
    return bool(_ASKS_CODE.search(question)) and len(own_words(question).split()) <= _FEW_WORDS


def find_code(link: LinkRecord) -> Iterator[Related]:
    """Yield where a link's code is: what was saved with it, then what its page links to."""
    told = set()
    for each in link.related:
        if each.kind is Kind.DEV:
            told.add(each.url)
            yield each
    for url in dict.fromkeys(_CODE_ADDRESS.findall(link.text)):
        if url not in told:
            yield Related(url, url.partition("//")[2], Kind.DEV)


def is_about(question: str, answer: Answer) -> bool:
    """Whether the first quote says what is new in the question, not only what was said before."""
    weights = weigh_words(own_words(question))
    if not answer.citations or names_nothing(own_words(question)):
        return answer.is_answered
    first = answer.citations[0]
    said = set(tokenise(f"{first.title}\n{first.heading}\n{first.quote}"))
    covered = sum(weight for word, weight in weights.items() if word in said)
    return covered >= _OWN_SHARE * sum(weights.values())
