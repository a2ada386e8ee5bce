"""What filters are called, so that whoever asked sees what was understood."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bot.domain.digests import Period
from bot.domain.filters import Filters
from bot.domain.periods import period_title
from bot.domain.topic_names import name_of_topic
from bot.texts import Say


def describe_filters(filters: Filters, say: Say, *, language: str) -> str:
    """Return them in the order of a sentence: "papers · on RAG · shared in November · by Mina"."""
    return " · ".join(_parts(filters, say, language))


def _parts(filters: Filters, say: Say, language: str) -> Iterator[str]:
    if filters.kind is not None:
        yield say(f"kind.{filters.kind}")
    if filters.topic:
        yield say("filters.topic", name=name_of_topic(filters.topic, language=language))
    if when := _when(filters, say):
        yield when
    if filters.sharers:
        names = dict.fromkeys(each.name or each.member for each in filters.sharers)
        yield say("filters.by", names=", ".join(names))


def _when(filters: Filters, say: Say) -> str:
    first, end = filters.first, filters.end
    day = timedelta(days=1)
    if first and end:
        if end <= first:
            return say("filters.never")
        return say("filters.in", days=period_title(Period("", first, end), say))
    if first:
        return say("filters.since", day=period_title(Period("", first, first + day), say))
    if end:
        return say("filters.before", day=period_title(Period("", end, end + day), say))
    return ""
