"""The core's commands as Discord's: `/NAME`, `/jubo NAME`, a message's menu; in two languages."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import discord

from adapters.discord import limits
from adapters.discord.events import MESSAGE_COMMAND, SUBCOMMAND
from adapters.discord.forms import needs_form
from bot.specs import EVERYTHING, CommandSpec, Option, Takes
from bot.texts import DEFAULT_LANGUAGE, Texts

log = logging.getLogger(__name__)

# Source: docs.discord.com, "Application Commands".
DESCRIPTION = 100
_SLASH = 1
_STRING, _CHANNEL = 3, 7
_TEXT_CHANNELS = (0, 5, 15)  # text, announcements, forums
_IN_GUILDS, _WITH_US = 0, 1  # contexts: servers, and direct messages with the bot
_INSTALLED_IN_GUILDS = 0
# What says how a command looks: the rest of what Discord returns is its own.
_TELLING = (
    "type",
    "name",
    "name_localizations",
    "description",
    "description_localizations",
    "required",
    "autocomplete",
    "channel_types",
    "max_length",
    "value",
    "contexts",
    "integration_types",
)

Command = dict[str, Any]


async def sync_commands(client: discord.Client, wanted: Sequence[Command]) -> None:
    """Register the commands if they differ from what stands: 200 may be made a day.

    `client` is logged in.
    """
    application = client.application_id or 0
    path = "/applications/{application_id}/commands"
    route = discord.http.Route("GET", path, application_id=application)
    try:
        standing = await client.http.request(route, params={"with_localizations": "true"})
    except discord.HTTPException as error:
        log.warning("registered commands not known: %s", error)
        standing = ()
    if _telling(standing) != _telling(wanted):
        await client.http.bulk_upsert_global_commands(application, payload=list(wanted))
        log.info("commands registered", extra={"commands": len(wanted)})


def commands_of(specs: Sequence[CommandSpec], texts: Texts) -> list[Command]:
    """Return everything to register, in a lasting order."""
    by_name = [_slash(each, texts) for each in specs]
    everything = {
        **_named(EVERYTHING, "discord.everything", texts),
        "type": _SLASH,
        "options": [{**_of_spec(each, texts), "type": SUBCOMMAND} for each in specs],
    }
    menu = {
        "type": MESSAGE_COMMAND,
        "name": texts.get(DEFAULT_LANGUAGE, "discord.save_link"),
        "name_localizations": _other_languages("discord.save_link", texts, limit=32),
    }
    return [{**each, **_everywhere()} for each in (*by_name, everything, menu)]


def _slash(spec: CommandSpec, texts: Texts) -> Command:
    return {**_of_spec(spec, texts), "type": _SLASH}


def _everywhere() -> Command:
    return {"contexts": [_IN_GUILDS, _WITH_US], "integration_types": [_INSTALLED_IN_GUILDS]}


def _of_spec(spec: CommandSpec, texts: Texts) -> Command:
    # Discord wants the required options first.
    ordered = sorted(spec.options, key=lambda each: not _is_required(each, spec))
    options = [_option(each, spec, texts) for each in ordered]
    return {**_named(spec.name, f"command.{spec.name}", texts), "options": options}


def _option(option: Option, spec: CommandSpec, texts: Texts) -> Command:
    made: Command = {
        **_named(option.name, f"option.{option.name}", texts),
        "type": _CHANNEL if option.takes is Takes.CHANNEL else _STRING,
        "required": _is_required(option, spec),
    }
    if option.takes is Takes.CHANNEL:
        made["channel_types"] = list(_TEXT_CHANNELS)
    elif option.takes is Takes.CHOICE:
        made["choices"] = [_choice(each, texts) for each in option.choices[: limits.CHOICES]]
    elif option.is_suggested:
        made["autocomplete"] = True
    return made


def _is_required(option: Option, spec: CommandSpec) -> bool:
    # Called bare, a form asks for it: Discord would refuse the call before we hear of it.
    return option.is_required and not (option.is_main and needs_form(spec))


def _choice(value: str, texts: Texts) -> Command:
    key = f"choice.{value}"
    if not texts.has(key):
        return {"name": value[: limits.CHOICE_LABEL], "value": value}
    return {
        "name": texts.get(DEFAULT_LANGUAGE, key)[: limits.CHOICE_LABEL],
        "name_localizations": _other_languages(key, texts, limit=limits.CHOICE_LABEL),
        "value": value,
    }


def _named(name: str, key: str, texts: Texts) -> Command:
    """Return a name with what it does; names stay English, as help and answers write them."""
    return {
        "name": name,
        "description": texts.get(DEFAULT_LANGUAGE, key)[:DESCRIPTION],
        "description_localizations": _other_languages(key, texts, limit=DESCRIPTION),
    }


def _other_languages(key: str, texts: Texts, *, limit: int) -> dict[str, str]:
    return {"ko": texts.get("ko", key)[:limit]}


def _telling(commands: Any) -> list[Any]:
    """Return what matters of commands, so that sent and returned ones compare.

    Discord adds ids and defaults, leaves out what is empty and orders the commands as it likes.
    """
    plain = [_plain(each) for each in commands]
    return sorted(plain, key=lambda each: (each.get("type", _SLASH), each["name"]))


def _plain(command: Mapping[str, Any]) -> Command:
    plain = {key: command[key] for key in _TELLING if command.get(key)}
    for key in ("contexts", "integration_types", "channel_types"):
        if key in plain:
            plain[key] = sorted(plain[key])
    for key in ("options", "choices"):
        if command.get(key):
            plain[key] = [_plain(each) for each in command[key]]
    return plain
