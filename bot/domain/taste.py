"""What the people of a channel like and dislike: learned from their votes, faded with time."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.models import LinkId, LinkRecord, MemberId
from bot.domain.publishers import source_of
from bot.domain.reasons import Reason


class Aspect(StrEnum):
    """By what links are alike. The name of each is a topic's id, a source, a kind."""

    TOPIC = "topic"
    SOURCE = "source"
    KIND = "kind"


# A vote counts half after this time. By hand: a season's favourites are no law for the next one.
_HALF_LIFE = timedelta(days=60)
# Points a vote, and how many points an aspect may give or take at most. By hand: all together
# weigh no more than one more member who saves a link, and one vote says little about a whole kind.
_POINTS_A_VOTE: Mapping[Aspect, float] = {Aspect.TOPIC: 1, Aspect.SOURCE: 1, Aspect.KIND: 0.5}
_MOST: Mapping[Aspect, int] = {Aspect.TOPIC: 2, Aspect.SOURCE: 1, Aspect.KIND: 1}


@dataclass(frozen=True, slots=True)
class Vote:
    """What a member of a channel said last about a link: more or less like this.

    `topic`, `source`, `kind`: what the link was then; "" where it had none, or where that was
    taken back.
    """

    member: MemberId
    link: LinkId
    is_liked: bool
    at: datetime
    topic: str = ""
    source: str = ""
    kind: str = ""

    @classmethod
    def on(cls, link: LinkRecord, *, by: MemberId, is_liked: bool, at: datetime) -> Vote:
        return cls(by, link.id, is_liked, at, **aspects_of(link))


@dataclass(frozen=True, slots=True)
class Leaning:
    """What the votes say of one aspect. `points`: what it adds to the score of such links."""

    aspect: Aspect
    name: str
    points: int
    votes: int


@dataclass(frozen=True, slots=True)
class Taste:
    """The strongest leanings come first."""

    leanings: tuple[Leaning, ...] = ()

    def reader(self) -> Callable[[LinkRecord], Iterator[Reason]]:
        """Return what tells how a link suits it, for many links."""
        leanings = {(each.aspect.value, each.name): each for each in self.leanings if each.points}

        def read(link: LinkRecord) -> Iterator[Reason]:
            for aspect, name in aspects_of(link).items() if leanings else ():
                if leaning := leanings.get((aspect, name)):
                    verb = "liked" if leaning.points > 0 else "disliked"
                    yield Reason(f"why.{verb}_{aspect}", leaning.votes, leaning.points, name)

        return read


def aspects_of(link: LinkRecord) -> dict[str, str]:
    """Return what a vote on the link is about; a source that publishes everybody is none."""
    source = source_of(link)
    return {
        Aspect.TOPIC.value: link.topics[0] if link.topics else "",
        Aspect.SOURCE.value: "" if source == link.url else source,
        Aspect.KIND.value: str(link.kind),
    }


def learn(votes: Iterable[Vote], *, at: datetime) -> Taste:
    """Return what was learned by then, whatever order the votes come in."""
    weights: defaultdict[tuple[Aspect, str], list[float]] = defaultdict(list)
    for vote in votes:
        age = max(timedelta(0), at - vote.at)
        weight = 0.5 ** (age / _HALF_LIFE) * (1 if vote.is_liked else -1)
        for aspect in Aspect:
            if name := getattr(vote, aspect):
                weights[aspect, name].append(weight * _POINTS_A_VOTE[aspect])
    sums = {key: math.fsum(each) for key, each in weights.items()}
    strongest_first = sorted(sums, key=lambda key: (-abs(sums[key]), key))
    return Taste(
        tuple(
            Leaning(aspect, name, _points(aspect, sums[aspect, name]), len(weights[aspect, name]))
            for aspect, name in strongest_first
        )
    )


def _points(aspect: Aspect, weight: float) -> int:
    """Return whole points, half a point as none: one old vote moves nothing any more."""
    most = _MOST[aspect]
    return max(-most, min(most, int(math.copysign(math.ceil(abs(weight) - 0.5), weight))))
