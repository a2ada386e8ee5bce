"""Slack as the core sees it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from adapters.slack.client import SlackClients
from adapters.slack.emoji_names import name_of
from adapters.slack.limits import RATES
from adapters.slack.lookups import SlackLookups
from adapters.slack.manifest import call_of
from adapters.slack.messages import message_id, split_message_id
from adapters.slack.reading import SlackError, SlackRefused, ask
from adapters.slack.render import split
from adapters.slack.sending import EVENT_TYPE, Pause, Sender, is_for_one, is_timestamp, thread_of
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import ConfigError, MessageGone, PlaceClosed, TransientError
from bot.events import Event, SharedFile
from bot.ports import ChatPlatform, Piece, Rates, Target
from bot.posts import Post

log = logging.getLogger(__name__)

END_OF_TIME = "9999999999.000000"  # with an end, Slack goes back from it: newest first
CLOCKS_APART = timedelta(days=1)  # ours and Slack's, at most; the mark tells ours from others
PAGE = 200
PAGES = 10  # what nobody finds in 2,000 messages was not sent

_REACTED_ALREADY = {"already_reacted", "no_reaction"}
# A mark that Slack does not take is a pity, not a failure: the words come as a message.
_NO_MARK = {
    "too_many_emoji",
    "too_many_reactions",
    "invalid_name",
    "not_reactable",
    "is_archived",
    "thread_locked",
}


_SHOWN_OUT = {"slack.token_invalid", "slack.token_revoked"}


class SlackPlatform(ChatPlatform):
    """`on_refused` is told when Slack takes our token no more."""

    def __init__(
        self, clients: SlackClients, lookups: SlackLookups, *, pause: Pause = asyncio.sleep
    ) -> None:
        self._clients = clients
        self._lookups = lookups
        self._sender = Sender(clients, pause=pause)
        self.on_refused: Callable[[ConfigError], None] = lambda _: None

    @property
    def rates(self) -> Rates:
        return RATES

    def split(self, post: Post) -> Sequence[Piece]:
        return split(post)

    def call_of(self, command: str) -> str:
        return call_of(command)

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        return await self._sender.send(target, piece.payload, key=key)

    async def find_sent(
        self,
        target: Target,
        piece: Piece,  # noqa: ARG002 - the port's
        *,
        key: str,
        since: datetime,
    ) -> MessageId | None:
        """Look for our mark. Ephemeral messages leave none: see `sending.py`."""
        if is_for_one(target):
            return None
        mark = {"event_type": EVENT_TYPE, "event_payload": {"key": key}}
        with suppress(PlaceClosed, MessageGone):
            async for message in self._read_since(target, since):
                metadata = message.get("metadata") or {}
                if {name: metadata.get(name) for name in mark} == mark:
                    return message_id(target.place.channel, message["ts"])
        return None

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        first, *_ = split(post)
        await self._sender.edit(target, message, first.payload)

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._mark("reactions.add", message, emoji)

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:  # noqa: ARG002 - the port's
        await self._mark("reactions.remove", message, emoji)

    async def complete(self, event: Event) -> Event | None:
        """Where Slack takes our token no more, the event stays to be done with the next one."""
        try:
            return await self._lookups.complete(event)
        except SlackRefused as refused:
            if refused.message_key not in _SHOWN_OUT:
                raise
            self.on_refused(refused)
            raise TransientError(refused.message_key) from refused

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        return await self._lookups.list_private_channels(workspace, member)

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        return await self._lookups.fetch_file(workspace, file)

    async def _mark(self, method: str, message: MessageId, emoji: str) -> None:
        """Asked again by the client itself: a repeat changes nothing."""
        channel, ts = split_message_id(message)
        if not is_timestamp(ts):
            return
        args = {"channel": channel, "timestamp": ts, "name": name_of(emoji)}
        try:
            await ask(self._clients.reading.api_call(method, json=args))
        except MessageGone:
            log.info("message gone before it was marked")
        except SlackError as error:
            if error.code in _NO_MARK:
                log.warning("message not marked", extra={"reason": error.code})
            elif error.code not in _REACTED_ALREADY:
                raise

    async def _read_since(self, target: Target, at: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Yield what was said since then: newest first in a channel, oldest first in a thread."""
        thread_ts = thread_of(target)
        method = "conversations.replies" if thread_ts else "conversations.history"
        args: dict[str, Any] = {
            "channel": target.place.channel,
            "oldest": f"{(at - CLOCKS_APART).timestamp():.6f}",
            "latest": END_OF_TIME,
            "include_all_metadata": True,
            "limit": PAGE,
        } | ({"ts": thread_ts} if thread_ts else {})
        for _ in range(PAGES):
            told = await ask(self._clients.reading.api_call(method, params=args))
            for message in told.get("messages") or ():
                yield message
            args["cursor"] = (told.get("response_metadata") or {}).get("next_cursor")
            if not args["cursor"]:
                return
