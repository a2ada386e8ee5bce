"""The few sentences of a passage that fit a question best."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.text.chunking import cut
from bot.text.queries import OtherName, find_subject, recognise
from bot.text.sentences import split_sentences
from bot.text.tokens import tokenise

QUOTE_CHARS = 300  # two or three sentences: enough to check a claim without opening the link

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
DATE = re.compile(
    r"(?:1\d|20)\d\d|\d+\s*(?:년|월|일|세기)|century"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
# What may answer such a question without digits: "새벽 세 시", "on Tuesday", "two hours".
SPELLED = re.compile(
    r"(?<![가-힣])(?:한|두|세|네|다섯|여섯|일곱|여덟|아홉|열|[일이삼사오육칠팔구십백천만억]+)"
    r"\s*(?:명|개|대|배|번|쌍|시|시간|분|달|주|해|살|가지|곳|권|차례|퍼센트)(?![가-힣]{2})"
    r"|[월화수목금토일]요일|새벽|오전|오후|어제|오늘|내일|작년|올해|내년"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|dozen|hundred|thousand|million|billion"
    r"|half|twice|(?:mon|tues|wednes|thurs|fri|satur|sun)day|noon|midnight)\b",
    re.IGNORECASE,
)
ASKS_WHEN = re.compile(
    r"언제|몇\s*(?:년|월|일|세기)|연도|년도|날짜"
    r"|\bwhen\b|\b(?:what|which) (?:year|date|day|century)",
    re.IGNORECASE,
)
ASKS_HOW_MANY = re.compile(
    r"몇|얼마|개수|\b수[는가]|인구|면적|높이|길이|percentage|population"
    r"|\bhow (?:many|much|old|long|tall|high|far|big|large|deep|fast)",
    re.IGNORECASE,
)
# What holding the kind of thing asked for is worth, in shares of the question. Answers inside the
# quote: .622 without, .633 at 0.3 (English), .529 either way (Korean).
_FORM_BONUS = 0.3
# In a list every line stands for itself, so a quote begins with the line that says most. In prose
# the sentences before lead up to it: there this costs two of a hundred answers (Korean).
_FIRST_LINE_WEIGHT = 0.2
# "LoRA: …", "LoRA는 …", "LoRA is …": a sentence that begins with what is asked explains it.
_SUBJECT_BONUS = 0.3

_FULL_STOPS = (".", "!", "?", "…", "。")
_LIST_MARK = re.compile(r"\s*[-*+•·▪◦‣]\s+")


@dataclass(frozen=True, slots=True)
class Window:
    """`coverage` is the share of the question's value that its words carry, 0 to 1.

    `is_about` tells that it begins with the term whose meaning is asked for, `lacks_form` that it
    has no date or number though one is asked for.
    """

    text: str
    coverage: float
    score: float
    is_about: bool = False
    lacks_form: bool = False


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    joint: str  # what parts it from the sentence before
    words: frozenset[str]
    begins_with_subject: bool


def best_window(
    text: str,
    question: str,
    values: Mapping[str, float],
    *,
    names: Sequence[OtherName] = (),
    limit: int = QUOTE_CHARS,
) -> Window:
    """Return the run of whole sentences that says most of what is asked, at most `limit` long.

    `values` tells what each search word of the question is worth. The earliest of equals wins.
    Lines stay lines, without their list marks. A sentence longer than `limit` is cut at spaces.
    """
    sentences = list(_read_sentences(text, find_subject(question), limit))
    total = sum(values.values()) or 1.0
    form = _form_asked_for(question)
    first_weight = _FIRST_LINE_WEIGHT if _is_list(text) else 0.0
    best = Window("", 0.0, 0.0)
    for start, first in enumerate(sentences):
        chosen = sentences[start : _end_of_window(sentences, start, limit)]
        quote = first.text + "".join(each.joint + each.text for each in chosen[1:])
        coverage = _cover(chosen, values, names) / total
        has_form = form is not None and any(one not in question for one in form.findall(quote))
        score = (
            coverage
            + _FORM_BONUS * has_form
            + first_weight * _cover([first], values, names) / total
            + _SUBJECT_BONUS * first.begins_with_subject
        )
        if not best.text or score > best.score:
            best = Window(
                quote,
                coverage,
                score,
                is_about=first.begins_with_subject,
                lacks_form=not has_form and form is not None and not SPELLED.search(quote),
            )
    return best


def _read_sentences(text: str, subject: frozenset[str], limit: int) -> Iterator[_Sentence]:
    for line in text.splitlines():
        joint = "\n"
        mark = _LIST_MARK.match(line)
        for sentence in split_sentences(line[mark.end() :] if mark else line):
            for part in cut(sentence, limit):
                words = tokenise(part)
                begins = bool(subject) and subject == set(words[: len(subject)])
                yield _Sentence(part, joint, frozenset(words), begins)
                joint = " "


def _is_list(text: str) -> bool:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    items = sum(bool(_LIST_MARK.match(line)) or not line.endswith(_FULL_STOPS) for line in lines)
    return len(lines) > 1 and 2 * items > len(lines)


def _cover(
    sentences: Sequence[_Sentence], values: Mapping[str, float], names: Sequence[OtherName]
) -> float:
    said = recognise(frozenset().union(*(each.words for each in sentences)), names)
    # In the order of `values`: sets have none, and float sums depend on it.
    return sum(value * said.get(word, 0.0) for word, value in values.items())


def _end_of_window(sentences: Sequence[_Sentence], start: int, limit: int) -> int:
    length = len(sentences[start].text)
    end = start + 1
    while end < len(sentences) and length + 1 + len(sentences[end].text) <= limit:
        length += 1 + len(sentences[end].text)
        end += 1
    return end


def _form_asked_for(question: str) -> re.Pattern[str] | None:
    """Return what the answer must look like: a date, a number, or None for anything."""
    if ASKS_WHEN.search(question):
        return DATE
    return _NUMBER if ASKS_HOW_MANY.search(question) else None
