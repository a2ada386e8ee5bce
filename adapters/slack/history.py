"""What was said in a channel before we listened."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.emoji_names import emoji_of
from adapters.slack.identity import Identity, WhoWeAre
from adapters.slack.lookups import list_conversations
from adapters.slack.messages import instant_of, is_from_bot, is_said, message_id, thread_of
from adapters.slack.reading import ask
from adapters.slack.words import mentions, text_of
from bot.domain.emoji import bare_emoji
from bot.domain.models import ChannelId, MemberId, Place, WorkspaceId
from bot.errors import RateLimited
from bot.ports import HistoryPage, MemberReaction, PastMessage

log = logging.getLogger(__name__)

# An app that is sold outside Slack's Marketplace gets 15 at a time and one page a minute, whatever
# it asks for; others up to 999. Source: docs.slack.dev/apis/web-api/rate-limits.
PAGE = 50
REPLIES_PAGE = 200

Payload = Mapping[str, Any]


class SlackHistory:
    """Reads from now back to `since`, the newest page first and each page oldest first.

    A cursor is the time of the earliest message that was read: Slack's own cursors expire. Replies
    come with the message that began their thread, also those to it that are younger than the page;
    a thread that began before `since` is not found, as Slack lists threads only by their beginning.
    """

    def __init__(self, client: AsyncWebClient, me: WhoWeAre) -> None:
        self._client = client
        self._me = me

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        del workspace  # a token is for one
        kinds = "public_channel,private_channel"
        return [
            Place(ChannelId(channel["id"]), is_private=bool(channel.get("is_private")))
            async for channel in list_conversations(self._client, types=kinds)
        ]

    async def read(
        self, workspace: WorkspaceId, place: Place, *, since: datetime, cursor: str = ""
    ) -> HistoryPage:
        del workspace  # a token is for one
        me = await self._me.get()
        # Both ends are given: with `oldest` alone it is open which end of the span a page is from.
        told = await _patiently(
            self._client.conversations_history,
            channel=place.channel,
            oldest=_ts_before(since),
            latest=cursor or f"{time.time():.6f}",
            limit=PAGE,
        )
        page = sorted(told.get("messages") or (), key=lambda each: str(each["ts"]))
        found = [each async for each in self._with_replies(place, page, me=me)]
        is_more = bool(told.get("has_more")) and bool(page)
        return HistoryPage(messages=tuple(found), cursor=str(page[0]["ts"]) if is_more else "")

    async def _with_replies(
        self, place: Place, page: Sequence[Payload], *, me: Identity
    ) -> AsyncIterator[PastMessage]:
        for message in page:
            if is_said(message) or message.get("subtype") == "bot_message":
                yield await self._past(place.channel, message, me=me)
            if message.get("reply_count") and message.get("thread_ts") == message["ts"]:
                async for reply in self._replies(place.channel, message["ts"]):
                    yield await self._past(place.channel, reply, me=me)

    async def _replies(self, channel: str, ts: str) -> AsyncIterator[Payload]:
        """Yield a thread's replies, oldest first; those shown in the channel too stand there."""
        cursor: str | None = None
        while True:
            told = await _patiently(
                self._client.conversations_replies,
                channel=channel,
                ts=ts,
                limit=REPLIES_PAGE,
                cursor=cursor,
            )
            for each in told.get("messages") or ():
                if each["ts"] != ts and each.get("subtype") in (None, "file_share", "bot_message"):
                    yield each
            cursor = (told.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _past(self, channel: str, message: Payload, *, me: Identity) -> PastMessage:
        return PastMessage(
            id=message_id(channel, message["ts"]),
            member=MemberId(message.get("user") or message.get("bot_id") or ""),
            text=text_of(message, without=me.member),
            at=instant_of(message["ts"], otherwise=_EPOCH),
            member_name=str(message.get("username") or ""),
            is_from_bot=is_from_bot(message, me=me),
            is_for_bot=mentions(message, me.member),
            thread=thread_of(channel, message),
            reactions=await self._reactions(channel, message, me=me),
        )

    async def _reactions(
        self, channel: str, message: Payload, *, me: Identity
    ) -> tuple[MemberReaction, ...]:
        """Return who reacted but for ourselves; a message names only some where many did."""
        counted = message.get("reactions") or ()
        if any(each.get("count", 0) > len(each.get("users") or ()) for each in counted):
            told = await _patiently(
                self._client.reactions_get, channel=channel, timestamp=message["ts"], full=True
            )
            counted = (told.get("message") or {}).get("reactions") or ()
        named = [
            MemberReaction(emoji=bare_emoji(emoji_of(each["name"])), member=MemberId(member))
            for each in counted
            for member in each.get("users") or ()
            if member != me.member
        ]
        return tuple(dict.fromkeys(named))  # two skin tones of one emoji are one


async def _patiently(
    method: Callable[..., Awaitable[AsyncSlackResponse]], **arguments: Any
) -> Payload:
    """Ask until Slack's limits let us: a channel's past may take hours."""
    while True:
        try:
            return await ask(method(**arguments))
        except RateLimited as limited:
            log.info("history waits", extra={"seconds": limited.retry_after_s})
            await asyncio.sleep(limited.retry_after_s)


def _ts_before(instant: datetime) -> str:
    """Return the timestamp just before: both ends of a span are left out."""
    micros = max((instant - _EPOCH) // timedelta(microseconds=1) - 1, 0)
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
