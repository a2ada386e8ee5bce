"""The key concepts of an entry: those that somebody explained, and the terms with two names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.digests import DigestItem
from bot.domain.models import Concept, Engine
from bot.domain.points import sentences_of
from bot.domain.styles.points import marked, point_blocks
from bot.posts import Item, Text
from bot.text.definitions import without_term

_MOST_NAMES = 5  # a page of documentation names twenty: nobody reads them in a row


def explained(concepts: Iterable[Concept]) -> list[Concept]:
    """Return the concepts of which somebody said what they mean."""
    return [concept for concept in concepts if concept.definition or concept.points]


def explained_items(concepts: Iterable[Concept]) -> list[Item]:
    return [_concept(concept) for concept in explained(concepts)]


def explained_beside(item: DigestItem) -> list[Concept]:
    """Return what explains a concept and is no bullet of the entry already."""
    told = set(sentences_of(item.summary)) if item.summary else set()
    return [each for each in explained(item.concepts) if each.points or each.definition not in told]


def term_names(item: DigestItem, besides: Sequence[Concept]) -> list[str]:
    """Return the terms that a page names in both languages, besides some; those told come first.

    Of two other names for one term on a page, one is of another word: the first counts.
    """
    names: dict[str, str] = {}
    for concept in item.concepts:
        if concept not in besides:
            names.setdefault(concept.term, concept.full_name)
    told = " ".join((item.title, *sentences_of(item.summary))) if item.summary else item.title
    first = sorted(names, key=lambda term: (term not in told, len(term.split()) == 1))
    return [names[term] for term in first[:_MOST_NAMES]]


def _concept(concept: Concept) -> Item:
    told = without_term(concept.definition, (concept.term, concept.full_name))
    definition = marked(f": {told}") if told else ()
    # Concepts are written by people: their definitions may hold code and bold.
    return Item(
        (Text(concept.full_name, strong=True), *definition),
        tuple(point_blocks(concept.points, Engine.IMPORTED)),
    )
