"""What was said in a channel before we listened."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.emoji_names import emoji_of
from adapters.slack.identity import Identity, WhoWeAre
from adapters.slack.lookups import list_conversations
from adapters.slack.messages import (
    edited_at_of,
    files_of,
    instant_of,
    is_from_bot,
    is_said,
    message_id,
    split_message_id,
    thread_of,
)
from adapters.slack.reading import ask
from adapters.slack.words import mentions, text_of
from bot.domain.emoji import bare_emoji
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.errors import RateLimited
from bot.ports import HistoryPage, MemberReaction, PastMessage

log = logging.getLogger(__name__)

# An app that is sold outside Slack's Marketplace gets 15 at a time and one page a minute, whatever
# it asks for; others up to 999. Source: docs.slack.dev/apis/web-api/rate-limits.
PAGE = 50
REPLIES_PAGE = 200
# Threads are listed by their beginning alone: those that began before the span and were taken up
# in it are looked for among so much of what is older. It costs three calls a channel at most, of
# the fifty a minute that Slack allows; what is quiet for a month is hardly ever taken up again.
OLDER = timedelta(days=30)
OLDER_PAGE = 200  # what Slack recommends at most
OLDER_PAGES = 3

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Up to where is read, as a message's own time: Slack's own cursors expire.

    `older_pages`: how many may still be looked through for older threads; None: not there yet.
    """

    latest: str
    older_pages: int | None = None

    @classmethod
    def parse(cls, text: str) -> _Cursor:
        latest, _, pages = text.partition("/")
        return cls(latest, int(pages) if pages else None)

    def __str__(self) -> str:
        return self.latest if self.older_pages is None else f"{self.latest}/{self.older_pages}"


