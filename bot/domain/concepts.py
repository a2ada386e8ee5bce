"""Concepts over many sources: which names mean one thing, and what is known of each.

Every source keeps its own words; they become one here, where it is known who reads. So what a
private text says two names have in common joins nothing for those who may not see that text.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from functools import cache

from bot.domain.models import Concept, LinkId
from bot.text.glossary import load_glossary
from bot.text.term_names import is_acronym_of, is_korean, name_key, read_other_name

_NEAREST = 5
_TELLING_LETTERS = 4
_TWO_NAMES = re.compile(r"([^()（）]{2,80}?)\s*[(（]([^()（）]{2,80})[)）]")
# Below a text of the workspace's own: the shipped glossary only says what none of them does.
_OF_GLOSSARY = 0.5


@dataclass(frozen=True, slots=True)
class ConceptSource:
    """Who gives a concept: a link, or the document as a whole that has this name.

    `first_at` and `last_at`: when it was first and last saved, as far as the readers may see.
    """

    concept: Concept
    link: LinkId | None
    document: str
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class KnownConcept:
    """A concept with all that its readers may know. `sources` newest first.

    `names`: every name once, the commonest first, in its commonest spelling.
    """

    names: tuple[str, ...]
    sources: tuple[ConceptSource, ...]

    @property
    def name(self) -> str:
        return self.names[0]

    def full_name(self, language: str) -> str:
        """Return all names, for who reads no Korean an English one first."""
        names = list(self.names)
        if language != "ko":
            names.sort(key=is_korean)
        others = ", ".join(names[1:])
        return f"{names[0]}({others})" if others else names[0]

    @property
    def explained(self) -> tuple[ConceptSource, ...]:
        """Return the sources that say what it means, newest first, no words twice."""
        by_words: dict[object, ConceptSource] = {}
        for source in self.sources:
            if source.concept.definition or source.concept.points:
                by_words.setdefault((source.concept.definition, source.concept.points), source)
        return tuple(by_words.values())

    @property
    def links(self) -> tuple[LinkId, ...]:
        return tuple(dict.fromkeys(each.link for each in self.sources if each.link is not None))

    @property
    def documents(self) -> tuple[ConceptSource, ...]:
        """Return the documents that name it as a whole, newest first, each once."""
        by_name: dict[str, ConceptSource] = {}
        for source in self.sources:
            if source.link is None:
                by_name.setdefault(source.document, source)
        return tuple(by_name.values())

    @property
    def first_at(self) -> datetime:
        return min(source.first_at for source in self.sources)


class ConceptBook:
    """The concepts of some sources. Most linked first, explained ones before others, by name."""

    def __init__(self, sources: Iterable[ConceptSource]) -> None:
        given = sorted(sources, key=_oldest_first)
        self._names = _Names(each.concept for each in given)
        grouped: defaultdict[str, list[ConceptSource]] = defaultdict(list)
        for source in given:
            grouped[self._names.find_main(source.concept)].append(source)
        self._by_main = {main: _known(group) for main, group in grouped.items()}
        self.concepts = sorted(self._by_main.values(), key=_most_linked_first)

    def find(self, name: str) -> KnownConcept | None:
        """Return the concept that has this name, in whatever spelling or language."""
        return self._by_main.get(self._names.resolve(name_key(name)))

    def nearest(self, name: str, *, limit: int = _NEAREST) -> list[KnownConcept]:
        """Return the concepts whose names hold this one or are spelt most like it, best first."""
        wanted = name_key(name)
        by_key = {name_key(each): found for found in self.concepts for each in found.names}
        # Three letters stand in the middle of anything: annotatoRAGreement.
        is_telling = len(wanted) >= _TELLING_LETTERS or (is_korean(wanted) and len(wanted) > 1)
        holding = [key for key in by_key if is_telling and wanted in key]
        holding += [key for key in by_key if not is_telling and wanted and key.startswith(wanted)]
        # So few letters are a slip of one with the same first letter (GTP), or another word (AGI).
        alike = [key for key in by_key if is_telling or key[:1] == wanted[:1]]
        close = get_close_matches(wanted, alike, n=limit) if wanted else []
        found = {by_key[key].name: by_key[key] for key in (*holding[:limit], *close)}
        return list(found.values())[:limit]

    def reuse_names(self, concept: Concept) -> Concept:
        """Return it under the names that are known already; what it means stays its own."""
        known = self._by_main.get(self._names.find_main(concept))
        if known is None:
            return concept
        others = (each for each in known.names if is_korean(each) != is_korean(known.name))
        other = next(others, "") or concept.other_name
        is_same = name_key(other) == name_key(known.name)
        return Concept(known.name, concept.definition, "" if is_same else other, concept.points)


class _Names:
    """Which name stands for the others: an English one, the long one of an acronym.

    Names point to it and it to none but a longer one, so no chain of doubtful pairs makes one of
    many: 학습(learning) and 학습(training) stay two, and 학습 alone is what more sources call it.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._votes = {short: dict(votes) for short, votes in _votes_of_glossary().items()}
        for concept in concepts:
            if pair := _order(concept):
                votes = self._votes.setdefault(name_key(pair[0]), {})
                votes[name_key(pair[1])] = votes.get(name_key(pair[1]), 0.0) + 1

    def find_main(self, concept: Concept) -> str:
        pair = _order(concept)
        return self.resolve(name_key(pair[1] if pair else _names_given(concept)[0]))

    def resolve(self, key: str) -> str:
        """Return the key of the name that stands for this one; ties by what was said first."""
        seen = {key}
        while votes := self._votes.get(key):
            key = max(votes, key=votes.__getitem__)  # of the same number the first
            if key in seen:  # two names, each called the long one of the other
                return min(seen)
            seen.add(key)
        return key


