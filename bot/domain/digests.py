"""A digest as a value: what was chosen for a period, in which order, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.models import Concept, Kind, LinkId, Related, Summary
from bot.domain.reasons import Reason
from bot.domain.writing import Writing

_NEAR_MISSES = 5


class Style(StrEnum):
    WEEKLY = "weekly"
    DAILY = "daily"
    MONTHLY = "monthly"
    NEWSLETTER = "newsletter"


class DigestFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days in the workspace's zone: `first` <= day < `end`.

    `name` is what was asked for ("2025-W02").
    """

    name: str
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One story of a digest. `also` are other links of the same story.

    `why` says what counted for it, `why_not` what kept it out of the highlights.
    """

    link: LinkId
    url: str
    title: str
    kind: Kind
    who: str
    day: date
    topics: tuple[str, ...]
    summary: Summary | None
    concepts: tuple[Concept, ...] = ()
    related: tuple[Related, ...] = ()
    also: tuple[tuple[str, str], ...] = ()  # title, url
    why: tuple[Reason, ...] = ()
    why_not: Reason | None = None
    label: str = ""
    doubts: tuple[str, ...] = ()  # why it is no plain fact: see `Mark`
    is_unreadable: bool = False  # its page could not be read: nothing to summarise
    is_waiting: bool = False  # its page has not been read yet
    prose: tuple[str, ...] = ()  # the story that a language model tells of it, by sentences

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.why)


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that its sources say: `sources` are their numbers in the section, from 1."""

    text: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The four parts of a daily section; an empty part is left out.

    `impact`: what a field is called -> statements. `origin` is the title of the imported
    document that a person's analysis comes from, "" when we made it.
    """

    subjects: tuple[Statement, ...] = ()
    events: tuple[Statement, ...] = ()
    impact: tuple[tuple[str, tuple[Statement, ...]], ...] = ()
    conclusion: tuple[Statement, ...] = ()
    origin: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.subjects or self.events or self.impact or self.conclusion)


@dataclass(frozen=True, slots=True)
class DigestSection:
    """`key` is what it is called whatever the language, where the style itself names its parts."""

    heading: str
    emoji: str
    items: tuple[DigestItem, ...]
    brief: tuple[DigestItem, ...] = ()  # one-liners: below the highlights
    analysis: Analysis | None = None
    key: str = ""

    @property
    def title(self) -> str:
        return f"{self.emoji} {self.heading}".strip()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of each link in the section, a story's links being of one kind."""
        return tuple(
            item.kind for item in (*self.items, *self.brief) for _ in range(1 + len(item.also))
        )

    @property
    def sources(self) -> tuple[tuple[str, str], ...]:
        """Title and address of everything in the section; a statement's number n is the n-th."""
        return tuple(
            source
            for item in (*self.items, *self.brief)
            for source in ((item.title, item.url), *item.also)
        )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many links a name has; `before`: in the period before, None where nobody asked."""

    name: str
    count: int
    before: int | None = None


@dataclass(frozen=True, slots=True)
class ChartBar:
    """`before`: in the period before, None where that is not told; `note` says what changed."""

    label: str
    count: int
    before: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChartPanel:
    """Counts below the bars; `is_whole`: they make up all there is."""

    title: str
    bars: tuple[ChartBar, ...]
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """Links by topic. Texts in the digest's language; what fonts lack is not drawn.

    `totals` are of the period and of the one before; none where nothing is compared.
    """

    title: str
    bars: tuple[ChartBar, ...]
    name: str = "chart.png"
    alt: str = ""
    totals: tuple[ChartBar, ...] = ()
    panels: tuple[ChartPanel, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestNote:
    """From the notes of the period: a talk, its first line and its parts."""

    title: str
    headings: tuple[str, ...] = ()
    line: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """`links`: all that it tells; `left_out`: what it does not, as the one before told it.

    `savers` are members, `origins` the documents and feeds that brought links; most links first.
    `topics` counts links by their first topic. `opening` is by a language model and cites the
    numbers of the highlights, from 1; `writing` says what it did, None where none was asked.
    """

    period: Period
    style: Style
    language: str
    title: str
    sections: tuple[DigestSection, ...]
    chart: Chart | None
    notes: tuple[DigestNote, ...] = ()
    reason: str = ""  # why there is nothing: a sentence; "" when there is something
    engine: str = "extractive"
    links: tuple[LinkId, ...] = ()
    left_out: tuple[LinkId, ...] = ()
    savers: tuple[Tally, ...] = ()
    origins: tuple[Tally, ...] = ()
    topics: tuple[Tally, ...] = ()
    opening: tuple[Statement, ...] = ()
    writing: Writing | None = None

    @property
    def is_empty(self) -> bool:
        return not (self.sections or self.notes)

    @property
    def near_misses(self) -> tuple[DigestItem, ...]:
        """Return those that came nearest to the highlights, the nearest first."""
        brief = [item for section in self.sections for item in section.brief if item.why_not]
        return tuple(sorted(brief, key=lambda item: -item.score)[:_NEAR_MISSES])
