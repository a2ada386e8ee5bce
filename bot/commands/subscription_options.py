"""What /subscribe takes, and how it becomes a subscription or changes one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.commands.options import (
    SHIPPED_EMOJI,
    Call,
    parse_channels,
    parse_kinds,
    parse_language,
    parse_size,
    parse_style,
    parse_topics,
    parse_yes,
)
from bot.domain.digests import Style
from bot.domain.emoji import SaveEmoji
from bot.domain.models import Kind, MemberId, Place, WorkspaceId
from bot.domain.schedules import (
    NINE,
    Every,
    make_cron,
    move_cron,
    parse_cron,
    parse_every,
    parse_time,
    parse_weekday,
    reach_days,
    read_choice,
)
from bot.domain.subscriptions import Size, Subscription
from bot.domain.topics import SHIPPED_TOPICS
from bot.domain.zones import parse_zone
from bot.errors import UsageError
from bot.specs import CommandSpec, Option, Takes
from bot.texts import LANGUAGES

CHANGE = "change"
SUBSCRIBE = CommandSpec(
    "subscribe",
    (
        Option("every", Takes.CHOICE, choices=tuple(Every), default=Every.WEEKLY),
        Option("at", default=NINE, is_suggested=True),
        Option("on", is_suggested=True),
        Option("zone", is_suggested=True),
        Option("style", Takes.CHOICE, choices=tuple(Style), default=Style.WEEKLY),
        Option("size", Takes.CHOICE, choices=tuple(Size), default=Size.NORMAL),
        Option("language", Takes.CHOICE, choices=LANGUAGES),
        Option("kinds", Takes.CHOICES, choices=tuple(Kind), is_suggested=True),
        Option(
            "topics",
            Takes.CHOICES,
            choices=tuple(topic.id for topic in SHIPPED_TOPICS),
            is_suggested=True,
        ),
        Option("channels", Takes.CHANNELS),
        Option("empty", Takes.CHOICE, choices=("yes", "no")),
        Option("cron"),
        Option(CHANGE, is_suggested=True, is_typed_only=True),
    ),
    has_form=True,
)

_EVERYTHING = frozenset({"all", "모두", "전부", "전체"})
# A word without a name may be any of these; of those in `_MANY` there may be several.
_PARSERS: Mapping[str, Callable[[str], object]] = {
    "every": parse_every,
    "at": parse_time,
    "on": parse_weekday,
    "zone": parse_zone,
    "language": parse_language,
    "kinds": parse_kinds,
    "topics": parse_topics,
    "channels": lambda word: parse_channels(_marked_channels(word)),
}
_LIKE_A_TIME = re.compile(r"\d+(:\d*|시)")
_MANY = frozenset({"kinds", "topics", "channels"})


def claim_words(call: Call) -> dict[str, str]:
    """Return the options that say something; words without a name are given to theirs.

    A cron line is typed with spaces: all after its first field are such words.

    Raises:
        UsageError: a word that nothing takes, or two for one option.

    """
    options = {name: value.strip() for name, value in call.options.items() if value.strip()}
    if options.get("cron"):
        cron = f"{options['cron']} {call.words}"
        return options | {"cron": cron.strip().strip("\"'“”‘’`")}
    for word in call.words.split():
        name = _option_of(word)
        if name not in options:
            options[name] = word
        elif name in _MANY:
            options[name] += f",{word}"
        else:
            raise UsageError("subscribe.twice", word=word[:40], option=name)
    return options


def _option_of(word: str) -> str:
    for name, parse in _PARSERS.items():
        try:
            parse(word)
        except UsageError:
            continue
        return name
    if _LIKE_A_TIME.fullmatch(word):
        parse_time(word)  # which says what is wrong with it
    if "/" in word:
        parse_zone(word)
    raise UsageError("subscribe.unknown_word", word=word[:40])


def _marked_channels(word: str) -> str:
    """Return a word that a platform marks as a channel; any other word is none."""
    if not word.startswith(("#", "<#")):
        raise UsageError("option.bad_channel", channel=word)
    return word


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks for a subscription, where, and what holds as long as they say nothing else.

    `act`: the event's id; the same one asks for the same subscription.
    """

    act: str
    workspace: WorkspaceId
    place: Place
    member: MemberId
    member_name: str
    at: datetime
    zone: str
    language: str
    emoji: SaveEmoji = SHIPPED_EMOJI


