"""Discord through discord.py: events in, posts out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from adapters.discord.client import DiscordClient, SendingClient, make_client, point_at
from adapters.discord.connection import DiscordConnection
from adapters.discord.requests import open_answers
from adapters.discord.sharing import SharedClient
from bot.ports import Intake, Sharing


@asynccontextmanager
async def open_discord(
    *,
    token: str,
    api_url: str,
    gateway_url: str,
    intake: Intake,
    is_listening: bool = True,
    shards: int = 0,
    sharing: Sharing | None = None,
) -> AsyncIterator[DiscordConnection]:
    """Open Discord; addresses that are "" are Discord's own. It listens once `run` is called.

    `shards`: how many; 0: as many as Discord recommends. `sharing`: with whom they are shared out.
    """
    point_at(api_url)
    client: DiscordClient
    if not is_listening:
        client = SendingClient()
    elif sharing is not None:
        client = SharedClient(sharing, gateway_url=gateway_url, shards=shards)
    else:
        client = await make_client(
            token=token, api_url=api_url, gateway_url=gateway_url, shards=shards
        )
    async with open_answers() as answers:
        yield DiscordConnection(
            client,
            token=token,
            api_url=api_url,
            intake=intake,
            answers=answers,
            sharing=sharing,
        )
