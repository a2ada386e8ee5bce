"""What people give a command: words, and options written as name:value or chosen in a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.digests import Style
from bot.domain.emoji import SaveEmoji, kind_of_emoji
from bot.domain.filters import KIND_NAMES
from bot.domain.models import ChannelId, Kind
from bot.domain.subscriptions import Size
from bot.domain.topics import SHIPPED_TOPICS
from bot.errors import UsageError
from bot.events import CommandCalled
from bot.specs import CommandSpec
from bot.text.graphemes import chop
from bot.texts import LANGUAGES

_OPTION = re.compile(r"^([a-z]+):(.*)$", re.IGNORECASE)
_YES = frozenset({"yes", "y", "true", "on", "예", "네", "응"})
_NO = frozenset({"no", "n", "false", "off", "아니요", "아니오", "아니"})
_SIZE_NAMES = {"작게": "small", "보통": "normal", "크게": "large"}
SHIPPED_EMOJI = SaveEmoji()
# Slack writes <#C0123|name>, Discord <#123>.
_CHANNEL = re.compile(r"<#([A-Za-z0-9]+)(?:\|[^>]*)?>|([A-Za-z0-9_-]+)")


@dataclass(frozen=True, slots=True)
class Call:
    """`words`: what no option claims. `options`: values by name, those of the main one apart."""

    words: str
    options: Mapping[str, str]


def read_call(event: CommandCalled, spec: CommandSpec) -> Call:
    """Join what was typed and what was chosen; what was chosen wins, and is taken as it is.

    Raises:
        UsageError: an option that the command does not know.

    """
    main = spec.main
    names = [each.name for each in spec.options if each is not main]
    words, typed = split_options(event.arguments, known=names) if names else (event.arguments, {})
    chosen = dict(event.options)
    if main is not None and main.name in chosen:
        words = " ".join(filter(None, (words, chosen.pop(main.name))))
    return Call(words.strip(), {**typed, **chosen})


def split_options(text: str, *, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the words without the options, and the options by name. Addresses are words.

    Raises:
        UsageError: an option that is not known.

    """
    words: list[str] = []
    options: dict[str, str] = {}
    for part in text.split():
        match = _OPTION.match(part)
        if match is not None and match[1].lower() in known:
            options[match[1].lower()] = match[2]
        elif match is None or "://" in part:  # an address, perhaps with a word glued to it
            words.append(part)
        else:
            names = ", ".join(f"{name}:" for name in known)
            raise UsageError("option.unknown", option=part, names=names)
    return " ".join(words), options


def parse_channel(text: str) -> ChannelId:
    """Return the channel that is named: as a platform's mention or by its id."""
    match = _CHANNEL.fullmatch(text.strip().removeprefix("#"))
    if match is None:
        raise UsageError("option.bad_channel", channel=text)
    return ChannelId(match[1] or match[2])


def parse_kinds(text: str, emoji: SaveEmoji = SHIPPED_EMOJI) -> tuple[Kind, ...]:
    """Return kinds in their lasting order: as emoji, ours or the workspace's, or by their names.

    Raises:
        UsageError: one is no kind.

    """
    found = {kind for part in _parts(text) for kind in _kinds_of(part, emoji)}
    return tuple(kind for kind in Kind if kind in found)


def _kinds_of(part: str, emoji: SaveEmoji) -> list[Kind]:
    if part.lower() in KIND_NAMES:
        return [KIND_NAMES[part.lower()]]
    drawn = [part] if emoji.kind_of(part) else list(chop(part, 1, size=lambda _: 1))
    kinds = [kind for each in drawn if (kind := emoji.kind_of(each) or kind_of_emoji(each))]
    if len(kinds) < len(drawn):
        raise UsageError("subscribe.bad_kind", kind=part[:40])
    return kinds


def parse_topics(text: str) -> tuple[str, ...]:
    """Return the ids of topics, written so or by their names in either language, in lasting order.

    Raises:
        UsageError: one is no topic of the workspace's list.

    """
    found = set()
    for part in text.split(","):
        if part.strip():
            found.add(_topic(part.strip()))
    return tuple(topic.id for topic in SHIPPED_TOPICS if topic.id in found)


def _topic(text: str) -> str:
    wanted = _bare(text)
    for topic in SHIPPED_TOPICS:
        if wanted in map(_bare, (topic.id, topic.name_ko, topic.name_en)):
            return topic.id
    names = ", ".join(topic.id for topic in SHIPPED_TOPICS)
    raise UsageError("subscribe.bad_topic", topic=text[:40], names=names)


def _bare(name: str) -> str:
    return "".join(each for each in name.casefold() if each.isalnum())


def parse_channels(text: str) -> tuple[ChannelId, ...]:
    """Return each channel once, in the order in which they are named.

    Raises:
        UsageError: one is no channel.

    """
    return tuple(dict.fromkeys(parse_channel(part) for part in _parts(text)))


def _parts(text: str) -> list[str]:
    return text.replace(",", " ").split()


def parse_size(text: str) -> Size:
    name = text.strip().lower()
    try:
        return Size(_SIZE_NAMES.get(name, name))
    except ValueError as error:
        sizes = ", ".join(Size)
        raise UsageError("subscribe.bad_size", size=text[:40], sizes=sizes) from error


def parse_yes(text: str) -> bool:
    """Return whether it is yes, 예 or a like word; no, 아니요 and the like are False.

    Raises:
        UsageError: neither.

    """
    word = text.strip().lower()
    if word not in _YES | _NO:
        raise UsageError("option.not_yes_or_no", word=text[:40])
    return word in _YES


def parse_style(text: str) -> Style:
    try:
        return Style(text.lower())
    except ValueError as error:
        raise UsageError("subscribe.bad_style", style=text[:40], styles=", ".join(Style)) from error


def parse_language(text: str) -> str:
    if text.lower() not in LANGUAGES:
        raise UsageError("settings.bad_language", language=text[:40])
    return text.lower()


def parse_midnight(text: str, zone: ZoneInfo) -> datetime:
    """Return the first instant of a day in a zone."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day, time(), zone).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the first day of all is yesterday elsewhere
        raise UsageError("links.bad_date", day=text) from error