def read_new(options: Mapping[str, str], asked: Asked) -> Subscription:
    """Return the subscription that a call asks for.

    Raises:
        UsageError: something in it cannot be meant.

    """
    cron = _read_cron(options)
    begun = Subscription(
        id=short_id(asked.act),
        workspace=asked.workspace,
        place=asked.place,
        cron=cron,
        zone=asked.zone,
        days=reach_days(cron),
        style=Style.WEEKLY,
        language=asked.language,
        made_by=asked.member,
        made_by_name=asked.member_name,
        made_at=asked.at,
    )
    return _choose(begun, options, asked.emoji)


def read_change(
    before: Subscription, options: Mapping[str, str], *, emoji: SaveEmoji, is_form: bool
) -> Subscription:
    """Return a subscription as a call wants it; what the call leaves out stays.

    A form says everything: what it leaves empty is to be empty.

    Raises:
        UsageError: something in it cannot be meant.

    """
    cron = _change_cron(before.cron, options, is_form=is_form)
    begun = replace(before, cron=cron, days=reach_days(cron))
    if is_form:
        begun = replace(begun, kinds=(), topics=(), sources=(), posts_empty=False)
    return _choose(begun, options, emoji)


def options_of(subscription: Subscription) -> tuple[tuple[str, str], ...]:
    """Return how it stands, as a form is filled in; what is at its default may be missing."""
    choice = read_choice(subscription.cron)
    options = {
        "every": choice.every if choice else "",
        "at": choice.at if choice else "",
        "on": choice.on if choice else "",
        "cron": "" if choice else subscription.cron,
        "zone": subscription.zone,
        "style": subscription.style,
        "size": subscription.size,
        "language": subscription.language,
        "kinds": ",".join(subscription.kinds),
        "topics": ",".join(subscription.topics),
        "channels": ",".join(subscription.sources),
        "empty": "yes" if subscription.posts_empty else "no",
        CHANGE: f"{subscription.id}@{subscription.version}",
    }
    return tuple((name, str(value)) for name, value in options.items() if value)


def short_id(event: str) -> str:
    """Return an id as short as the values of buttons must be, the same for the same event."""
    return hashlib.sha256(event.encode()).hexdigest()[:16]


def _choose(
    subscription: Subscription, options: Mapping[str, str], emoji: SaveEmoji
) -> Subscription:
    if zone := options.get("zone"):
        subscription = replace(subscription, zone=parse_zone(zone))
    if style := options.get("style"):
        subscription = replace(subscription, style=parse_style(style))
    if size := options.get("size"):
        subscription = replace(subscription, size=parse_size(size))
    if language := options.get("language"):
        subscription = replace(subscription, language=parse_language(language))
    if kinds := options.get("kinds"):
        chosen = () if _is_everything(kinds) else parse_kinds(kinds, emoji)
        # All of them is no choice: what is saved under another kind one day comes too.
        subscription = replace(subscription, kinds=chosen if len(chosen) < len(Kind) else ())
    if topics := options.get("topics"):
        wanted = () if _is_everything(topics) else parse_topics(topics)
        subscription = replace(subscription, topics=wanted)
    if channels := options.get("channels"):
        sources = () if _is_everything(channels) else parse_channels(channels)
        subscription = replace(subscription, sources=sources)
    if empty := options.get("empty"):
        subscription = replace(subscription, posts_empty=parse_yes(empty))
    return subscription


def _is_everything(text: str) -> bool:
    return text.strip().lower() in _EVERYTHING


def _read_cron(options: Mapping[str, str]) -> str:
    if not options.get("cron"):
        every = parse_every(options.get("every") or Every.WEEKLY)
        return make_cron(every, at=options.get("at") or NINE, on=options.get("on", ""))
    # A form sends its defaults along, so only what no default says can contradict.
    if options.get("on"):
        raise UsageError("subscribe.cron_alone")
    return parse_cron(options["cron"])


def _change_cron(before: str, options: Mapping[str, str], *, is_form: bool) -> str:
    every, at, on = (options.get(name, "") for name in ("every", "at", "on"))
    if options.get("cron") and not (is_form and every and options["cron"] == before):
        return _read_cron(options)  # unless it was only filled in, and something was chosen for it
    if not (every or at or on):
        return before
    if not (every or on):
        return move_cron(before, at)
    stood = read_choice(before)
    wanted = parse_every(every) if every else stood.every if stood else _every_of(on)
    if stood and wanted is not stood.every and is_form and on == stood.on:
        on = ""  # it was filled in for how often it came before
    if stood and wanted is stood.every and not is_form:
        on = on or stood.on
    return make_cron(wanted, at=at or (stood.at if stood else NINE), on=on)


def _every_of(on: str) -> Every:
    try:
        parse_weekday(on)
    except UsageError:
        return Every.MONTHLY
    return Every.WEEKLY
