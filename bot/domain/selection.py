"""What a digest tells at length, what in one line, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from bot.domain.models import Kind, LinkRecord, Save
from bot.domain.stories import Story, link_order
from bot.domain.urls import InvalidUrl, host_of

# Points by hand: what several members saved comes first, then what somebody wrote about.
_POINTS_PER_SAVER = 4
_POINTS_BY_PERSON = 2
_POINTS_PER_EXTRA_LINK = 2
_POINTS_FOR_SUMMARY = 3
_POINTS_FOR_CONCEPTS = 1
_POINTS_FOR_RELATED = 1
_POINTS_OFF_IN_DOUBT = 8  # below everything that one member saved
_POINTS_BY_KIND: Mapping[Kind, int] = {Kind.PAPER: 2, Kind.DEV: 2, Kind.NEWS: 2, Kind.FUN: 0}
_KIND_ORDER = tuple(Kind)

HIGHLIGHTS = 12  # what people still read through: a small digest beats a long one

# Members that stand for a machine: an imported archive, a feed.
_MACHINES = ("import", "feed")
# On these the first part of the path names the publisher, as a host does elsewhere.
_ACCOUNT_HOSTS = frozenset(
    ("github.com", "gitlab.com", "huggingface.co", "medium.com", "velog.io", "x.com")
)
# These publish everybody: to have many links there is no flood.
_LIBRARIES = frozenset(("arxiv.org", "doi.org", "openreview.net", "youtube.com", "linkedin.com"))


@dataclass(frozen=True, slots=True)
class Limits:
    """How many highlights, and how many of them may share a kind, a topic, a source, a person.

    Up to `highlights` stories everything is one. Below `enough` quotas give way.
    """

    highlights: int = HIGHLIGHTS
    enough: int = 5
    per_kind: int = 5
    per_topic: int = 5
    per_source: int = 3
    per_person: int = 6

    @classmethod
    def of(cls, highlights: int) -> Limits:
        """Return the limits of more highlights than usual, in proportion; of fewer as they are."""
        more = max(1.0, highlights / HIGHLIGHTS)
        usual = cls()
        return cls(
            highlights,
            usual.enough,
            per_kind=round(usual.per_kind * more),
            per_topic=round(usual.per_topic * more),
            per_source=round(usual.per_source * more),
            per_person=round(usual.per_person * more),
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """A story with its main link. `why`: what counted for it, as (text key, number)."""

    main: LinkRecord
    also: tuple[LinkRecord, ...]
    score: int
    why: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Selection:
    """Every story once, best first in both lists."""

    highlights: tuple[Choice, ...]
    brief: tuple[Choice, ...]


def select_stories(stories: Sequence[Story], *, limits: Limits | None = None) -> Selection:
    """Choose the highlights: the best by score, so that no topic, source or person floods them."""
    limits = limits or Limits()
    ranked = sorted(map(_choose_main, stories), key=_order)
    if len(ranked) <= limits.highlights:
        return Selection(tuple(ranked), ())
    taken = _take_within_quotas(ranked, limits)
    if len(taken) < limits.enough:
        missing = limits.enough - len(taken)
        taken |= set([index for index in range(len(ranked)) if index not in taken][:missing])
    return Selection(
        tuple(choice for index, choice in enumerate(ranked) if index in taken),
        tuple(choice for index, choice in enumerate(ranked) if index not in taken),
    )


def source_of(link: LinkRecord) -> str:
    """Return who publishes there: a host, or an account on a host that many share."""
    try:
        host = host_of(link.url)
    except InvalidUrl:
        return link.url
    if host in _LIBRARIES:
        return link.url
    if host in _ACCOUNT_HOSTS:
        return f"{host}/{urlsplit(link.url).path.strip('/').partition('/')[0]}"
    return host


def savers_of(saves: Sequence[Save]) -> list[str]:
    """Return the distinct members who saved, those who came first first."""
    return list(dict.fromkeys(save.member for save in saves))


def _choose_main(story: Story) -> Choice:
    main = min(story.links, key=lambda link: (-_score_link(link), link_order(link)))
    also = tuple(link for link in story.links if link.id != main.id)
    savers = savers_of([save for link in story.links for save in link.saves])
    why = _reasons(main, savers=len(savers), links=len(story.links))
    score = (
        _score_link(main)
        + _POINTS_PER_SAVER * len(savers)
        + _POINTS_PER_EXTRA_LINK * len(also)
        + _POINTS_BY_PERSON * any(not is_machine(saver) for saver in savers)
    )
    return Choice(main, also, score, why)


def _score_link(link: LinkRecord) -> int:
    return (
        _POINTS_BY_KIND[link.kind]
        + _POINTS_FOR_SUMMARY * has_summary(link)
        + _POINTS_FOR_CONCEPTS * bool(link.concepts)
        + _POINTS_FOR_RELATED * bool(link.related)
        - _POINTS_OFF_IN_DOUBT * bool(link.doubts)
    )


def has_summary(link: LinkRecord) -> bool:
    return link.summary is not None and bool(link.summary.points)


def _reasons(main: LinkRecord, *, savers: int, links: int) -> tuple[tuple[str, int], ...]:
    reasons = [("why.savers", savers)]
    if links > 1:
        reasons.append(("why.links", links))
    if has_summary(main) and main.summary is not None:
        reasons.append(("why.points", len(main.summary.points)))
    if main.concepts:
        reasons.append(("why.concepts", len(main.concepts)))
    if main.related:
        reasons.append(("why.related", len(main.related)))
    return tuple(reasons)


def is_machine(member: str) -> bool:
    return member.partition(":")[0] in _MACHINES


def _order(choice: Choice) -> tuple[object, ...]:
    # Total: score, then newest day, then kind; within a day as it was saved, addresses last.
    saved_at = choice.main.saved_at
    return (
        -choice.score,
        -_day_number(saved_at),
        _KIND_ORDER.index(choice.main.kind),
        *link_order(choice.main),
    )


def _day_number(instant: datetime) -> int:
    return instant.astimezone(UTC).toordinal()


def _take_within_quotas(ranked: Sequence[Choice], limits: Limits) -> set[int]:
    groups = [_groups(choice.main) for choice in ranked]
    quotas = {
        "kind": limits.per_kind,
        "source": limits.per_source,
        "topic": limits.per_topic,
        "person": limits.per_person,
    }
    # Where everything is one person's or one topic there is nobody to make room for.
    shared = {kind for kind in quotas if len({each.get(kind) for each in groups}) > 1}
    taken: set[int] = set()
    counts: Counter[tuple[str, str]] = Counter()
    for index, group in enumerate(groups):
        kept_to = [(kind, name) for kind, name in group.items() if kind in shared]
        if any(counts[key] >= quotas[key[0]] for key in kept_to):
            continue
        taken.add(index)
        counts.update(kept_to)
        if len(taken) == limits.highlights:
            break
    return taken


def _groups(link: LinkRecord) -> dict[str, str]:
    """Return what the link belongs to, by kind of quota."""
    groups = {"kind": str(link.kind), "source": source_of(link)}
    if link.topics:
        groups["topic"] = link.topics[0]
    person = link.saves[0].member
    if not is_machine(person):  # an archive is one member, but many people's reading
        groups["person"] = person
    return groups
