"""What people give a command: words, and options written as name:value or chosen in a form."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.digests import Style
from bot.domain.models import ChannelId, Kind
from bot.errors import UsageError
from bot.events import CommandCalled
from bot.specs import CommandSpec
from bot.texts import LANGUAGES

_OPTION = re.compile(r"^([a-z]+):(.*)$", re.IGNORECASE)
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


def parse_kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError as error:
        raise UsageError("links.bad_kind", kind=text) from error


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
