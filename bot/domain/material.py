"""What a period holds, and how a chosen link becomes an entry of a digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, tzinfo

from bot.domain.digests import DigestItem, Period
from bot.domain.models import LinkRecord, NotePassage, NoteRecord, PageState
from bot.domain.selection import Choice

_TITLE_CHARS = 300
_AUTHOR_CHARS = 40


@dataclass(frozen=True, slots=True)
class Material:
    """Links with their saves of the period only, and its notes. `zone` says whose days."""

    period: Period
    zone: tzinfo
    links: tuple[LinkRecord, ...] = ()
    notes: tuple[NoteRecord, ...] = ()
    passages: tuple[NotePassage, ...] = ()

    def day_of(self, link: LinkRecord) -> date:
        return link.saved_at.astimezone(self.zone).date()


def gather(
    period: Period,
    zone: tzinfo,
    *,
    links: Sequence[LinkRecord],
    notes: Sequence[NoteRecord] = (),
    passages: Sequence[NotePassage] = (),
) -> Material:
    """Drop what was saved outside the period: a later save must not change an old digest."""
    since, until = instants(period, zone)
    inside = (
        replace(link, saves=saves)
        for link in links
        if (saves := tuple(save for save in link.saves if since <= save.saved_at < until))
    )
    return Material(period, zone, tuple(inside), tuple(notes), tuple(passages))


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
        also=tuple((title_of(other), address_of(other)) for other in choice.also),
        why=choice.why,
        label=link.saves[0].label,
        doubts=link.doubts,
        is_unreadable=link.state is PageState.UNREADABLE,
    )


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
