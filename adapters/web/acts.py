"""What a member does at the page: committed, chat log then inbox, before it is answered.

The page names every act with an id of its own making. Message and event ids follow from it,
so a double click or a second try after a lost answer changes nothing.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from adapters.web.hub import Hub
from adapters.web.platform import show
from adapters.web.refusals import Refused
from adapters.web.render import MENTION, buttons_of, plain_text
from adapters.web.visitors import Visitor
from bot.domain.emoji import without_skin_tone
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.events import (
    ButtonPressed,
    CommandCalled,
    Event,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)
from bot.ports import ChatLog, ChatMessage, Clock, EventSink

_COMMAND = re.compile(r"/(\w[\w-]*)(?:\s+(.*))?\Z", re.DOTALL)
_ACT = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
_MAX_EMOJI_LENGTH = 12
_SHOWN = 300  # newest messages of a channel that a page loads


@dataclass(frozen=True, slots=True)
class Said:
    """`awaits_answer`: the bot was spoken to."""

    message: ChatMessage
    awaits_answer: bool


class _Base(TypedDict):
    """The fields that all events share, see `EventBase`."""

    id: str
    workspace: WorkspaceId
    place: Place
    member: MemberId
    member_name: str
    at: datetime
    language: str
    thread: MessageId | None


class Acts:
    """The acts of members on one chat. `on_event` is called after each new inbox row."""

    def __init__(
        self,
        *,
        workspace: WorkspaceId,
        inbox: EventSink,
        chat: ChatLog,
        hub: Hub,
        clock: Clock,
        channels: Sequence[str],
        on_event: Callable[[], None],
    ) -> None:
        self._workspace = workspace
        self._inbox = inbox
        self._chat = chat
        self._hub = hub
        self._clock = clock
        self._channels = frozenset(channels)
        self._on_event = on_event

    def may_read(self, visitor: Visitor, channel: str) -> bool:
        return channel in self._channels or channel == visitor.direct_channel

    async def list_messages(self, visitor: Visitor, channel: str) -> list[ChatMessage]:
        self._place(visitor, channel)
        messages = await self._chat.list_messages(channel, limit=_SHOWN)
        return [each for each in messages if each.only_for in {None, visitor.member}]

    async def get(self, visitor: Visitor, message: str) -> ChatMessage:
        """Return a message that this visitor may see, else raise `Refused`."""
        found = await self.get_any(message)
        if found.only_for not in {None, visitor.member} or not self.may_read(
            visitor, found.place.channel
        ):
            raise Refused(404, "web.no_message")
        return found

    async def get_any(self, message: str) -> ChatMessage:
        """Return a message whoever asks, or raise `Refused`."""
        try:
            return await self._chat.get(MessageId(message))
        except KeyError as error:
            raise Refused(404, "web.no_message") from error

    async def say(
        self, visitor: Visitor, channel: str, text: str, *, act: str, thread: str | None
    ) -> Said:
        """Keep a message or call a command. What is typed as a command only its caller sees."""
        place = self._place(visitor, channel)
        if not text.strip():
            raise Refused(400, "web.empty_message")
        head = await self._head(visitor, place, thread) if thread else None
        command = _COMMAND.match(text.strip())
        event_id = _event_id(visitor, act)
        message = ChatMessage(
            id=MessageId("m" + hashlib.sha256(event_id.encode()).hexdigest()[:31]),
            place=place,
            member=visitor.member,
            member_name=visitor.name,
            at=self._clock.now(),
            text=text.strip(),
            thread=head.id if head else None,
            only_for=visitor.member if command else None,
        )
        if not await self._chat.append(message):
            message = await self._chat.get(message.id)
        base = self._base(visitor, message, event_id, message.at)
        if command:
            name, arguments = command[1].lower(), (command[2] or "").strip()
            await self._commit(CommandCalled(**base, name=name, arguments=arguments), message)
            return Said(message, awaits_answer=True)
        is_for_bot = _is_for_bot(message, head)
        words = MENTION.sub("", message.text).strip()  # who is meant is no part of what is meant
        posted = MessagePosted(**base, message=message.id, text=words, is_for_bot=is_for_bot)
        await self._commit(posted, message)
        return Said(message, awaits_answer=is_for_bot)

    async def react(
        self, visitor: Visitor, message: str, emoji: str, *, act: str, is_on: bool
    ) -> None:
        target = await self.get(visitor, message)
        emoji = _check_emoji(emoji)
        base = self._base(visitor, target, _event_id(visitor, act), self._clock.now())
        event: ReactionAdded | ReactionRemoved
        event = ReactionRemoved(**base, message=target.id, emoji=emoji)
        if is_on:
            words = plain_text(target.post) if target.post else target.text
            event = ReactionAdded(**base, message=target.id, message_text=words, emoji=emoji)
        if await self._chat.react(event):
            await self._tell(target)

    async def press(
        self, visitor: Visitor, message: str, *, act: str, action: str, value: str
    ) -> None:
        target = await self.get(visitor, message)
        buttons = buttons_of(target.post) if target.post else ()
        if not any((each.action, each.value) == (action, value) for each in buttons):
            raise Refused(404, "web.no_button")
        base = self._base(visitor, target, _event_id(visitor, act), self._clock.now())
        event = ButtonPressed(**base, message=target.id, action=action, value=value)
        await self._commit(event, target)

    def _base(self, visitor: Visitor, message: ChatMessage, event_id: str, at: datetime) -> _Base:
        return _Base(
            id=event_id,
            workspace=self._workspace,
            place=self._place(visitor, message.place.channel),
            member=visitor.member,
            member_name=visitor.name,
            at=at,
            language=visitor.language,
            thread=message.thread,
        )

    def _place(self, visitor: Visitor, channel: str) -> Place:
        if not self.may_read(visitor, channel):
            raise Refused(404, "web.no_channel")
        is_direct = channel not in self._channels
        return Place(ChannelId(channel), is_private=is_direct, is_direct=is_direct)

    async def _head(self, visitor: Visitor, place: Place, thread: str) -> ChatMessage:
        head = await self.get(visitor, thread)
        # An answer that one member sees has no thread: its replies would lose what they answer.
        if (
            head.place.channel != place.channel
            or head.thread is not None
            or head.only_for is not None
        ):
            raise Refused(400, "web.no_thread")
        return head

    async def _commit(self, event: Event, message: ChatMessage) -> None:
        if await self._inbox.put(event):
            await self._tell(message)

    async def _tell(self, message: ChatMessage) -> None:
        await show(self._hub, self._chat, message.id)
        self._on_event()


def _is_for_bot(message: ChatMessage, head: ChatMessage | None) -> bool:
    if message.place.is_private or MENTION.search(message.text):
        return True
    return head is not None and (head.post is not None or MENTION.search(head.text) is not None)


def _event_id(visitor: Visitor, act: str) -> str:
    if not _ACT.match(act):
        raise Refused(400, "web.bad_request")
    return f"web:{visitor.member}:{act}"


def _check_emoji(emoji: str) -> str:
    emoji = without_skin_tone(emoji)
    is_symbol = any(unicodedata.category(character) in {"So", "Po"} for character in emoji)
    # Words are none, whatever stands beside them: `@everyone!`.
    is_text = any(c.isspace() or c.isalpha() or c.isascii() for c in emoji)
    if not is_symbol or is_text or len(emoji) > _MAX_EMOJI_LENGTH:
        raise Refused(400, "web.bad_request")
    return emoji
