"""An answer made of quotes, and whether what was found is good enough to be one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.confidence import ANSWER_CONFIDENCE, Evidence, estimate
from bot.domain.findings import (
    HITS_QUOTED,
    Finding,
    find_quotes,
    find_unknown,
    says_what_is_asked,
    share_covered,
    value_words,
    weigh_evidence,
)
from bot.domain.models import LinkId, NoteId, SearchHit
from bot.text.headings import join_headings, split_headings
from bot.text.queries import OtherName
from bot.text.ranking import Statistics

MAX_CITATIONS = 3

# What nothing saved names by its number is hardly told about: GPT-4 is not GPT-5.
_WITHOUT_VERSION = 0.7
# However much is said of a subject: nothing of what is asked is.
_NOT_ENOUGH = math.nextafter(ANSWER_CONFIDENCE, 0.0)
# Where one page is all there is, each of its words is in all of them, and yet tells enough.
_FEWEST_TO_COUNT = 10
# A further source must say nearly all that the first says, else it only looks like evidence: the
# licence of another tool is not that of the one that was asked for.
_FURTHER_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote with its source. `n` is its number in the answer, from 1.

    `passage`: what the quote was taken from.
    """

    n: int
    url: str  # "" for a note
    title: str
    quote: str
    heading: str = ""
    link: LinkId | None = None
    note: NoteId | None = None
    said_at: datetime | None = None
    source: str = ""
    passage: str = ""

    @property
    def file(self) -> str:
        """Return the name of a note's file, "" for a link: who shared it when is not part of it."""
        return self.source.partition(" · ")[0].rpartition("/")[2]

    @property
    def part(self) -> str:
        """Where below the title it stands: the path of headings without the title itself."""
        steps = split_headings(self.heading)
        return join_headings(steps[1:] if steps[0] == self.title else steps)


@dataclass(frozen=True, slots=True)
class Claim:
    """A statement that a model made, and the numbers of the citations that carry it."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """Either `citations`, best first, or, when nothing saved says this, `nearest` as hints.

    `confidence` is the estimated probability that the first quote answers the question, from the
    `evidence` for it. `sources`: the best passages, several of one source, too.

    `claims`: a model's, instead of the quotes. `writer`: the model that was asked; `without`: why
    it made none, a key of the table `ask.without`, with the value that fills it.
    """

    citations: tuple[Citation, ...] = ()
    nearest: tuple[Citation, ...] = ()
    confidence: float = 0.0
    evidence: Evidence | None = None
    sources: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    writer: str = ""
    without: str = ""
    value: str = ""

    @property
    def is_answered(self) -> bool:
        return bool(self.citations)


def compose_answer(
    question: str,
    hits: Sequence[SearchHit],
    *,
    statistics: Statistics,
    names: Sequence[OtherName] = (),
) -> Answer:
    """Quote the best sentences of different sources, or refuse.

    `hits` are the best passages, best first, at least `HITS_CONSIDERED` if there are so many;
    `statistics` know the words of the question and of `names`, the other names of its terms.
    """
    passages = max(statistics.passages, _FEWEST_TO_COUNT)
    values = value_words(question, replace(statistics, passages=passages), names=names)
    if not hits or not values:
        return Answer()
    findings = sorted(
        find_quotes(question, hits, values, names),
        key=lambda one: (one.is_bare, -one.explains, -one.score, one.hit.passage),
    )
    unknown = find_unknown(question, hits, statistics=statistics, names=names)
    evidence = weigh_evidence(
        findings[0], hits, values, names, passages=statistics.passages, unknown=unknown
    )
    confidence = _confidence(findings[0], evidence, unknown=unknown)
    if not says_what_is_asked(question, findings[0], names):
        confidence = min(confidence, _NOT_ENOUGH)
    if confidence < ANSWER_CONFIDENCE or findings[0].is_bare:
        nearest = _cite(_by_source(findings)[:MAX_CITATIONS])
        return Answer(nearest=nearest, confidence=confidence, evidence=evidence)
    told = [one for one in findings if not one.is_bare]
    first, *others = _by_source(told)
    least = first.coverage * _FURTHER_SHARE
    good = [first, *(one for one in others if _share_agreed(one, first, values) >= least)]
    return Answer(
        _cite(good[:MAX_CITATIONS]),
        confidence=confidence,
        evidence=evidence,
        sources=_cite(told[:HITS_QUOTED]),
    )


def _share_agreed(one: Finding, other: Finding, values: Mapping[str, float]) -> float:
    """Return how much of the question both say."""
    both = {word: min(sure, other.said.get(word, 0.0)) for word, sure in one.said.items()}
    return share_covered(both, values)


def _confidence(best: Finding, evidence: Evidence, *, unknown: Sequence[tuple[str, bool]]) -> float:
    """Return the estimate, less where what is asked for is not what is told about.

    Who asks what knowledge distillation is does not ask about knowledge.
    """
    sure = estimate(evidence) * best.names_term
    if any(is_unknown and any(map(str.isdecimal, name)) for name, is_unknown in unknown):
        sure *= _WITHOUT_VERSION
    return max(best.explains, sure)


def _by_source(findings: Sequence[Finding]) -> list[Finding]:
    first: dict[str | None, Finding] = {}
    for one in findings:
        first.setdefault(one.hit.link or one.hit.note, one)
    return list(first.values())


def _cite(findings: Sequence[Finding]) -> tuple[Citation, ...]:
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
            source=one.hit.source,
            passage=one.hit.text,
        )
        for n, one in enumerate(findings, start=1)
    )