class SlackHistory:
    """Reads from now back to `since`, the newest page first and each page oldest first.

    Replies come with the message that began their thread, also those to it that are younger than
    the page; those of threads that began before `since` come last, see `OLDER`.
    """

    def __init__(
        self, client: AsyncWebClient, me: WhoWeAre, *, older_page: int = OLDER_PAGE
    ) -> None:
        self._client = client
        self._me = me
        self._older_page = older_page

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        del workspace  # a token is for one
        kinds = "public_channel,private_channel,mpim"
        return [
            Place(
                ChannelId(channel["id"]),
                is_private=any(channel.get(key) for key in ("is_private", "is_mpim")),
            )
            async for channel in list_conversations(self._client, types=kinds)
        ]

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[Place]:
        """Return those of everybody who is still there: who wrote lately is not told."""
        del workspace  # a token is for one
        return [
            Place(ChannelId(channel["id"]), is_private=True, is_direct=True)
            async for channel in list_conversations(self._client, types="im")
            if not channel.get("is_user_deleted")
        ]

    async def read(
        self,
        workspace: WorkspaceId,
        place: Place,
        *,
        since: datetime,
        cursor: str = "",
        wanted: Callable[[str], bool] | None = None,
    ) -> HistoryPage:
        del workspace, wanted  # a token is for one, and most reactions come with their messages
        at = _Cursor.parse(cursor)
        page, is_more = await self._page(place, at, since)
        found = tuple([each async for each in self._with_replies(place, page, since=since)])
        older_pages = at.older_pages - 1 if at.older_pages is not None else None
        if is_more and older_pages != 0:
            return HistoryPage(found, str(_Cursor(page[0]["ts"], older_pages)))
        # There may be as many direct messages as members, and threads are rare in them.
        if older_pages is None and not place.is_direct:
            return HistoryPage(found, str(_Cursor(_ts(since), OLDER_PAGES)))
        return HistoryPage(found)

    async def list_reactions(
        self,
        workspace: WorkspaceId,
        message: MessageId,
        *,
        wanted: Callable[[str], bool] | None = None,
    ) -> Sequence[MemberReaction]:
        del workspace, wanted  # a token is for one, and all are told at once
        return await self._list_all_reactions(*split_message_id(message))

    async def _page(
        self, place: Place, at: _Cursor, since: datetime
    ) -> tuple[Sequence[Payload], bool]:
        """Return the page before the cursor, oldest first, and whether there are more."""
        is_older = at.older_pages is not None
        # Both ends are given: with `oldest` alone it is open which end of the span a page is from.
        told = await _patiently(
            self._client.conversations_history,
            channel=place.channel,
            oldest=_ts_before(since - OLDER if is_older else since),
            latest=at.latest or f"{time.time():.6f}",
            limit=self._older_page if is_older else PAGE,
        )
        page = sorted(told.get("messages") or (), key=lambda each: str(each["ts"]))
        return page, bool(told.get("has_more")) and bool(page)

    async def _with_replies(
        self, place: Place, page: Sequence[Payload], *, since: datetime
    ) -> AsyncIterator[PastMessage]:
        """Yield what of this page was said since then, and below it."""
        for message in page:
            is_told = is_said(message) or message.get("subtype") == "bot_message"
            if is_told and instant_of(message["ts"], otherwise=_EPOCH) >= since:
                yield await self._past(place, message)
            if message.get("thread_ts") != message["ts"] or not message.get("reply_count"):
                continue
            if instant_of(message.get("latest_reply"), otherwise=since) >= since:
                async for reply in self._replies(place.channel, message["ts"], since=since):
                    yield await self._past(place, reply)

    async def _replies(self, channel: str, ts: str, *, since: datetime) -> AsyncIterator[Payload]:
        """Yield a thread's replies, oldest first; those shown in the channel too stand there."""
        cursor: str | None = None
        while True:
            told = await _patiently(
                self._client.conversations_replies,
                channel=channel,
                ts=ts,
                oldest=_ts_before(since),
                limit=REPLIES_PAGE,
                cursor=cursor,
            )
            for each in told.get("messages") or ():
                if each["ts"] != ts and each.get("subtype") in (None, "file_share", "bot_message"):
                    yield each
            cursor = (told.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return

    async def _past(self, place: Place, message: Payload) -> PastMessage:
        me, channel = await self._me.get(), place.channel
        return PastMessage(
            id=message_id(channel, message["ts"]),
            member=MemberId(message.get("user") or message.get("bot_id") or ""),
            text=text_of(message, without=me.member),
            at=instant_of(message["ts"], otherwise=_EPOCH),
            member_name=str(message.get("username") or ""),
            is_from_bot=is_from_bot(message, me=me),
            is_for_bot=place.is_direct or mentions(message, me.member),
            thread=thread_of(channel, message),
            reactions=await self._reactions(channel, message, me=me),
            files=files_of(message),
            edited_at=edited_at_of(message),
        )

    async def _reactions(
        self, channel: str, message: Payload, *, me: Identity
    ) -> tuple[MemberReaction, ...]:
        """Return who reacted but for ourselves; a message names only some where many did."""
        counted = message.get("reactions") or ()
        if any(each.get("count", 0) > len(each.get("users") or ()) for each in counted):
            return await self._list_all_reactions(channel, message["ts"])
        return _named(counted, me=me)

    async def _list_all_reactions(self, channel: str, ts: str) -> tuple[MemberReaction, ...]:
        told = await _patiently(
            self._client.reactions_get, channel=channel, timestamp=ts, full=True
        )
        counted = (told.get("message") or {}).get("reactions") or ()
        return _named(counted, me=await self._me.get())


def _named(counted: Iterable[Payload], *, me: Identity) -> tuple[MemberReaction, ...]:
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
    return _ts(max(instant - _MICROSECOND, _EPOCH))


def _ts(instant: datetime) -> str:
    micros = (instant - _EPOCH) // _MICROSECOND
    return f"{micros // 1_000_000}.{micros % 1_000_000:06d}"


_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_MICROSECOND = timedelta(microseconds=1)
