"""What of a model's answer about links may be kept: what the guard finds in their texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.concepts import ConceptBook
from bot.domain.guard import Guard, Source, Statement, Verdict
from bot.domain.models import (
    Concept,
    Engine,
    Kind,
    LinkRecord,
    Point,
    Summary,
    Understanding,
)
from bot.domain.proposed_concepts import accept_concept
from bot.domain.styles.blocks import shorten
from bot.domain.topics import SHIPPED_TOPICS
from bot.prompts.links import ReadLink
from bot.text.languages import Language

MOST_POINTS = 4
MOST_CHARS = 300  # two or three lines of a wide screen
_MOST_TOPICS = 2
_MOST_CONCEPTS = 3
# With fewer of its bullets the page's own sentences say more.
_LEAST_SHARE = 0.5
# What a page says far below its beginning is hardly what it is about, and comparing takes time.
_READ_CHARS = 40_000
_MARKS = re.compile(r"^\s*(?:[-*•·]|\d{1,2}[.)])\s+|\s*\[\d{1,3}(?:\s?,\s?\d{1,3})*\]")


@dataclass(frozen=True, slots=True)
class Page:
    """A link as a source: `text` is the part of it that is sent."""

    number: int
    link: LinkRecord
    text: str

    @property
    def title(self) -> str:
        return self.link.title


class JudgedLink:
    """One link's part of an answer: what is accepted of it, and what is to be mended."""

    def __init__(self, page: Page, said: ReadLink, *, language: str, prompt: str) -> None:
        self.page = page
        self._said = said
        self._guard = Guard([_source(page)], language=Language(language), prompt=prompt)
        self._language = language
        points = [clean(text) for text in said.points[:MOST_POINTS]]
        judgement = self._guard.judge([Statement(text, (page.number,)) for text in points])
        is_hopeless = bool(judgement.refusals)
        self._points = [
            each.statement.text if each.is_accepted and not is_hopeless else ""
            for each in judgement.verdicts
        ]
        self._refused = {
            place: replace(each, refusals=(*judgement.refusals, *each.refusals))
            for place, each in enumerate(judgement.verdicts)
            if is_hopeless or not each.is_accepted
        }

    @property
    def refused(self) -> Mapping[int, Verdict]:
        """Return what may not be told, by its place."""
        return self._refused

    def mend(self, place: int, text: str) -> None:
        """Put another text in a refused one's place, if that is carried and not told already."""
        (verdict,) = self._guard.judge([Statement(clean(text), (self.page.number,))]).verdicts
        if verdict.is_accepted and verdict.statement.text not in self._points:
            self._points[place] = verdict.statement.text
            del self._refused[place]

    def understanding(self, *, writer: str, known: ConceptBook) -> Understanding | None:
        """Return what is kept; None where too little was accepted.

        `known`: see `accept_concept`.
        """
        points = [text for text in self._points if text]
        if not points or len(points) < _LEAST_SHARE * len(self._points):
            return None
        return Understanding(
            kind=Kind(self._said.kind),
            topics=_known_topics(self._said.topics),
            summary=Summary(
                tuple(Point(shorten(text, MOST_CHARS)) for text in points),
                Engine.MODEL,
                language=self._language,
                writer=writer,
            ),
            concepts=tuple(self._concepts(known)),
        )

    def _concepts(self, known: ConceptBook) -> Iterable[Concept]:
        source = f"{self.page.title}\n{self.page.link.text[:_READ_CHARS]}"
        for said in self._said.concepts[:_MOST_CONCEPTS]:
            proposed = Concept(clean(said.term), clean(said.definition), clean(said.other_name))
            concept = accept_concept(proposed, source=source, known=known)
            if concept is not None and self._is_carried(concept.definition):
                yield concept

    def _is_carried(self, text: str) -> bool:
        return self._guard.judge([Statement(text, (self.page.number,))]).is_accepted


def clean(text: str) -> str:
    """Return a statement on one line, without what marks bullets and sources."""
    return " ".join(_MARKS.sub("", text).split())


def _source(page: Page) -> Source:
    link = page.link
    published = link.published_at.date() if link.published_at else None
    return Source(
        page.number,
        link.text[:_READ_CHARS],
        link.title,
        link.url,
        tuple(filter(None, (link.author, link.site))),
        published,
    )


def _known_topics(topics: Sequence[str]) -> tuple[str, ...]:
    known = {topic.id for topic in SHIPPED_TOPICS}
    return tuple(dict.fromkeys(each for each in topics if each in known))[:_MOST_TOPICS]
