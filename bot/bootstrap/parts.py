"""The parts that a running bot may have, and how each is opened."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.bootstrap.installing import reveal
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ports import Connection, Intake, Sharing

WEB, SLACK, DISCORD, WORKER = "web", "slack", "discord", "worker"
PARTS = (SLACK, DISCORD, WEB, WORKER)


def choose_parts(settings: Settings, only: Collection[str]) -> frozenset[str]:
    """Return what to run: what is named, else the worker, the web chat and all that has a token.

    Where no other process may work on the database, this one does, whatever is named.

    Raises:
        UsageError: something is named that does not exist or has no token.

    """
    tokens = _tokens(settings)
    names = {SLACK: "SLACK_BOT_TOKEN", DISCORD: "DISCORD_TOKEN"}
    if not only:
        return frozenset({WEB, WORKER, *tokens})
    for part in only:
        if part not in PARTS:
            raise UsageError("cli.only_unknown", name=part)
        if part in names and part not in tokens:
            raise UsageError("cli.only_unset", platform=part.title(), name=names[part])
    return frozenset(only if settings.is_shared else {*only, WORKER})


def _tokens(settings: Settings) -> frozenset[str]:
    """Return the platforms that can be reached."""
    tokens = {SLACK: settings.slack_bot_token, DISCORD: settings.discord_token}
    return frozenset(part for part, token in tokens.items() if token)


def openings_of(
    settings: Settings, intake: Intake, parts: Collection[str], *, sharing: Sharing | None
) -> list[AbstractAsyncContextManager[Connection]]:
    """Return a connection to each platform among the parts; the worker posts through all others.

    `sharing`: with whom the platforms are listened to; None where we are alone.
    """
    openings: list[AbstractAsyncContextManager[Connection]] = []
    reached = _tokens(settings) if WORKER in parts else frozenset(parts)
    if SLACK in reached:
        from adapters.slack import open_slack

        slack = open_slack(
            bot_token=reveal(settings.slack_bot_token),
            app_token=reveal(settings.slack_app_token),
            signing_secret=reveal(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            listen=settings.slack_http,
            intake=intake,
            is_listening=SLACK in parts,
            is_alone=sharing is None,
        )
        openings.append(slack)
    if DISCORD in reached:
        from adapters.discord import open_discord

        discord = open_discord(
            token=reveal(settings.discord_token),
            api_url=settings.discord_api_url,
            gateway_url=settings.discord_gateway_url,
            intake=intake,
            is_listening=DISCORD in parts,
            shards=settings.discord_shards,
            sharing=sharing,
        )
        openings.append(discord)
    return openings
