"""Where below a message a post goes: into its thread, or as a reply."""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.discord import limits
from adapters.discord.client import DiscordClient
from adapters.discord.errors import THREAD_EXISTS, Missing
from adapters.discord.markdown import shorten
from adapters.discord.requests import BotRequests
from bot.errors import MessageGone, PlaceClosed
from bot.ports import Target

log = logging.getLogger(__name__)

_REMEMBERED = 1000
_DAYS_OPEN = 3 * 24 * 60  # minutes without a word until it is put away
_MARKS = re.compile(r"^(?:#{1,3}|-#|>|[-*+]) +|\*\*|`|\\(?=[^\w\s])|\]\(<[^>]*>\)|\[", re.MULTILINE)
_NAMELESS = "…"

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Spot:
    """The channel or thread that a message goes to, and what it replies to there."""

    channel: str
    reply_to: str = ""


class Threads:
    def __init__(self, client: DiscordClient, requests: BotRequests) -> None:
        self._client = client
        self._requests = requests
        self._ours: OrderedDict[str, str] = OrderedDict()  # messages: what they begin with
        self._spots: OrderedDict[str, Spot] = OrderedDict()  # by the message that they hang below

    def remember(self, message: str, words: str) -> None:
        """Know a message for ours, and how its thread would be called."""
        _keep(self._ours, message, words)

    async def find(self, target: Target) -> Spot:
        """Return where a post goes.

        Below a message of ours hangs a real thread, made when the first post needs it; where none
        can be made, and below what a member said in the channel, posts are replies.
        """
        if target.thread is None:
            return Spot(target.place.channel)
        parent, _, message = target.thread.partition("/")
        if message in self._spots:
            return self._spots[message]
        spot, lasts = await self._look(parent, message, is_direct=target.place.is_direct)
        if lasts:
            _keep(self._spots, message, spot)
        return spot

    async def _look(self, parent: str, message: str, *, is_direct: bool) -> tuple[Spot, bool]:
        """Return the spot, and whether it is the same next time."""
        if self._client.get_channel(int(message)) is not None:
            return Spot(message), True
        if is_direct:
            return Spot(parent, message), True
        if message not in self._ours:
            if await self._is_channel(message):
                return Spot(message), True
            if not await self._is_ours(parent, message):
                return Spot(parent, message), False  # somebody may make a thread of it
        return await self._open(parent, message), True

    async def _is_channel(self, channel: str) -> bool:
        try:
            await self._requests.call("GET", "/channels/{channel_id}", channel_id=channel)
        except (PlaceClosed, MessageGone):
            return False
        return True

    async def _is_ours(self, channel: str, message: str) -> bool:
        found = await self._read(channel, message)
        me = self._client.user
        if me is None or found.get("author", {}).get("id") != str(me.id):
            return False
        embeds = [each.get("description", "") for each in found.get("embeds", ())]
        self.remember(message, "\n".join([found.get("content", ""), *embeds]))
        return True

    async def _open(self, parent: str, message: str) -> Spot:
        body = {"name": name_of(self._ours.get(message, "")), "auto_archive_duration": _DAYS_OPEN}
        try:
            made = await self._requests.call(
                "POST",
                "/channels/{channel_id}/messages/{message_id}/threads",
                body,
                channel_id=parent,
                message_id=message,
            )
        except Missing as refused:
            if refused.values.get("code") == THREAD_EXISTS:
                thread = (await self._read(parent, message)).get("thread", {})
                return Spot(thread.get("id", message))  # documented to be the message's own id
            # No permission, or a place that has no threads, such as another thread.
            log.info("no thread here, replying", extra={"channel": parent, "why": str(refused)})
            return Spot(parent, message)
        except MessageGone:
            return Spot(parent, message)
        return Spot(str(made["id"]))

    async def _read(self, channel: str, message: str) -> dict[str, Any]:
        try:
            found = await self._requests.call(
                "GET",
                "/channels/{channel_id}/messages/{message_id}",
                channel_id=channel,
                message_id=message,
            )
        except (PlaceClosed, MessageGone):
            return {}
        return dict(found)


def name_of(markdown: str) -> str:
    """Return the first line as the name of a thread."""
    bare = _MARKS.sub("", markdown).strip()
    return shorten(bare.partition("\n")[0], limits.THREAD_NAME) or _NAMELESS


def _keep(kept: OrderedDict[str, _Value], key: str, value: _Value) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > _REMEMBERED:
        kept.popitem(last=False)
