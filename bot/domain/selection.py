"""What a digest tells at length, what in one line, and why; for what is just short, why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.models import Kind, LinkRecord
from bot.domain.publishers import is_machine, source_of
from bot.domain.reasons import Reason
from bot.domain.scoring import Choice as Choice  # what is selected
from bot.domain.scoring import day_order, weigh
from bot.domain.signals import Signals
from bot.domain.stories import Story, link_order

_KIND_ORDER = tuple(Kind)

HIGHLIGHTS = 12  # what people still read through: a small digest beats a long one
# Below this an entry is a one-liner, however few there are: what no person saved and nobody could
# summarise, what is to be checked first, what people here dislike. By hand, see `scoring`.
FLOOR = 6

_TITLE_CHARS = 60  # of another story, to know it by

Groups = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Limits:
    """How many highlights, and how many of them may share a kind, a topic, a source, a person.

    Up to `highlights` stories quotas do not count. Below `enough` they give way.
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

    def quotas(self) -> dict[str, int]:
        return {
            "kind": self.per_kind,
            "source": self.per_source,
            "topic": self.per_topic,
            "person": self.per_person,
        }


@dataclass(frozen=True, slots=True)
class Selection:
    """Every story once, best first in both lists."""

    highlights: tuple[Choice, ...]
    brief: tuple[Choice, ...]


def select_stories(
    stories: Sequence[Story], *, limits: Limits | None = None, signals: Signals | None = None
) -> Selection:
    """Choose the highlights: the best by score, so that no topic, source or person floods them."""
    limits = limits or Limits()
    ranked = sorted(weigh(stories, signals or Signals()), key=_order)
    # Something has to be told first.
    worthy = [choice for choice in ranked if choice.score >= FLOOR] or ranked
    low = [
        replace(choice, why_not=Reason("why_not.floor", FLOOR - choice.score, name=str(FLOOR)))
        for choice in ranked[len(worthy) :]
    ]
    near = [replace(choice, why_not=_say_near(choice.near)) for choice in worthy if choice.near]
    worthy = [choice for choice in worthy if not choice.near]
    if len(worthy) <= limits.highlights:
        taken, stopped = dict(enumerate(worthy)), []
    else:
        quotas = _Quotas(worthy, limits)
        taken = _take(worthy, limits, quotas)
        stopped = _explain(worthy, taken, quotas)
    highlights = tuple(taken.values())
    if highlights and highlights[0].score < FLOOR:
        highlights = tuple(_with(choice, Reason("why.best_of_few")) for choice in highlights)
    brief = (*sorted((*stopped, *near), key=_order), *low)
    return Selection(highlights, brief)


def _say_near(link: LinkRecord) -> Reason:
    title = " ".join(link.title.split())
    cut = title if len(title) <= _TITLE_CHARS else f"{title[:_TITLE_CHARS].rstrip()}…"
    return Reason("why_not.near", name=cut)


def _with(choice: Choice, reason: Reason) -> Choice:
    return replace(choice, why=(*choice.why, reason))


def _order(choice: Choice) -> tuple[object, ...]:
    # Total: score, then newest day, then kind; within a day as it was saved, addresses last.
    return (
        -choice.score,
        day_order(choice),
        _KIND_ORDER.index(choice.main.kind),
        *link_order(choice.main),
    )


def _take(ranked: Sequence[Choice], limits: Limits, quotas: _Quotas) -> dict[int, Choice]:
    """Return the highlights by their rank, and count them."""
    taken: dict[int, Choice] = {}
    for rank, choice in enumerate(ranked):
        if len(taken) == limits.highlights:
            break
        if quotas.exceeded_by(rank) is None:
            quotas.count(rank)
            taken[rank] = choice
    left = (rank for rank in range(len(ranked)) if rank not in taken)
    enough = min(limits.enough, limits.highlights)
    for rank, _ in zip(left, range(enough - len(taken)), strict=False):
        quotas.count(rank)
        taken[rank] = _with(ranked[rank], Reason("why.room"))
    return dict(sorted(taken.items()))


def _explain(
    ranked: Sequence[Choice], taken: Mapping[int, Choice], quotas: _Quotas
) -> list[Choice]:
    """Return those that were not taken, each with what stopped it."""
    last = min(choice.score for choice in taken.values())
    return [
        replace(
            choice,
            why_not=quotas.exceeded_by(rank) or _too_late(last - choice.score, count=len(taken)),
        )
        for rank, choice in enumerate(ranked)
        if rank not in taken
    ]


def _too_late(missing: int, *, count: int) -> Reason:
    key = "why_not.full" if missing else "why_not.tie"
    return Reason(key, missing, name=str(count))


class _Quotas:
    def __init__(self, ranked: Sequence[Choice], limits: Limits) -> None:
        self._groups = [_groups(choice.main) for choice in ranked]
        first = (choice.main.saves[0] for choice in ranked)
        self._names: dict[str, str] = {save.member: save.member_name for save in first}
        self._quotas = limits.quotas()
        # Where everything is one person's or one topic there is nobody to make room for.
        self._shared = [
            kind for kind in self._quotas if len({each.get(kind) for each in self._groups}) > 1
        ]
        self._counts: Counter[tuple[str, str]] = Counter()

    def count(self, rank: int) -> None:
        self._counts.update(self._groups[rank].items())

    def exceeded_by(self, rank: int) -> Reason | None:
        """Return which quota one more would exceed, the one of most interest to people first."""
        group = self._groups[rank]
        for kind in self._shared:
            name = group.get(kind)
            if name is not None and self._counts[kind, name] >= self._quotas[kind]:
                return Reason(
                    f"why_not.{kind}", self._quotas[kind], name=self._names.get(name, name)
                )
        return None


def _groups(link: LinkRecord) -> Groups:
    """Return what the link belongs to, by kind of quota."""
    groups = {"kind": str(link.kind), "source": source_of(link)}
    if link.topics:
        groups["topic"] = link.topics[0]
    person = link.saves[0].member
    if not is_machine(person):  # an archive is one member, but many people's reading
        groups["person"] = person
    return groups
