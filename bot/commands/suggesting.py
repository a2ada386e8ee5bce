"""Values offered while somebody types an option."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.domain.models import Kind, MemberId, Place, WorkspaceId
from bot.domain.periods import parse_period, period_title, week_of
from bot.domain.schedules import LAST_DAY, NINE, WEEKDAYS, describe
from bot.domain.topics import SHIPPED_TOPICS
from bot.domain.zones import zone_names
from bot.errors import TransientError, UsageError
from bot.ports import Clock, SubscriptionStore, WorkspaceStore
from bot.specs import Choice, CommandSpec
from bot.texts import Say, Texts

# Sources: docs.discord.com, "Application Commands" (25 choices, 100 characters of name and value).
MOST = 25
LONGEST = 100

_PERIODS = (
    "7d",
    "today",
    "yesterday",
    "this-week",
    "last-week",
    "this-month",
    "last-month",
    "30d",
)
_WEEKS_BACK = 12
_TIMES = tuple(f"{hour:02}:{minute:02}" for hour in range(24) for minute in (0, 30))
_DAYTIME = _TIMES[_TIMES.index("07:00") :][:MOST]  # offered while nothing is typed
_MONTH_DAYS = ("1", "15", LAST_DAY)


_Offer = Callable[[str, Say, str], Iterable[Choice]]


class Suggestions:
    """The port `Suggests`. `zone` is the operator's: it says which day is today."""

    def __init__(
        self,
        specs: Sequence[CommandSpec],
        *,
        texts: Texts,
        clock: Clock,
        zone: ZoneInfo,
        workspaces: WorkspaceStore,
        subscriptions: SubscriptionStore,
    ) -> None:
        self._specs = specs
        self._texts = texts
        self._clock = clock
        self._zone = zone
        self._workspaces = workspaces
        self._subscriptions = subscriptions
        self._values: Mapping[str, _Offer] = {
            "period": self._periods,
            "topic": _topics,
            "topics": _several(_topics),
            "kinds": _several(_kinds),
            "at": _times,
            "on": _days,
            "command": self._commands,
        }

    async def suggest(
        self,
        command: str,
        option: str,
        typed: str,
        *,
        workspace: WorkspaceId,
        place: Place,
        member: MemberId,
        language: str,
    ) -> tuple[Choice, ...]:
        del command, member  # an option means the same wherever it stands
        typed, say = typed.strip()[:LONGEST], self._texts.bind(language)
        choices: Iterable[Choice]
        if option == "zone":
            choices = _zones(typed, await self._chosen_zone(workspace))
        elif option == "change":
            choices = await self._subscribed(typed, say, workspace, place)
        elif option in self._values:
            choices = self._values[option](typed, say, language)
        else:
            return ()
        by_value: dict[str, Choice] = {}
        for each in choices:
            if len(each.value) <= LONGEST:
                by_value.setdefault(each.value, Choice(each.label[:LONGEST], each.value))
        return tuple(by_value.values())[:MOST]

    async def _chosen_zone(self, workspace: WorkspaceId) -> str:
        try:
            chosen = await self._workspaces.get_settings(workspace)
        except (KeyError, TransientError):
            return str(self._zone)
        return chosen.zone or str(self._zone)

    async def _subscribed(
        self, typed: str, say: Say, workspace: WorkspaceId, place: Place
    ) -> list[Choice]:
        """Return the channel's subscriptions by their numbers in its list."""
        try:
            found = await self._subscriptions.list_subscriptions(workspace, channel=place.channel)
        except TransientError:
            return []
        labels = [
            f"{number}. {describe(each.cron, each.zone, say)}"
            for number, each in enumerate(found, start=1)
        ]
        return [
            Choice(label, str(number))
            for number, label in enumerate(labels, start=1)
            if _matches(typed, label)
        ]

    def _periods(self, typed: str, say: Say, language: str) -> Iterator[Choice]:
        del language
        today = self._clock.now().astimezone(self._zone).date()
        if own := _period(typed, today, say):
            yield own
        weeks = [week_of(today - timedelta(weeks=back)).name for back in range(1, _WEEKS_BACK + 1)]
        for name in (*_PERIODS, *weeks):
            offered = _period(name, today, say)
            if offered is not None and _matches(typed, offered.label, name):
                yield offered

    def _commands(self, typed: str, say: Say, language: str) -> Iterator[Choice]:
        del language
        for spec in self._specs:
            label = f"/{spec.name} — {say(f'command.{spec.name}')}"
            if _matches(typed, label):
                yield Choice(label, spec.name)


def _period(name: str, today: date, say: Say) -> Choice | None:
    """Return a period by its name and its days; None where it is no period yet."""
    try:
        period = parse_period(name, today=today)
    except UsageError:
        return None
    title = period_title(period, say)
    label = say(f"suggest.{name}", days=title) if name in _PERIODS else f"{name} · {title}"
    return Choice(label, period.name)


def _topics(typed: str, say: Say, language: str) -> Iterator[Choice]:
    del say
    for topic in SHIPPED_TOPICS:
        name = topic.name_ko if language == "ko" else topic.name_en
        if _matches(typed, topic.name_ko, topic.name_en, topic.id):
            yield Choice(f"{topic.emoji} {name}", topic.id)


def _kinds(typed: str, say: Say, language: str) -> Iterator[Choice]:
    del language
    for kind in Kind:
        if _matches(typed, kind, say(f"choice.{kind}")):
            yield Choice(say(f"choice.{kind}"), kind)


def _several(offer: _Offer) -> _Offer:
    """Offer one more after the last comma, with what stands before it."""

    def offer_more(typed: str, say: Say, language: str) -> Iterator[Choice]:
        before, comma, begun = typed.rpartition(",")
        known = [each.strip() for each in before.split(",")]
        for each in offer(begun.strip(), say, language):
            if each.value not in known:
                # Cut from the front: what is new is what is chosen.
                label = f"{before}, {each.label}" if comma else each.label
                yield Choice(label[-LONGEST:], f"{before}{comma}{each.value}")

    return offer_more


def _zones(typed: str, chosen: str) -> Iterator[Choice]:
    words = typed.replace(" ", "_")
    names = [name for name in dict.fromkeys((chosen, *zone_names())) if _matches(words, name)]
    # A city that begins so comes before one that only holds it: "lon" is London, not Babylon.
    names.sort(key=lambda name: not _starts(words, name, name.rpartition("/")[2]))
    return (Choice(name.replace("_", " "), name) for name in names)


def _times(typed: str, say: Say, language: str) -> Iterator[Choice]:
    del say, language
    if not typed:
        return (Choice(each, each) for each in (NINE, *_DAYTIME))
    digits = typed.rjust(2, "0") if len(typed) == 1 else typed
    found = [each for each in _TIMES if _matches(typed, each)]
    found.sort(key=lambda each: not each.startswith(digits))
    return (Choice(each, each) for each in found)


def _days(typed: str, say: Say, language: str) -> Iterator[Choice]:
    del language
    for name in (*WEEKDAYS, *_MONTH_DAYS):
        label = say(f"suggest.on.{name}")
        if _matches(typed, label, name):
            yield Choice(label, name)


def _matches(typed: str, *texts: str) -> bool:
    return any(typed.casefold() in text.casefold() for text in texts)


def _starts(typed: str, *texts: str) -> bool:
    return any(text.casefold().startswith(typed.casefold()) for text in texts)