@cache
def _votes_of_glossary() -> dict[str, dict[str, float]]:
    votes: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for korean, english in load_glossary():
        votes[name_key(korean)][name_key(english)] = _OF_GLOSSARY
    return votes


def _order(concept: Concept) -> tuple[str, str] | None:
    """Return both names, the one that stands for both last; None where there is but one."""
    one, other = _names_given(concept)
    if not other or name_key(one) == name_key(other):
        return None
    if is_korean(one) != is_korean(other):
        return (one, other) if is_korean(one) else (other, one)
    if is_acronym_of(one, other):
        return one, other
    return (other, one) if is_acronym_of(other, one) else None


def _known(sources: Sequence[ConceptSource]) -> KnownConcept:
    return KnownConcept(_names_of(sources), tuple(reversed(sources)))


def _names_of(sources: Sequence[ConceptSource]) -> tuple[str, ...]:
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    terms: Counter[str] = Counter()
    for source in sources:
        names = _names_given(source.concept)
        for name in filter(None, names):
            spellings[name_key(name)][name] += 1
        terms[name_key(names[0])] += 1
    keys = sorted(spellings, key=lambda key: (-terms[key], -spellings[key].total()))
    return tuple(spellings[key].most_common(1)[0][0] for key in keys)


def _names_given(concept: Concept) -> tuple[str, str]:
    """Return the term and its other name; people write both as one: MoE (Mixture of Experts)."""
    match = None if concept.other_name else _TWO_NAMES.fullmatch(concept.term)
    if match and (other := read_other_name(match[1], match[2])):
        return match[1], other
    return concept.term, concept.other_name


def _oldest_first(source: ConceptSource) -> tuple[datetime, str, str, str]:
    return source.last_at, source.link or "", source.concept.term, source.concept.definition


def _most_linked_first(concept: KnownConcept) -> tuple[int, bool, str, str]:
    name = concept.name
    return -len(concept.links), not concept.explained, name.casefold(), name
