"""An answer made of quotes, and whether what was found is good enough to be one."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.confidence import ANSWER_CONFIDENCE, Evidence, estimate
from bot.domain.models import LinkId, NoteId, SearchHit
from bot.text.headings import join_headings, split_headings
from bot.text.queries import (
    OtherName,
    find_proper_names,
    find_subject,
    recognise,
    weigh_words,
)
from bot.text.ranking import Statistics
from bot.text.tokens import tokenise
from bot.text.windows import Window, best_window

HITS_CONSIDERED = 10
MAX_CITATIONS = 3
_HITS_QUOTED = 5

# What explains the term that is asked for: a definition under it, a page with just this title, a
# sentence that begins with it.
_DEFINED, _TITLED, _TOLD = 0.9, 0.6, 0.5
# The parts of a name such as GPT-5 say little without the whole.
_PART_WEIGHT = 0.2
# What nothing saved names by its number is hardly told about: GPT-4 is not GPT-5.
_WITHOUT_VERSION = 0.7

# Fewer passages than the first do not show how common their words are; more than the second
# bring other subjects rather than rivals (area under the curve .871, unbounded .864).
_LEAST_PASSAGES = 30
_MOST_PASSAGES = 1000
# Where one page is all there is, each of its words is in all of them, and yet tells enough.
_FEWEST_TO_COUNT = 10

# How much the quote counts against the rank of its passage. Right passage first: .487 without,
# .498 so (Korean), .763 and .762 (English).
_WINDOW_WEIGHT = 0.4
# A further source must say nearly all that the first says, else it only looks like evidence: the
# licence of another tool is not that of the one that was asked for.
_FURTHER_SHARE = 0.75

_GAP_IN_NAME = re.compile(r"[^\S\n]|[-_]")
_NAME_BORDER = re.compile(r"[():|]|\s[—–-]\s")


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


@dataclass(frozen=True, slots=True)
class _Finding:
    hit: SearchHit
    window: Window
    said: Mapping[str, float]  # by the quote under its title
    coverage: float  # of the question, by the same
    explains: float  # 0 to 1, see `_explains`
    names_term: float  # how much of the term that is asked for it says, 1 if none is
    score: float

    @property
    def is_bare(self) -> bool:
        """Whether it says no more than its title, as what nobody could read does."""
        return set(tokenise(self.window.text)) <= set(tokenise(self.hit.title))


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
        _findings(question, hits, values, names),
        key=lambda one: (one.is_bare, -one.explains, -one.score, one.hit.passage),
    )
    unknown = _find_unknown(question, hits, statistics=statistics, names=names)
    evidence = _weigh(
        findings[0], hits, values, names, passages=statistics.passages, unknown=unknown
    )
    confidence = _confidence(findings[0], evidence, unknown=unknown)
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
        sources=_cite(told[:_HITS_QUOTED]),
    )


def value_words(
    question: str, statistics: Statistics, *, names: Sequence[OtherName] = ()
) -> dict[str, float]:
    """Return what each search word of a question is worth: its weight times its rarity.

    A word is no rarer than its other name: where only English is saved, no Korean word is common.
    """
    rarity = {word: statistics.rarity(word) for word in weigh_words(question)}
    for name in names:
        known = max(map(statistics.rarity, name.translation), default=0.0)
        rarity.update({word: min(rarity[word], known) for word in name.said if word in rarity})
    words = weigh_words(question)
    for *parts, whole in map(tokenise, find_proper_names(question)):
        # "V3" alone is a part itself, of a name that others write as one: DeepSeek-V3.
        if whole in words and any(map(str.isdecimal, whole)) and parts and len(parts[0]) > 1:
            for part in dict.fromkeys(each for each in parts if each in words):
                words[whole] += words[part] * (1 - _PART_WEIGHT)
                words[part] *= _PART_WEIGHT
    return {word: weight * rarity[word] for word, weight in words.items()}


def _findings(
    question: str,
    hits: Sequence[SearchHit],
    values: Mapping[str, float],
    names: Sequence[OtherName],
) -> Iterator[_Finding]:
    subject = find_subject(question)
    # What explains a term may stand behind what merely mentions it; otherwise the rank is right.
    for hit in hits[: HITS_CONSIDERED if subject else _HITS_QUOTED]:
        window = best_window(hit.text, question, values, names=names)
        quoted = f"{hit.title}\n{hit.heading}\n{window.text}"
        said = _say(quoted, names)
        explains = max(_explains(subject, hit), _TOLD * window.is_about)
        yield _Finding(
            hit=hit,
            window=window,
            said=said,
            coverage=_share_covered(said, values),
            explains=explains,
            names_term=_share_said(subject, said),
            score=hit.score / hits[0].score + _WINDOW_WEIGHT * window.score,
        )


def _explains(subject: frozenset[str], hit: SearchHit) -> float:
    """Return how sure it is that a passage explains a term, by what it stands under.

    An archive's definition stands under just its term; a page of that name may be about more.
    """
    for label, sure in ((hit.heading, _DEFINED), (hit.title, _TITLED)):
        if subject and any(subject == set(tokenise(part)) for part in _NAME_BORDER.split(label)):
            return sure
    return 0.0


def _share_said(words: Collection[str], said: Mapping[str, float]) -> float:
    return sum(word in said for word in words) / len(words) if words else 1.0


def _find_unknown(
    question: str,
    hits: Sequence[SearchHit],
    *,
    statistics: Statistics,
    names: Sequence[OtherName],
) -> list[tuple[str, bool]]:
    """Return the names in the question, each with whether nothing saved has it.

    GPT-5 counts as a whole, also as "GPT 5".
    """
    known = {word for word, holding in statistics.passages_with.items() if holding}
    said = recognise(known, names)
    found = _squeeze("\n".join(map(_shown, hits)))
    return [
        (name, tokenise(name)[-1] not in said and _squeeze(name) not in found)
        for name in find_proper_names(question)
    ]


def _squeeze(text: str) -> str:
    return _GAP_IN_NAME.sub("", text.casefold())


def _weigh(
    best: _Finding,
    hits: Sequence[SearchHit],
    values: Mapping[str, float],
    names: Sequence[OtherName],
    *,
    passages: int,
    unknown: Sequence[tuple[str, bool]],
) -> Evidence:
    total = sum(values.values())
    first = hits[:_HITS_QUOTED]
    fifth = first[-1].score if len(first) == _HITS_QUOTED else 0.0
    passage = _say(_shown(best.hit), names)
    lacked = max((value for word, value in values.items() if word not in passage), default=0.0)
    # Rarity is information: to pick one of n passages takes log n of it.
    needed = math.log(min(max(passages, _LEAST_PASSAGES), _MOST_PASSAGES))
    return Evidence(
        coverage=best.coverage,
        together=_share_covered(_say("\n".join(map(_shown, first)), names), values),
        titled=_share_covered(_say(best.hit.title, names), values),
        missing=min(1.0, lacked / needed),
        lead=(hits[0].score - fifth) / total,
        unknown=sum(is_unknown for _, is_unknown in unknown) / max(1, len(unknown)),
        formless=float(best.window.lacks_form),
        telling=min(1.0, best.coverage * total / needed),
    )


def _shown(hit: SearchHit) -> str:
    return f"{hit.title}\n{hit.heading}\n{hit.text}"


def _say(text: str, names: Sequence[OtherName]) -> Mapping[str, float]:
    return recognise(set(tokenise(text)), names)


def _share_covered(said: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return how much of the question is said, from 0 to 1."""
    return sum(value * said.get(word, 0.0) for word, value in values.items()) / sum(values.values())


def _share_agreed(one: _Finding, other: _Finding, values: Mapping[str, float]) -> float:
    """Return how much of the question both say."""
    both = {word: min(sure, other.said.get(word, 0.0)) for word, sure in one.said.items()}
    return _share_covered(both, values)


def _confidence(
    best: _Finding, evidence: Evidence, *, unknown: Sequence[tuple[str, bool]]
) -> float:
    """Return the estimate, less where what is asked for is not what is told about.

    Who asks what knowledge distillation is does not ask about knowledge.
    """
    sure = estimate(evidence) * best.names_term
    if any(is_unknown and any(map(str.isdecimal, name)) for name, is_unknown in unknown):
        sure *= _WITHOUT_VERSION
    return max(best.explains, sure)


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
            source=one.hit.source,
            passage=one.hit.text,
        )
        for n, one in enumerate(findings, start=1)
    )
