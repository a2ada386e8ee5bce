"""The parts that a running bot may have, and how each is opened."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from bot.bootstrap.installing import reveal
from bot.errors import UsageError

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.ports import Connection, Intake

WEB, SLACK, DISCORD = "web", "slack", "discord"
PARTS = (SLACK, DISCORD, WEB)


def choose_parts(settings: Settings, only: Collection[str]) -> frozenset[str]:
    """Return what to run: what is named, else the web chat and all that has a token.

    Raises:
        UsageError: something is named that does not exist or has no token.

    """
    tokens = {SLACK: settings.slack_bot_token, DISCORD: settings.discord_token}
    names = {SLACK: "SLACK_BOT_TOKEN", DISCORD: "DISCORD_TOKEN"}
    if not only:
        return frozenset({WEB, *(part for part, token in tokens.items() if token)})
    for part in only:
        if part not in PARTS:
            raise UsageError("cli.only_unknown", name=part)
        if part in tokens and not tokens[part]:
            raise UsageError("cli.only_unset", platform=part.title(), name=names[part])
    return frozenset(only)


def openings_of(
    settings: Settings, intake: Intake, parts: Collection[str]
) -> list[AbstractAsyncContextManager[Connection]]:
    openings: list[AbstractAsyncContextManager[Connection]] = []
    if SLACK in parts:
        from adapters.slack import open_slack

        slack = open_slack(
            bot_token=reveal(settings.slack_bot_token),
            app_token=reveal(settings.slack_app_token),
            signing_secret=reveal(settings.slack_signing_secret),
            api_url=settings.slack_api_url,
            listen=settings.slack_http,
            intake=intake,
        )
        openings.append(slack)
    if DISCORD in parts:
        from adapters.discord import open_discord

        discord = open_discord(
            token=reveal(settings.discord_token),
            api_url=settings.discord_api_url,
            gateway_url=settings.discord_gateway_url,
            intake=intake,
        )
        openings.append(discord)
    return openings
