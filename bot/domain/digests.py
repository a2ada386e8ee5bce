"""A digest as a value: what was chosen for a period, in which order, and why. Styles turn it into blocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.domain.models import Concept, Kind, LinkId, Related, Summary


class Style(StrEnum):
    WEEKLY = "weekly"
    DAILY = "daily"


class DigestFormat(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Period:
    """Calendar days in the workspace's zone: `first` <= day < `end`. `name` is what was asked for ("2025-W02")."""

    name: str
    first: date
    end: date


@dataclass(frozen=True, slots=True)
class DigestItem:
    """One story of a digest. `also` are other links of the same story; `why` holds text keys with counts."""

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
    why: tuple[tuple[str, int], ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Analysis:
    """The four parts of a daily section; an empty part is left out. `impact`: field key -> sentences."""

    subjects: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    impact: tuple[tuple[str, tuple[str, ...]], ...] = ()
    conclusion: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestSection:
    heading: str
    emoji: str
    items: tuple[DigestItem, ...]
    brief: tuple[DigestItem, ...] = ()  # one-liners: below the highlights
    analysis: Analysis | None = None


@dataclass(frozen=True, slots=True)
class ChartBar:
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Articles per topic. `title` and `labels` in the digest's language; no emoji: fonts lack them."""

    title: str
    bars: tuple[ChartBar, ...]
    name: str = "chart.png"
    alt: str = ""


@dataclass(frozen=True, slots=True)
class DigestNote:
    """From the notes of the period: talk and a line of it."""

    title: str
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    period: Period
    style: Style
    language: str
    title: str
    sections: tuple[DigestSection, ...]
    chart: Chart | None
    notes: tuple[DigestNote, ...] = ()
    reason: str = ""  # why there is nothing: a sentence; "" when there is something
    engine: str = "extractive"
