"""What Slack's payloads tell by id only: names, languages, privacy, the words reacted to."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.client import SlackClients
from adapters.slack.files import load_file
from adapters.slack.identity import WhoWeAre
from adapters.slack.messages import split_message_id, thread_of
from adapters.slack.reading import SlackError, ask
from adapters.slack.words import mentions, text_of
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.domain.pasting import may_be_text
from bot.errors import MessageGone, PlaceClosed, UserError
from bot.events import (
    Event,
    MessageDeleted,
    MessageEdited,
    MessagePosted,
    ReactionAdded,
    SharedFile,
)
from bot.text.languages import spoken_language
from bot.texts import LANGUAGES

MEMBERS_FOR_S = 3600.0
CHANNELS_FOR_S = 300.0  # a channel may be made private
MEMBERSHIPS_FOR_S = 60.0  # who leaves a private channel sees what it saved no longer than this
THREADS_FOR_S = 3600.0
KEPT = 10_000
PAGE = 200  # what Slack recommends at most

_UNKNOWN_MEMBER = {"user_not_found", "user_not_visible", "user_disabled"}
SLACKBOT = "USLACKBOT"  # a bot that is not marked as one

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Person:
    name: str = ""
    language: str = ""
    is_bot: bool = False


class SlackLookups:
    """Fills in events. What Slack does not know stays as it is: an id is better than no answer."""

    def __init__(self, clients: SlackClients, me: WhoWeAre) -> None:
        self._clients = clients
        self._client: AsyncWebClient = clients.reading
        self._me = me
        self._members = _Kept[str, Person](MEMBERS_FOR_S)
        self._channels = _Kept[str, Mapping[str, Any]](CHANNELS_FOR_S)
        self._memberships = _Kept[str, frozenset[ChannelId]](MEMBERSHIPS_FOR_S)
        self._our_threads = _Kept[str, bool](THREADS_FOR_S)

    async def complete(self, event: Event) -> Event | None:
        """Return the event with all that is known of it; None if it is not for us.

        Raises:
            MessageGone: what was reacted to is deleted.
            PlaceClosed: what was reacted to is where we are not.

        """
        if isinstance(event, MessageDeleted):
            return event  # whoever wrote it: nobody is asked, nobody is told
        if isinstance(event, MessagePosted):
            is_for_bot = event.is_for_bot or await self._is_in_our_thread(event)
            # In any other thread somebody may give the text of a page that we could not read.
            if not (is_for_bot or may_be_text(event.text, (each.name for each in event.files))):
                return None
            event = replace(event, is_for_bot=is_for_bot)
        person = await self.find_person(event.member)
        if person.is_bot:
            return None
        if isinstance(event, ReactionAdded):
            event = await self._add_words(event, person)
        return replace(
            event,
            member_name=person.name or event.member_name or event.member,
            language=person.language or spoken_language(_own_words(event)),
            place=await self._find_place(event),
        )

    async def find_person(self, member: MemberId) -> Person:
        known = self._members.find(member)
        if known is not None:
            return known
        try:
            told = await ask(self._client.users_info(user=member, include_locale=True))
        except SlackError as error:
            if error.code not in _UNKNOWN_MEMBER:
                raise
            told = {}
        return self._members.keep(member, _person(told.get("user") or {}))

    def known_language(self, member: MemberId) -> str:
        """Return a member's language if it was looked up lately."""
        known = self._members.find(member)
        return known.language if known else ""

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        """Return those that we are in too: Slack does not tell a bot of others."""
        del workspace  # a token is for one
        known = self._memberships.find(member)
        if known is not None:
            return known
        kinds = "private_channel,mpim"
        found = {
            ChannelId(channel["id"])
            async for channel in list_conversations(self._client, types=kinds, user=member)
        }
        return self._memberships.keep(member, frozenset(found))

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        del workspace  # a token is for one
        return await load_file(self._clients.session, self._client, file)

    # Places

    async def _find_place(self, event: Event) -> Place:
        place = event.place
        if place.is_direct and isinstance(event, MessagePosted):
            return place  # Slack tells a bot only of its own direct messages
        channel = await self._find_channel(place.channel)
        if channel is None:  # not ours to see, so nobody else's either
            return replace(place, is_private=True, is_direct=False)
        is_direct = bool(channel.get("is_im"))
        is_private = any(channel.get(key) for key in ("is_private", "is_mpim", "is_im"))
        return replace(place, is_private=is_private, is_direct=is_direct)

    async def _find_channel(self, channel: ChannelId) -> Mapping[str, Any] | None:
        known = self._channels.find(channel)
        if known is not None:
            return known or None
        try:
            told = await ask(self._client.conversations_info(channel=channel))
        except PlaceClosed:
            told = {}
        return self._channels.keep(channel, told.get("channel") or {}) or None

    # Messages

    async def _add_words(self, event: ReactionAdded, person: Person) -> ReactionAdded:
        channel, ts = split_message_id(event.message)
        try:
            found = await self._find_message(channel, ts)
        except UserError as error:
            error.language = person.language  # who reacted is told why
            raise
        return replace(event, message_text=text_of(found), thread=thread_of(channel, found))

    async def _find_message(self, channel: str, ts: str) -> Mapping[str, Any]:
        """Look for a message of the channel, then for a reply: history leaves replies out."""
        told = await ask(
            self._client.conversations_history(
                channel=channel, oldest=ts, latest=ts, inclusive=True, limit=1
            )
        )
        if found := _with_ts(told, ts):
            return found
        replies = await ask(self._client.conversations_replies(channel=channel, ts=ts))
        if found := _with_ts(replies, ts):
            return found
        raise MessageGone

    async def _is_in_our_thread(self, event: MessagePosted) -> bool:
        """Whether its thread hangs below a message of ours, or one that called us."""
        if event.thread is None:
            return False
        known = self._our_threads.find(event.thread)
        if known is not None:
            return known
        is_ours = False
        with suppress(PlaceClosed, MessageGone):
            is_ours = await self._is_ours(event.thread)
        return self._our_threads.keep(event.thread, is_ours)

    async def _is_ours(self, thread: MessageId) -> bool:
        me = await self._me.get()
        channel, ts = split_message_id(thread)
        told = await ask(self._client.conversations_replies(channel=channel, ts=ts, limit=1))
        root = _with_ts(told, ts) or {}
        return root.get("user") == me.member or mentions(root, me.member)


