"""What a story is worth in a digest: points by reasons that people can read, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

from bot.domain.models import Kind, LinkRecord, Save
from bot.domain.publishers import is_machine
from bot.domain.reasons import Reason
from bot.domain.signals import Resonance, Responses, Signals
from bot.domain.stories import Story, link_order

# Points by hand: what several members saved comes first, then what somebody wrote about.
_A_SAVER = 4
_BY_PERSON = 2
_A_REACTION, _MOST_REACTIONS = 1, 4
_A_REPLY, _MOST_REPLIES = 2, 4  # writing takes more than pressing
_OPPOSED, _MOST_OPPOSED = -1, 4
_AN_EXTRA_LINK = 2
_SUMMARY = 3
_CONCEPTS = 1
_RELATED = 1
_RECENT = 1
_FUN = -2
_DOUBT = -8  # below everything that one member saved

_Suits: TypeAlias = Callable[[LinkRecord], Iterator[Reason]]  # how a link suits people's taste


@dataclass(frozen=True, slots=True)
class Choice:
    """A story with its main link. `why_not`: what keeps it out of the highlights.

    `near`: another story's link that may report the same.
    """

    main: LinkRecord
    also: tuple[LinkRecord, ...]
    why: tuple[Reason, ...]
    why_not: Reason | None = None
    near: LinkRecord | None = None

    @property
    def score(self) -> int:
        return sum(reason.points for reason in self.why)


def weigh(stories: Sequence[Story], signals: Signals) -> list[Choice]:
    """Return each story with its points, in the order given."""
    responses = Responses(signals.responses)
    days = [_day_number(link.saved_at) for story in stories for link in story.links]
    newer_half = (min(days) + max(days)) / 2 if days else 0.0
    suits = signals.taste.reader()
    return [_weigh(story, responses, suits, newer_half=newer_half) for story in stories]


def _weigh(story: Story, responses: Responses, suits: _Suits, *, newer_half: float) -> Choice:
    of_link = {link.id: (*_of_link(link), *suits(link)) for link in story.links}
    main = min(story.links, key=lambda link: (-_sum(of_link[link.id]), link_order(link)))
    why = [
        *_of_savers(story),
        *_of_responses(responses.to(story.links)),
        *_of_links(len(story.links)),
        *of_link[main.id],
    ]
    if _day_number(main.saved_at) > newer_half:
        why.append(Reason("why.recent", points=_RECENT))
    also = tuple(link for link in story.links if link.id != main.id)
    return Choice(main, also, tuple(why), near=story.near)


def _sum(reasons: Iterable[Reason]) -> int:
    return sum(reason.points for reason in reasons)


def _of_savers(story: Story) -> Iterator[Reason]:
    savers = savers_of([save for link in story.links for save in link.saves])
    yield Reason("why.savers", len(savers), _A_SAVER * len(savers))
    if not all(map(is_machine, savers)):
        yield Reason("why.person", points=_BY_PERSON)


def _of_responses(resonance: Resonance) -> Iterator[Reason]:
    if count := len(resonance.reacted):
        yield Reason("why.reacted", count, _A_REACTION * min(count, _MOST_REACTIONS))
    if count := len(resonance.replied):
        yield Reason("why.replied", count, min(_A_REPLY * count, _MOST_REPLIES))
    if count := len(resonance.opposed):
        yield Reason("why.opposed", count, _OPPOSED * min(count, _MOST_OPPOSED))


def _of_links(count: int) -> Iterator[Reason]:
    if count > 1:
        yield Reason("why.links", count, _AN_EXTRA_LINK * (count - 1))


def _of_link(link: LinkRecord) -> Iterator[Reason]:
    if has_summary(link) and link.summary is not None:
        yield Reason("why.points", len(link.summary.points), _SUMMARY)
    if link.concepts:
        yield Reason("why.concepts", len(link.concepts), _CONCEPTS)
    if link.related:
        yield Reason("why.related", len(link.related), _RELATED)
    if link.kind is Kind.FUN:
        yield Reason("why.fun", points=_FUN)
    if link.doubts:
        yield Reason("why.doubt", points=_DOUBT)


def has_summary(link: LinkRecord) -> bool:
    return link.summary is not None and bool(link.summary.points)


def savers_of(saves: Sequence[Save]) -> list[str]:
    """Return the distinct members who saved, those who came first first."""
    return list(dict.fromkeys(save.member for save in saves))


def day_order(choice: Choice) -> int:
    """Return what is smaller for a newer day."""
    return -_day_number(choice.main.saved_at)


def _day_number(instant: datetime) -> int:
    return instant.astimezone(UTC).toordinal()
