"""What a platform tells the bot. Plain values that survive a round trip through an inbox row."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBase:
    """`id` is the platform's own identity of the event: a repeat carries the same one."""

    id: str
    workspace: WorkspaceId
    place: Place
    member: MemberId
    at: datetime
    member_name: str = ""
    language: str = ""  # what the platform tells of the member; "" when it tells nothing
    thread: MessageId | None = None
    # The platform's own way back to who acted; it ages within minutes. Who knows it may use it.
    answer_by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFile:
    """A file at a message. `url` is where its platform keeps it."""

    name: str
    url: str
    media_type: str = ""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePosted(EventBase):
    """A message. `is_for_bot`: it mentions the bot, or is said in its thread or in private.

    `answers`: what it replies to where that is no thread; over a post of ours, what that answers.
    """

    message: MessageId
    text: str
    is_for_bot: bool = False
    files: tuple[SharedFile, ...] = ()
    answers: MessageId | None = None

    def without_words(self) -> MessagePosted:
        """Return that it was said, and to what: what people say to each other is not kept."""
        return replace(self, text="", files=())


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageEdited(EventBase):
    """`member` is who wrote it; `text` is how it reads now, with all its links."""

    message: MessageId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionAdded(EventBase):
    """`message_text` is what was reacted to, with all its links; `emoji` has no skin tone.

    A custom emoji is written `:name:`.
    """

    message: MessageId
    emoji: str
    message_text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionRemoved(EventBase):
    message: MessageId
    emoji: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCalled(EventBase):
    """A command: `name` without the slash, `arguments` as typed, `options` as chosen by name."""

    name: str
    arguments: str = ""
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortcutUsed(EventBase):
    """Somebody picked an action from a message's menu: `name` is that of a command."""

    name: str
    message: MessageId
    message_text: str = ""
    files: tuple[SharedFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageDeleted(EventBase):
    """A message is gone. `member` is who wrote it, empty where the platform does not tell."""

    message: MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class ButtonPressed(EventBase):
    """A button, or a choice from a menu: `value` is what was chosen."""

    message: MessageId  # the post that holds it
    action: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelJoined(EventBase):
    """The bot was let into a channel, by `member` where the platform tells."""


Event: TypeAlias = (
    MessagePosted
    | MessageEdited
    | MessageDeleted
    | ReactionAdded
    | ReactionRemoved
    | CommandCalled
    | ShortcutUsed
    | ButtonPressed
    | ChannelJoined
)


def order_of(event: Event) -> str | None:
    """Return whose turn an event waits for: those of one message come one after the other.

    None: it waits for nobody.
    """
    match event:
        case (
            ReactionAdded()
            | ReactionRemoved()
            | MessagePosted()
            | MessageEdited()
            | MessageDeleted()
            | ButtonPressed()
        ):
            return f"{event.place.channel}:{event.message}"
        case _:
            return None


class Awaited(StrEnum):
    """What handling an event may wait for that nobody here can hurry."""

    NOTHING = "nothing"
    PAGES = "pages"  # sites on the web
    MODEL = "model"  # what a language model writes


def awaited_by(event: Event) -> Awaited:
    match event:
        case ReactionAdded() | MessageEdited() | ShortcutUsed():
            return Awaited.PAGES
        case MessagePosted(is_for_bot=True):
            return Awaited.MODEL
        case CommandCalled():
            named = {event.name, *event.arguments.split(maxsplit=1)[:1]}
            if "save" in named:
                return Awaited.PAGES
            return Awaited.MODEL if named & {"ask", "digest"} else Awaited.NOTHING
        case _:
            return Awaited.NOTHING


__all__ = [
    "Awaited",
    "ButtonPressed",
    "ChannelId",
    "ChannelJoined",
    "CommandCalled",
    "Event",
    "EventBase",
    "MessageDeleted",
    "MessageEdited",
    "MessagePosted",
    "ReactionAdded",
    "ReactionRemoved",
    "SharedFile",
    "ShortcutUsed",
    "awaited_by",
    "order_of",
]
