"""Slack through slack-bolt: events in, posts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.slack.connection import SlackConnection
    from bot.ports import Intake


@asynccontextmanager
async def open_slack(
    *,
    bot_token: str,
    app_token: str,
    signing_secret: str,
    api_url: str,
    listen: str,
    intake: Intake,
    is_listening: bool = True,
    is_alone: bool = True,
) -> AsyncIterator[SlackConnection]:
    """Prepare a workspace's connection; `run` makes it. What is unset is "".

    `listen` is host:port for signed HTTP; without it the app token opens Socket Mode. Who is not
    listening needs the bot token only. `is_alone`: no other connection of the app is ours.

    Raises:
        ConfigError: the tokens do not suffice, and says which one does.

    """
    from adapters.slack.client import open_clients
    from adapters.slack.connection import SlackConnection
    from adapters.slack.identity import WhoWeAre
    from adapters.slack.lookups import SlackLookups
    from adapters.slack.platform import SlackPlatform
    from adapters.slack.reading import SlackRefused
    from adapters.slack.tokens import token_troubles

    if is_listening:
        for key in token_troubles(bot_token, app_token, signing_secret, listen=listen):
            raise SlackRefused(key)
    async with open_clients(token=bot_token, api_url=api_url) as clients:
        me = WhoWeAre(clients.reading)
        lookups = SlackLookups(clients, me)
        platform = SlackPlatform(clients, lookups)
        connection = SlackConnection(
            intake,
            clients,
            platform=platform,
            lookups=lookups,
            me=me,
            app_token=app_token,
            signing_secret=signing_secret,
            listen=listen,
            is_listening=is_listening,
            is_alone=is_alone,
        )
        platform.on_refused = connection.refuse
        yield connection
