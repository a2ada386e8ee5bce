"""An answer made of quotes, and whether what was found is good enough to be one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.models import LinkId, NoteId, SearchHit
from bot.text.queries import weigh_words
from bot.text.ranking import Statistics
from bot.text.tokens import tokenise
from bot.text.windows import Window, best_window

HITS_CONSIDERED = 5
MAX_CITATIONS = 3

# Fitted by logistic regression on 2,500 questions with and 3,500 without an answer, asked of
# Korean and English archives of 60 to 7,300 passages, so that it holds for a new archive as for
# a grown one. Area under the curve: .94 Korean and .94 English at 60 passages, .81 and .87 at
# 7,320 and 3,669; of the questions without an answer .82, .85, .52 and .64 fall below nine of
# ten questions that have one.
_COVERAGE_WEIGHT = 3.3
_LEAD_WEIGHT = 4.7
_BIAS = -3.0
# Below this nothing is claimed and the nearest links are offered instead. At 60 passages it
# refuses .94 (Korean) and .86 (English) of what has no answer and keeps .76 and .88 of what has;
# at 7,320 and 3,669 it refuses .75 and .64 and keeps .71 and .91.
ANSWER_CONFIDENCE = 0.4

# Fewer passages than the first do not show how common their words are; more than the second
# bring other subjects rather than rivals (area under the curve .871, unbounded .864).
_LEAST_PASSAGES = 30
_MOST_PASSAGES = 1000
# Where one page is all there is, each of its words is in all of them, and yet tells enough.
_FEWEST_TO_COUNT = 10

# How much the quote counts against the rank of its passage. Right passage first: .487 without,
# .498 so (Korean), .763 and .762 (English).
_WINDOW_WEIGHT = 0.4
# A further source must say nearly as much as the first, else it only looks like evidence.
_FURTHER_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its source. `n` is its number in the answer, from 1."""

    n: int
    url: str  # "" for a note
    title: str
    quote: str
    heading: str = ""
    link: LinkId | None = None
    note: NoteId | None = None
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Either `citations`, best first, or, when nothing saved says this, `nearest` as hints.

    `confidence` is the estimated probability that the first quote answers the question.
    """

    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    confidence: float = 0.0

    @property
    def is_answered(self) -> bool:
        return bool(self.citations)


@dataclass(frozen=True, slots=True)
class _Finding:
    hit: SearchHit
    window: Window
    coverage: float  # of the question, by the quote under its title
    score: float


def compose_answer(question: str, hits: Sequence[SearchHit], *, statistics: Statistics) -> Answer:
    """Quote the best sentences of different sources, or refuse.

    `hits` are the best passages, best first, at least `HITS_CONSIDERED` if there are so many;
    `statistics` know the words of the question.
    """
    passages = max(statistics.passages, _FEWEST_TO_COUNT)
    values = value_words(question, replace(statistics, passages=passages))
    if not hits or not values:
        return Answer()
    findings = sorted(
        _findings(question, hits[:HITS_CONSIDERED], values),
        key=lambda one: (-one.score, one.hit.passage),
    )
    confidence = _confidence(
        findings[0], hits, total=sum(values.values()), passages=statistics.passages
    )
    distinct = _by_source(findings)
    if confidence < ANSWER_CONFIDENCE:
        return Answer(nearest=_cite(distinct[:MAX_CITATIONS]), confidence=confidence)
    least = findings[0].coverage * _FURTHER_SHARE
    good = [distinct[0], *(one for one in distinct[1:] if one.coverage >= least)]
    return Answer(citations=_cite(good[:MAX_CITATIONS]), confidence=confidence)


def value_words(question: str, statistics: Statistics) -> dict[str, float]:
    """Return what each search word of a question is worth: its weight times its rarity."""
    return {
        word: weight * statistics.rarity(word) for word, weight in weigh_words(question).items()
    }


def _findings(
    question: str, hits: Sequence[SearchHit], values: Mapping[str, float]
) -> Iterator[_Finding]:
    for hit in hits:
        window = best_window(hit.text, question, values)
        said = set(tokenise(f"{hit.title}\n{hit.heading}\n{window.text}"))
        covered = sum(value for word, value in values.items() if word in said)
        yield _Finding(
            hit=hit,
            window=window,
            coverage=covered / sum(values.values()),
            score=hit.score / hits[0].score + _WINDOW_WEIGHT * window.score,
        )


def _confidence(best: _Finding, hits: Sequence[SearchHit], *, total: float, passages: int) -> float:
    """Estimate from how much of the question is said, and how far the best is ahead.

    Where many passages match alike, the question only shares its common words with them.
    """
    fifth = hits[HITS_CONSIDERED - 1].score if len(hits) >= HITS_CONSIDERED else 0.0
    lead = (hits[0].score - fifth) / total
    evidence = _COVERAGE_WEIGHT * best.coverage + _LEAD_WEIGHT * lead + _BIAS
    # Rarity is information: to pick one of n passages takes log n of it. Words that are all
    # common have less, and what holds all of them answers by accident.
    needed = math.log(min(max(passages, _LEAST_PASSAGES), _MOST_PASSAGES))
    telling = min(1.0, best.coverage * total / needed)
    return telling**2 / (1 + math.exp(-evidence))


def _by_source(findings: Sequence[_Finding]) -> list[_Finding]:
    first: dict[str | None, _Finding] = {}
    for one in findings:
        first.setdefault(one.hit.link or one.hit.note, one)
    return list(first.values())


def _cite(findings: Sequence[_Finding]) -> tuple[Citation, ...]:
    return tuple(
        Citation(
            n=n,
            url=one.hit.url,
            title=one.hit.title,
            quote=one.window.text,
            heading=one.hit.heading,
            link=one.hit.link,
            note=one.hit.note,
            said_at=one.hit.said_at,
        )
        for n, one in enumerate(findings, start=1)
    )
