"""Discord through discord.py: events in, posts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.discord.client import make_client, point_at
from adapters.discord.connection import DiscordConnection
from adapters.discord.requests import open_answers
from bot.ports import Intake


@asynccontextmanager
async def open_discord(
    *, token: str, api_url: str, gateway_url: str, intake: Intake
) -> AsyncIterator[DiscordConnection]:
    """Open Discord; addresses that are "" are Discord's own. It listens once `run` is called."""
    point_at(api_url)
    client = await make_client(token=token, api_url=api_url, gateway_url=gateway_url)
    async with open_answers() as answers:
        yield DiscordConnection(
            client, token=token, api_url=api_url, intake=intake, answers=answers
        )
