"""Our own reactions. One that is there already, or on a message that is gone, is no error."""

from __future__ import annotations

import logging

import discord

from adapters.discord.client import DiscordClient
from adapters.discord.errors import UNKNOWN_EMOJI, Missing
from adapters.discord.requests import BotRequests
from bot.domain.models import MessageId
from bot.errors import MessageGone, PlaceClosed

log = logging.getLogger(__name__)

_PATH = "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"
_NO_PERMISSION = 50013


class Reactor:
    def __init__(self, client: DiscordClient) -> None:
        self._client = client
        self._requests = BotRequests(client)

    async def add(self, message: MessageId, emoji: str) -> None:
        await self._change("PUT", message, emoji)

    async def remove(self, message: MessageId, emoji: str) -> None:
        await self._change("DELETE", message, emoji)

    async def _change(self, method: str, message: MessageId, emoji: str) -> None:
        channel, _, number = message.partition("/")
        try:
            await self._requests.call(
                method,
                _PATH,
                channel_id=channel,
                message_id=number,
                emoji=self._name_of(emoji),
            )
        except MessageGone:
            log.info("no reaction: the message is gone", extra={"reacted_to": message})
        except Missing as refused:
            if refused.values.get("code") == _NO_PERMISSION:
                raise PlaceClosed("discord_post.cannot_react") from refused
            if refused.values.get("code") != UNKNOWN_EMOJI:
                raise
            log.warning("no reaction: Discord does not know %s", emoji)

    def _name_of(self, emoji: str) -> str:
        """Return an emoji as paths name it: a server's own one has an id."""
        if not emoji.startswith(":"):
            return emoji
        name = emoji.strip(":")
        own = discord.utils.get(self._client.emojis, name=name)
        return f"{name}:{own.id}" if own else name
