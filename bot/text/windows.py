"""The few sentences of a passage that fit a question best."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce

from bot.text.chunking import cut
from bot.text.sentences import split_sentences
from bot.text.tokens import tokenise

QUOTE_CHARS = 300  # two or three sentences: enough to check a claim without opening the link

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_DATE = re.compile(
    r"(?:1\d|20)\d\d|\d+\s*(?:년|월|일|세기)|century"
    r"|(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_ASKS_WHEN = re.compile(
    r"언제|몇\s*(?:년|월|일|세기)|연도|년도|날짜"
    r"|\bwhen\b|\b(?:what|which) (?:year|date|day|century)",
    re.IGNORECASE,
)
_ASKS_HOW_MANY = re.compile(
    r"몇|얼마|\bhow (?:many|much|old|long|tall|high|far|big|large|deep|fast)|percentage|population"
    r"|인구|면적|높이|길이",
    re.IGNORECASE,
)
# What holding the kind of thing asked for is worth, in shares of the question. Answers inside the
# quote: .622 without, .633 at 0.3 (English), .529 either way (Korean).
_FORM_BONUS = 0.3


@dataclass(frozen=True, slots=True)
class Window:
    """`coverage` is the share of the question's value that its words carry, 0 to 1."""

    text: str
    coverage: float
    score: float


def best_window(
    text: str, question: str, values: Mapping[str, float], *, limit: int = QUOTE_CHARS
) -> Window:
    """Return the run of whole sentences that says most of what is asked, at most `limit` long.

    `values` tells what each search word of the question is worth. The earliest of equals wins.
    A sentence longer than `limit` is cut at spaces.
    """
    sentences = [part for sentence in split_sentences(text) for part in cut(sentence, limit)]
    found = [values.keys() & tokenise(sentence) for sentence in sentences]
    total = sum(values.values()) or 1.0
    form = _form_asked_for(question)
    best = Window("", 0.0, 0.0)
    for start in range(len(sentences)):
        end = _end_of_window(sentences, start, limit)
        quote = " ".join(sentences[start:end])
        said: set[str] = reduce(set.union, found[start:end], set())
        # In the order of `values`: sets have none, and float sums depend on it.
        coverage = sum(value for word, value in values.items() if word in said) / total
        has_form = form is not None and any(one not in question for one in form.findall(quote))
        score = coverage + _FORM_BONUS * has_form
        if not best.text or score > best.score:
            best = Window(quote, coverage, score)
    return best


def _end_of_window(sentences: list[str], start: int, limit: int) -> int:
    length = len(sentences[start])
    end = start + 1
    while end < len(sentences) and length + 1 + len(sentences[end]) <= limit:
        length += 1 + len(sentences[end])
        end += 1
    return end


def _form_asked_for(question: str) -> re.Pattern[str] | None:
    """Return what the answer must look like: a date, a number, or None for anything."""
    if _ASKS_WHEN.search(question):
        return _DATE
    return _NUMBER if _ASKS_HOW_MANY.search(question) else None
