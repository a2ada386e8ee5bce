"""How well passages fit a question: what each says of it, and the evidence that it answers."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.confidence import Evidence
from bot.domain.models import SearchHit
from bot.text.asked_for import has_what_is_asked
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
HITS_QUOTED = 5

# What explains the term that is asked for: a definition under it, a page with just this title, a
# sentence that begins with it.
_DEFINED, _TITLED, _TOLD = 0.9, 0.6, 0.5
# The parts of a name such as GPT-5 say little without the whole.
_PART_WEIGHT = 0.2

# Fewer passages than the first do not show how common their words are; more than the second
# bring other subjects rather than rivals (area under the curve .871, unbounded .864).
_LEAST_PASSAGES = 30
_MOST_PASSAGES = 1000

# How much the quote counts against the rank of its passage. Right passage first: .487 without,
# .498 so (Korean), .763 and .762 (English).
_WINDOW_WEIGHT = 0.4

_GAP_IN_NAME = re.compile(r"[^\S\n]|[-_]")
_NAME_BORDER = re.compile(r"[():|]|\s[—–-]\s")


@dataclass(frozen=True, slots=True)
class Finding:
    """A passage, what was quoted of it, and how it fits the question."""

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


def find_quotes(
    question: str,
    hits: Sequence[SearchHit],
    values: Mapping[str, float],
    names: Sequence[OtherName],
) -> Iterator[Finding]:
    subject = find_subject(question)
    # What explains a term may stand behind what merely mentions it; otherwise the rank is right.
    for hit in hits[: HITS_CONSIDERED if subject else HITS_QUOTED]:
        window = best_window(hit.text, question, values, names=names)
        quoted = f"{hit.title}\n{hit.heading}\n{window.text}"
        said = _say(quoted, names)
        explains = max(_explains(subject, hit), _TOLD * window.is_about)
        yield Finding(
            hit=hit,
            window=window,
            said=said,
            coverage=share_covered(said, values),
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


def says_what_is_asked(question: str, best: Finding, names: Sequence[OtherName]) -> bool:
    """Whether the passage says something of what is asked of its subject, or explains it."""
    hit = best.hit
    return best.explains > 0 or has_what_is_asked(
        question,
        hit.text,
        quote=best.window.text,
        under=f"{hit.title}\n{hit.heading}",
        said=_say(_shown(hit), names),
    )


def _share_said(words: Collection[str], said: Mapping[str, float]) -> float:
    return sum(word in said for word in words) / len(words) if words else 1.0


def find_unknown(
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


def weigh_evidence(
    best: Finding,
    hits: Sequence[SearchHit],
    values: Mapping[str, float],
    names: Sequence[OtherName],
    *,
    passages: int,
    unknown: Sequence[tuple[str, bool]],
) -> Evidence:
    total = sum(values.values())
    first = hits[:HITS_QUOTED]
    fifth = first[-1].score if len(first) == HITS_QUOTED else 0.0
    passage = _say(_shown(best.hit), names)
    lacked = max((value for word, value in values.items() if word not in passage), default=0.0)
    # Rarity is information: to pick one of n passages takes log n of it.
    needed = math.log(min(max(passages, _LEAST_PASSAGES), _MOST_PASSAGES))
    return Evidence(
        coverage=best.coverage,
        together=share_covered(_say("\n".join(map(_shown, first)), names), values),
        titled=share_covered(_say(best.hit.title, names), values),
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


def share_covered(said: Mapping[str, float], values: Mapping[str, float]) -> float:
    """Return how much of the question is said, from 0 to 1."""
    return sum(value * said.get(word, 0.0) for word, value in values.items()) / sum(values.values())
