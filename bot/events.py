"""What a platform tells the bot. Plain values that survive a round trip through an inbox row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """`id` is the platform's own identity of the event: a repeat carries the same one."""

    id: str
    workspace: WorkspaceId
    place: Place
    member: MemberId
    member_name: str
    at: datetime
    language: str = ""  # what the platform tells of the member; "" when it tells nothing
    thread: MessageId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(EventBase):
    """A message. `is_for_bot`: it mentions the bot, or is said in its thread or in private."""

    message: MessageId
    text: str
    is_for_bot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(EventBase):
    """`message_text` is what was reacted to, with all its links; `emoji` has no skin tone."""

    message: MessageId
    message_text: str
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(EventBase):
    message: MessageId
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCalled(EventBase):
    """A slash command: `name` without the slash, `arguments` as typed."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(EventBase):
    message: MessageId  # the post that holds the button
    action: str
    value: str


Event: TypeAlias = MessagePosted | ReactionAdded | ReactionRemoved | CommandCalled | ButtonPressed

__all__ = [
    "ButtonPressed",
    "ChannelId",
    "CommandCalled",
    "Event",
    "EventBase",
    "MessagePosted",
    "ReactionAdded",
    "ReactionRemoved",
]
