"""What a question asks for beside its subject, and whether a text has it.

Who asks for the licence of a database does not ask what the database is.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from bot.text.common_words import load_common_words
from bot.text.quantities import NAME, find_quantities
from bot.text.queries import find_proper_names, find_telling_words
from bot.text.tokens import tokenise
from bot.text.windows import ASKS_HOW_MANY, ASKS_WHEN, DATE, SPELLED

# A word is said by another one that begins like it: founded and founder, produced and production.
_STEM_CHARS = 4
_ENDING_CHARS = 2
_MOST_CHARS = 1000  # of a question: who pastes a page asks with its beginning

_HANGUL = re.compile("[가-힣]")
# A noun with what makes it the subject or object of a sentence, as makers are.
_KOREAN_PARTY = re.compile("([가-힣]{2,})[이가은는의을를와과](?![가-힣])")
# 브랜치(branch) is a term, 김민지(Kim Minji) a name.
_GLOSSED = re.compile(r"[가-힣]+\s?\([a-z][^()]*\)[가-힣]*")
# What asks for some of what is told about a thing, and is not called so where that stands.
_ASKS_MORE = re.compile(
    r"[장단]점|특징|역할|기능|목적|원리|핵심|개념|한계|의의|주제|내용|배경"
    r"|(?:advantage|drawback|benefit|disadvantage|feature|role|function|purpose|idea|limitation|principle"
    r"|concept|point|topic|background|downside|trade-?off|example)s?$",
    re.IGNORECASE,
)
_ASKS_WHO = re.compile(r"누구|누가|\bwhom?\b", re.IGNORECASE)
_PERSON = re.compile(
    r"\b[A-Z][\w’'.-]+ (?:[A-Z]\. |(?:van|von|de|la|al|bin|of|the) )*[A-Z][\w’'-]+"
    r"|\b(?:\w+e[dn]|made|built|run)(?: \w+){0,3} by\b"
    r"|[가-힣]\s?(?:씨|교수|박사|대표)"
)
_COUNTED = re.compile(r"\bhow many (?P<thing>[\w-]+)", re.IGNORECASE)
_COUNTED_KO = re.compile("몇")
# What tells a time without a date.
_TIME = re.compile(
    r"아침|점심|저녁|밤|매[일주달년월]|때|직[전후]|동안|이[전후]|[가-힣] (?:뒤|후|전)"
    r"|\b(?:when(?:ever)?|while|once|after|before|until|during|since|every|day|daily|week(?:ly)?|month(?:ly)?"
    r"|year(?:ly)?|morning|evening|(?:over|mid)?night|spring|summer|autumn|fall|winter|soon|always|never)\b",
    re.IGNORECASE,
)
_ASKS_HOW = re.compile(
    r"왜|어떻게|\bwhy\b|\bhow (?!many|much|old|long|tall|high|far|big|large|deep|fast)",
    re.IGNORECASE,
)
# Attributes whose values show by how they are written, whatever the language: what asks for one,
# and what it looks like. Nothing else can answer.
_ATTRIBUTES = tuple(
    (re.compile(asks, re.IGNORECASE), re.compile(looks, re.IGNORECASE))
    for asks, looks in (
        (
            r"라이[선센]스|\blicen[cs]e",
            r"라이[선센]스|licen[cs]e|\b(?:MIT|BSD|Apache|[AL]?GPL|MPL|CC[- ]BY|public domain)\b",
        ),
        (
            r"(?:가격|요금|비용)[은이도]?\s*(?:얼마|알려|\W*$)|\bhow much\b.*\bcosts?\b"
            r"|\bwhat (?:do|does|did)\b.*\bcost\b|\bwhat(?:'s| is| are) the (?:price|cost|fee)s?\b",
            r"[$€£₩¥]\s?\d|\d\s?[십백천만억조]*\s?(?:원|달러|유로|엔|dollars?|euros?|won|yen)"
            r"|무료|\bfree\b",
        ),
        (r"버전|\bversion", r"버전|\bversion|\bv?\d+\.\d"),
        (r"퍼센트|\bpercent", r"%|퍼센트|percent|분의"),
        (r"이메일|메일 주소|\be-?mail address", r"@"),
    )
)


def has_what_is_asked(
    question: str, text: str, *, quote: str, under: str, said: Collection[str]
) -> bool:
    """Whether a text says something of what is asked of its subject.

    `under`: the title and heading of the text, which name the subject. `said`: the search words of
    all that, other names included.
    """
    question = question[:_MOST_CHARS]
    attributes = [looks for asks, looks in _ATTRIBUTES if asks.search(question)]
    if attributes and not _ASKS_HOW.search(question):
        return all(looks.search(text) for looks in attributes)
    asked = _find_asked(question, under, said)
    is_said = any(_is_said(word, said) for word in asked)
    if ASKS_WHEN.search(question):
        is_told = _has_quantity(text, question) or _TIME.search(text)
        return bool(is_told) and (is_said or _has_date(quote, question))
    if _ASKS_WHO.search(question):
        return is_said or _has_person(text, question)
    if ASKS_HOW_MANY.search(question):
        return _has_quantity(text, question) and (
            is_said or not asked or _is_counted(question, text, said)
        )
    is_explained = _ASKS_HOW.search(question) is not None  # in words of its own
    return is_said or not asked or is_explained or _is_korean(question) != _is_korean(text)


def _find_asked(question: str, under: str, said: Collection[str]) -> list[str]:
    """Return the words that name neither the subject nor the kind of question.

    The subject has a name, or stands in the title, or is what the text says first of the question.
    """
    titled = set(tokenise(under))
    words = list(dict.fromkeys(find_telling_words(question)))
    names = set(find_proper_names(question))
    subject = {word for word in words if word in names or _is_said(word, titled)}
    if not subject:
        subject = {next((word for word in words if _is_said(word, said)), "")}
    return [word for word in words if word not in subject and not _ASKS_MORE.match(word)]


def _is_said(word: str, said: Collection[str]) -> bool:
    """Whether it is said, also as another word that begins alike."""
    parts = tokenise(word)
    if _HANGUL.match(word):
        return parts[0] in said
    return any(
        part in said
        or (
            len(part) >= _STEM_CHARS
            and any(
                other.startswith(part[: max(_STEM_CHARS, len(part) - _ENDING_CHARS)])
                for other in said
            )
        )
        for part in parts
    )


def _is_korean(text: str) -> bool:
    return _HANGUL.search(text) is not None


def _has_date(text: str, question: str) -> bool:
    return any(each not in question for each in DATE.findall(text)) or bool(SPELLED.search(text))


def _has_quantity(text: str, question: str) -> bool:
    found = (each for each in find_quantities(text) if each.unit != NAME)
    return any(each.text not in question for each in found) or bool(SPELLED.search(text))


def _has_person(text: str, question: str) -> bool:
    if any(each not in question for each in _PERSON.findall(text)):
        return True
    common = load_common_words()
    return any(
        not common.is_korean(noun) and noun not in question
        for noun in _KOREAN_PARTY.findall(_GLOSSED.sub("", text))
    )


def _is_counted(question: str, text: str, said: Collection[str]) -> bool:
    if thing := _COUNTED.search(question):
        things = list(find_telling_words(thing["thing"]))
        return not things or _is_korean(text) or any(_is_said(word, said) for word in things)
    return not _COUNTED_KO.search(question) or _is_korean(question) != _is_korean(text)