async def list_conversations(
    client: AsyncWebClient, *, types: str, user: str | None = None
) -> AsyncIterator[Mapping[str, Any]]:
    """Yield the conversations of a member, or our own, page by page."""
    cursor: str | None = None
    while True:
        told = await ask(
            client.users_conversations(
                user=user, types=types, exclude_archived=True, limit=PAGE, cursor=cursor
            )
        )
        for channel in told.get("channels") or ():
            yield channel
        cursor = (told.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return


def _own_words(event: Event) -> str:
    return event.text if isinstance(event, MessagePosted | MessageEdited) else ""


def _person(user: Mapping[str, Any]) -> Person:
    profile = user.get("profile") or {}
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    language = str(user.get("locale") or "").partition("-")[0].lower()
    return Person(
        name=next((str(name) for name in (*names, user.get("name")) if name), ""),
        language=language if language in LANGUAGES else "",
        is_bot=bool(user.get("is_bot")) or user.get("id") == SLACKBOT,
    )


def _with_ts(told: Mapping[str, Any], ts: str) -> Mapping[str, Any] | None:
    return next((each for each in told.get("messages") or () if each.get("ts") == ts), None)


class _Kept(Generic[_Key, _Value]):
    """Answers for a while: at most `KEPT`, the oldest go first."""

    def __init__(self, for_s: float) -> None:
        self._for_s = for_s
        self._values: dict[_Key, tuple[float, _Value]] = {}

    def find(self, key: _Key) -> _Value | None:
        until, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() < until else None

    def keep(self, key: _Key, value: _Value) -> _Value:
        self._values.pop(key, None)
        if len(self._values) >= KEPT:
            del self._values[next(iter(self._values))]
        self._values[key] = (time.monotonic() + self._for_s, value)
        return value
