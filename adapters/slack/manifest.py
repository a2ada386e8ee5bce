"""The app's manifest, as an administrator pastes it at api.slack.com/apps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.slack.events import SAVE_SHORTCUT
from adapters.slack.http import PATH
from adapters.slack.scopes import EVENTS, needed_scopes
from bot.specs import EVERYTHING, CommandSpec
from bot.texts import DEFAULT_LANGUAGE, Say, Texts

NAME = "Jubo"
# A workspace has one command of each name, so no more are taken than people miss.
BARE_COMMANDS = ("digest", "ask", "save", "subscribe")


def manifest(
    specs: Sequence[CommandSpec], *, url: str = "", language: str = DEFAULT_LANGUAGE
) -> dict[str, Any]:
    """Return exactly what the code uses; `url` is where Slack reaches us, "" for Socket Mode."""
    say = Texts.load().bind(language)
    address = {"url": _request_url(url)} if url else {}
    request = {"request_url": address["url"]} if url else {}
    return {
        "display_information": {"name": NAME, "description": say("slack.description")},
        "features": {
            "app_home": {
                "home_tab_enabled": False,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,  # else nobody could write to the bot
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": say("slack.save_shortcut"),
                    "type": "message",
                    "callback_id": SAVE_SHORTCUT,
                    "description": say("command.save"),
                }
            ],
            "slash_commands": [{**each, **address} for each in _commands(specs, say)],
        },
        "oauth_config": {"scopes": {"bot": needed_scopes()}},
        "settings": {
            "event_subscriptions": {**request, "bot_events": sorted(EVENTS)},
            "interactivity": {"is_enabled": True, **request},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }


def call_of(command: str) -> str:
    """Return how the app's members call a command: most have no name of their own."""
    return f"/{command}" if command in BARE_COMMANDS else f"/{EVERYTHING} {command}"


def _commands(specs: Sequence[CommandSpec], say: Say) -> list[dict[str, Any]]:
    bare = [spec.name for spec in specs if spec.name in BARE_COMMANDS]
    named = [(EVERYTHING, say("slack.everything"), say("slack.everything_usage"))]
    named += [(name, say(f"command.{name}"), say(f"command.{name}_usage")) for name in bare]
    return [
        {
            "command": f"/{name}",
            "description": description,
            "usage_hint": usage.removeprefix(f"/{name}").strip(),
            "should_escape": True,  # channels come with their ids
        }
        for name, description, usage in named
    ]


def _request_url(url: str) -> str:
    return url if urlsplit(url).path.strip("/") else url.rstrip("/") + PATH
