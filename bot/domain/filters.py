"""Filters: of which links and notes an answer or a list is made, and how people write them.

`kind:paper`, `topic:rag`, `by:Mina`, `from:2024-11` and `until:2024-12` may stand anywhere in a
query; values with spaces are quoted. `bot.domain.spoken_filters` reads what is said in words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, time, tzinfo
from difflib import get_close_matches

from bot.domain.models import Kind, LinkFilter, Sharer
from bot.domain.periods import parse_period
from bot.domain.topics import SHIPPED_TOPICS, find_topic
from bot.errors import UsageError
from bot.text.sounds import sound_english, sound_korean

KIND_NAMES = {kind.value: kind for kind in Kind} | {
    "papers": Kind.PAPER,
    "논문": Kind.PAPER,
    "개발": Kind.DEV,
    "뉴스": Kind.NEWS,
    "재미": Kind.FUN,
}

_NAMES = {
    "kind": "kind",
    "종류": "kind",
    "topic": "topic",
    "주제": "topic",
    "by": "by",
    "공유자": "by",
    "from": "since",
    "since": "since",
    "until": "until",
}
_QUOTES = {'"': '"', "“": "”", "‘": "’", "'": "'"}
_QUOTED = "|".join(f"{opening}[^{closing}]*{closing}" for opening, closing in _QUOTES.items())
# An address glued to the colon is a word: from:https://…
_WRITTEN = re.compile(
    rf"(?<!\S)(?P<name>{'|'.join(_NAMES)}):(?P<value>{_QUOTED}|<@[^<>]*>|(?!\S*://)\S+)",
    re.IGNORECASE,
)
_MENTION = re.compile(r"<@!?(?P<id>[^<>|]+)(?:\|[^<>]*)?>")
_HANGUL = re.compile("[가-힣]+")
_HONORIFIC = re.compile(r"\s*(?:님|씨)$")
_SHOWN = 40  # characters of a value that a refusal repeats
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Filters:
    """What has to hold, each where it is set. `first` <= day of saving < `end`.

    Several sharers are those that one name may mean: any of them.
    """

    kind: Kind | None = None
    topic: str = ""
    sharers: tuple[Sharer, ...] = ()
    first: date | None = None
    end: date | None = None

    def __bool__(self) -> bool:
        return self != Filters()

    def under(self, filters: Filters) -> Filters:
        """Return these filters and the others, which count more."""
        values = {each.name: getattr(filters, each.name) for each in fields(filters)}
        return replace(self, **{name: value for name, value in values.items() if value})

    def within(self, zone: tzinfo) -> LinkFilter:
        return LinkFilter(
            since=_midnight(self.first, zone),
            until=_midnight(self.end, zone),
            kind=self.kind,
            topic=self.topic or None,
            members=frozenset(each.member for each in self.sharers),
        )


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Nobody:
    """A name that nobody has who shared anything, and the nearest that somebody has."""

    name: str
    nearest: tuple[str, ...] = ()

    @property
    def message_key(self) -> str:
        return "filters.bad_name" if self.nearest else "filters.nobody"

    @property
    def values(self) -> Mapping[str, str]:
        return {"name": self.name[:_SHOWN], "names": ", ".join(self.nearest)}

    def refusal(self) -> UsageError:
        return UsageError(self.message_key, **self.values)


@dataclass(frozen=True, slots=True)
class Query:
    """The words to look for, and the filters that were taken out of them.

    `wider` is the same without what was only understood from words, and may be no filter at all.
    `nobody`: who was said to have shared it, where nobody is called so.
    """

    words: str
    filters: Filters = NO_FILTERS
    wider: Query | None = None
    nobody: Nobody | None = None

    def ever_wider(self) -> Iterator[Query]:
        """Yield the query, then it without what was guessed, then with the words of that."""
        yield self
        if self.wider is not None:
            # What was taken for a filter mostly was one, and says nothing of the subject.
            yield Query(self.words, self.wider.filters)
            yield self.wider

    def under(self, filters: Filters) -> Query:
        """Return the query under further filters, which count more than its own."""
        wider = self.wider.under(filters) if self.wider else None
        return replace(self, filters=self.filters.under(filters), wider=wider)

    @property
    def as_asked(self) -> str:
        """Return the words before any were taken for filters."""
        return self.wider.words if self.wider else self.words


def read_written(text: str, *, today: date, sharers: Sequence[Sharer]) -> Query:
    """Take the written filters out; of two with one name the last counts.

    Raises:
        UsageError: a value that means nothing; says what is known.

    """
    written = {_NAMES[match["name"].lower()]: match["value"] for match in _WRITTEN.finditer(text)}
    if not written:
        return Query(text)
    return Query(without_written(text), read_values(written, today=today, sharers=sharers))


def without_written(text: str) -> str:
    return " ".join(_WRITTEN.sub(" ", text).split())


def read_values(values: Mapping[str, str], *, today: date, sharers: Sequence[Sharer]) -> Filters:
    """Read values by their names: kind, topic, by, since, until.

    Raises:
        UsageError: one means nothing; says what is known.

    """
    filters = Filters()
    for name, value in values.items():
        filters = _READERS[name](filters, _bare(value), today, sharers)
    return filters


def find_sharers(name: str, sharers: Iterable[Sharer]) -> tuple[Sharer, ...]:
    """Return whom a name may mean: by id, by the whole name, by a part of it, or by its sound."""
    mention = _MENTION.fullmatch(name)
    wanted = (mention["id"] if mention else name.removeprefix("@")).strip().casefold()
    polite = _HONORIFIC.sub("", wanted)
    known = list(sharers)
    ways: tuple[Callable[[Sharer], bool], ...] = (
        lambda each: each.member.casefold() == wanted,
        lambda each: each.name.casefold() in (wanted, polite),
        lambda each: polite in each.name.casefold().split(),
    )
    found = (tuple(filter(is_meant, known)) for is_meant in ways if polite)
    return next(filter(None, found), ()) or _find_by_sound(polite, known)


def nobody_called(name: str, sharers: Iterable[Sharer]) -> Nobody:
    names = list(dict.fromkeys(each.name for each in sharers if each.name))
    return Nobody(name, tuple(_nearest(name, names) or names[:_NEAREST]))


def _find_by_sound(name: str, sharers: Iterable[Sharer]) -> tuple[Sharer, ...]:
    """Find Mina by 민아 and the other way; nobody where several names sound so."""
    found = tuple(each for each in sharers if _sounds_like(name, each.name.casefold()))
    return found if len({each.name for each in found}) == 1 else ()


def _sounds_like(one: str, other: str) -> bool:
    korean, latin = (one, other) if other.isascii() else (other, one)
    if not (_HANGUL.fullmatch(korean) and latin.isascii()):
        return False
    heard = sound_korean(korean)
    names = (each for name in (latin, *latin.split()) for each in sound_english(name))
    return len(heard.consonants) > 1 and any(map(heard.is_like, names))


def _bare(value: str) -> str:
    if len(value) > 1 and _QUOTES.get(value[0]) == value[-1]:
        value = value[1:-1]
    return " ".join(value.split())


def _with_kind(filters: Filters, value: str, today: date, sharers: Sequence[Sharer]) -> Filters:
    del today, sharers
    kind = KIND_NAMES.get(value.casefold())
    if kind is None:
        raise UsageError("links.bad_kind", kind=value[:_SHOWN])
    return replace(filters, kind=kind)


def _with_topic(filters: Filters, value: str, today: date, sharers: Sequence[Sharer]) -> Filters:
    del today, sharers
    topic = find_topic(value) if value else None
    if topic is None:
        names = [each for topic in SHIPPED_TOPICS for each in (topic.name_en, topic.name_ko)]
        ids = [topic.id for topic in SHIPPED_TOPICS]
        nearest = _nearest(value, [*ids, *names]) or ids
        raise UsageError("filters.bad_topic", topic=value[:_SHOWN], names=", ".join(nearest))
    return replace(filters, topic=topic)


def _with_sharer(filters: Filters, value: str, today: date, sharers: Sequence[Sharer]) -> Filters:
    del today
    found = find_sharers(value, sharers)
    if not found:
        raise nobody_called(value, sharers).refusal()
    return replace(filters, sharers=found)


def _with_since(filters: Filters, value: str, today: date, sharers: Sequence[Sharer]) -> Filters:
    del sharers
    return replace(filters, first=_first_day(value, today))


def _with_until(filters: Filters, value: str, today: date, sharers: Sequence[Sharer]) -> Filters:
    del sharers
    return replace(filters, end=_first_day(value, today))


_READERS = {
    "kind": _with_kind,
    "topic": _with_topic,
    "by": _with_sharer,
    "since": _with_since,
    "until": _with_until,
}


def _first_day(value: str, today: date) -> date:
    try:
        day = parse_period(value, today=today).first
        _midnight(day, UTC)
    except UsageError as error:
        raise UsageError("filters.bad_date", day=value[:_SHOWN]) from error
    return day


def _nearest(value: str, names: Sequence[str]) -> list[str]:
    wanted, folded = value.casefold()[:_SHOWN], {name.casefold(): name for name in names}
    holding = [each for each in folded if wanted and wanted in each]
    close = get_close_matches(wanted, list(folded), n=_NEAREST, cutoff=0.5)
    return [folded[each] for each in dict.fromkeys([*close, *holding])][:_NEAREST]


def _midnight(day: date | None, zone: tzinfo) -> datetime | None:
    if day is None:
        return None
    try:
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except OverflowError as error:  # the first day of all is yesterday elsewhere
        raise UsageError("filters.bad_date", day=day.isoformat()) from error
