"""What a period holds, and how a chosen link becomes an entry of a digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo

from bot.domain.alike import Alike
from bot.domain.digests import DigestItem, Period
from bot.domain.models import (
    ChannelId,
    Kind,
    LinkId,
    LinkRecord,
    NotePassage,
    NoteRecord,
    PageState,
)
from bot.domain.periods import period_before
from bot.domain.selection import HIGHLIGHTS, Choice
from bot.domain.signals import Signals
from bot.domain.story_words import bare_title
from bot.domain.urls import InvalidUrl, host_of
from bot.text.tokens import tokenise

_TITLE_CHARS = 300
_AUTHOR_CHARS = 40
_SHORTEST_DAY = timedelta(hours=23)
_SAME_TITLE = 0.8  # of the words of both


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a digest may tell: what was saved from `since` until before `until`.

    `kinds`, `topics`, `sources` (channels): nothing but these; all where empty.
    What came too late for the digest before is told, too: back to `late_since`, but for what it
    told (`told`) or left out (`left_out`). What it told is not told again.
    """

    since: datetime
    until: datetime
    kinds: tuple[Kind, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[ChannelId, ...] = ()
    told: frozenset[LinkId] = frozenset()
    left_out: frozenset[LinkId] = frozenset()
    late_since: datetime | None = None

    @property
    def begin(self) -> datetime:
        return min(self.since, self.late_since or self.since)

    @property
    def is_filtered(self) -> bool:
        return bool(self.kinds or self.topics or self.sources)


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """What links are counted by: first topic, kind, and the heading that people put it under."""

    topic: str  # "" without any
    kind: Kind
    label: str

    @classmethod
    def of(cls, link: LinkRecord) -> Group:
        return cls(link.topics[0] if link.topics else "", link.kind, link.saves[0].label)


@dataclass(frozen=True, slots=True)
class Material:
    """Links with their saves of the period only, and its notes. `zone` says whose days.

    `left_out`: links that the digest before told. `highlights`: how many are told at length.
    `alike`: what an embedding model takes for one happening, where there is one.
    `before`: how many links of which group the period before had, None where nobody asked.
    """

    period: Period
    zone: tzinfo
    links: tuple[LinkRecord, ...] = ()
    notes: tuple[NoteRecord, ...] = ()
    passages: tuple[NotePassage, ...] = ()
    left_out: tuple[LinkId, ...] = ()
    highlights: int = HIGHLIGHTS
    before: tuple[tuple[Group, int], ...] | None = None
    signals: Signals = field(default_factory=Signals)
    alike: Alike = ()

    def day_of(self, link: LinkRecord) -> date:
        return link.saved_at.astimezone(self.zone).date()


def gather(
    period: Period,
    zone: tzinfo,
    *,
    links: Sequence[LinkRecord],
    notes: Sequence[NoteRecord] = (),
    passages: Sequence[NotePassage] = (),
    reach: Reach | None = None,
    highlights: int = HIGHLIGHTS,
) -> Material:
    """Drop what is out of reach, the whole period by default.

    A later save must not change an old digest.
    """
    if reach is None:
        since, until = instants(period, zone)
        reach = Reach(since=since, until=until)
    inside = [link for each in links if (link := _narrow(each, reach)) is not None]
    if reach.is_filtered:
        notes, passages = (), ()  # of no kind and no channel that we know of
    return Material(
        period,
        zone,
        tuple(link for link in inside if _is_new(link, reach)),
        tuple(notes),
        tuple(passages),
        left_out=tuple(
            link.id for link in inside if link.id in reach.told and _is_of_now(link, reach)
        ),
        highlights=highlights,
    )


def reach_before(period: Period, zone: tzinfo, reach: Reach | None) -> Reach | None:
    """Return the reach to compare with: as many days, or a month, right before it, same choice.

    Nothing for less than a day: what is called by its day has no day before to match.
    """
    before = period_before(period)
    if reach is None:
        since, until = instants(before, zone)
        return Reach(since=since, until=until)
    if reach.until - reach.since < _SHORTEST_DAY:
        return None
    # On the clocks of the zone: from nine to nine, also where a day of 25 hours lies between.
    since = reach.since.astimezone(zone) - (period.first - before.first)
    return Reach(
        since=since,
        until=reach.since,
        kinds=reach.kinds,
        topics=reach.topics,
        sources=reach.sources,
    )


def count_groups(links: Sequence[LinkRecord]) -> tuple[tuple[Group, int], ...]:
    return tuple(sorted(Counter(map(Group.of, links)).items()))


def _narrow(link: LinkRecord, reach: Reach) -> LinkRecord | None:
    """Return the link with its saves that are in reach; None without any."""
    if reach.kinds and link.kind not in reach.kinds:
        return None
    if reach.topics and not set(reach.topics).intersection(link.topics):
        return None
    saves = tuple(
        save
        for save in link.saves
        if reach.begin <= save.saved_at < reach.until
        and (not reach.sources or save.place.channel in reach.sources)
    )
    return replace(link, saves=saves) if saves else None


def _is_new(link: LinkRecord, reach: Reach) -> bool:
    if link.id in reach.told:
        return False
    return link.id not in reach.left_out or _is_of_now(link, reach)


def _is_of_now(link: LinkRecord, reach: Reach) -> bool:
    return any(save.saved_at >= reach.since for save in link.saves)


def instants(period: Period, zone: tzinfo) -> tuple[datetime, datetime]:
    """Return when the period starts and ends; a day of 23 or 25 hours included."""
    return (
        datetime.combine(period.first, time.min, zone),
        datetime.combine(period.end, time.min, zone),
    )


def make_item(choice: Choice, material: Material) -> DigestItem:
    link = choice.main
    return DigestItem(
        link=link.id,
        url=address_of(link),
        title=title_of(link),
        kind=link.kind,
        who=credit_of(link),
        day=material.day_of(link),
        topics=link.topics,
        summary=link.summary if link.summary and link.summary.points else None,
        concepts=link.concepts,
        related=tuple(replace(each, url=clickable(each.url)) for each in link.related),
        also=_also(choice),
        why=choice.why,
        why_not=choice.why_not,
        label=link.saves[0].label,
        doubts=link.doubts,
        is_unreadable=link.state is PageState.UNREADABLE,
        is_waiting=link.state in (PageState.WAITING, PageState.READING),
    )


def _also(choice: Choice) -> tuple[tuple[str, str], ...]:
    """Return the other links as (what to call it, address): by its site, if the title is told."""
    told = [bare_title(choice.main)]
    also = []
    for other in choice.also:
        title, site = title_of(other), site_of(other)
        is_address = title in (other.url, other.url_as_saved)
        if any(_say_the_same(bare_title(other), each) for each in told):
            name = site or title
        else:
            name = title if is_address or not site else f"{title} · {site}"
            told.append(bare_title(other))
        also.append((name, address_of(other)))
    return tuple(also)


def _say_the_same(left: str, right: str) -> bool:
    words, others = frozenset(tokenise(left)), frozenset(tokenise(right))
    return bool(words) and len(words & others) >= _SAME_TITLE * len(words | others)


def site_of(link: LinkRecord) -> str:
    """Return what a site calls itself, else its host."""
    try:
        return " ".join(link.site.split()) or host_of(link.url)
    except InvalidUrl:
        return ""


def title_of(link: LinkRecord) -> str:
    """Return the title on one line, cut where only a hostile page goes on; else the address."""
    title = " ".join(link.title.split()) or link.url
    return title if len(title) <= _TITLE_CHARS else f"{title[:_TITLE_CHARS].rstrip()}…"


def credit_of(link: LinkRecord) -> str:
    """Return who a person said it is by, else author or site; of many authors the first."""
    author = " ".join(link.author.split())
    if len(author) > _AUTHOR_CHARS:
        first, separator, _ = author.partition(",")
        author = f"{first} et al." if separator and len(first) <= _AUTHOR_CHARS else ""
    return link.who or author or link.site


def address_of(link: LinkRecord) -> str:
    return clickable(link.url_as_saved) or link.url


def clickable(url: str) -> str:
    """Return an address as somebody wrote it, with the scheme that archives often leave out."""
    if not url or url.lower().startswith(("https://", "http://")):
        return url
    return f"https://{url}"
