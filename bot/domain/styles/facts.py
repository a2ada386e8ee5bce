"""What code knows of a period and says at the top: who saved, where from, which topics grew."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.digests import Digest, Tally
from bot.texts import Say

_NAMES = 5
_GROWN = 3
_LEAST_GROWTH = 2  # one link more is no news


def opening_facts(digest: Digest, say: Say) -> Iterator[str]:
    """Yield whole sentences; what is not known is not said."""
    if digest.savers:
        yield say("opening.savers", names=_names(digest.savers, say))
    if digest.origins:
        yield say("opening.origins", names=_names(digest.origins, say))
    if grown := _grown(digest.topics):
        names = [
            say("opening.growth", name=each.name, before=each.before, count=each.count)
            for each in grown
        ]
        yield say("opening.grown", names=", ".join(names))


def _names(tallies: Sequence[Tally], say: Say) -> str:
    names = [say("digest.bar", label=each.name, count=each.count) for each in tallies[:_NAMES]]
    if len(tallies) > _NAMES:
        names.append(say("opening.others", count=len(tallies) - _NAMES))
    return ", ".join(names)


def _grown(topics: Sequence[Tally]) -> list[Tally]:
    """Return what grew most; nothing where nothing was saved before, since all of it would."""
    if not any(topic.before for topic in topics):
        return []
    grown = [
        (topic.count - topic.before, topic)
        for topic in topics
        if topic.before is not None and topic.count - topic.before >= _LEAST_GROWTH
    ]
    grown.sort(key=lambda each: (-each[0], each[1].name))
    return [topic for _, topic in grown[:_GROWN]]
