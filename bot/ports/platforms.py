"""The chat platforms: posts out, events in, the past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.events import Event, SharedFile
from bot.ports.reading import Clock
from bot.ports.records import EventSink, HomeStore, MemberReaction, ReactionStore, WorkspaceStore
from bot.ports.work import NodeId, NodeStore
from bot.posts import Post
from bot.specs import CommandSpec, Suggests
from bot.texts import Texts


@dataclass(frozen=True, slots=True)
class Target:
    """Where one message goes.

    `only_for`: nobody but this member may see it. `answer_by`: the platform's way back to them,
    see `EventBase`; posts that have one answer that act.
    """

    workspace: WorkspaceId
    place: Place
    thread: MessageId | None = None
    only_for: MemberId | None = None
    answer_by: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Piece:
    """One message as a renderer made it: `payload` is the platform's own, `text` its words."""

    text: str
    payload: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pace:
    """So many messages a second, after `burst` at once."""

    per_s: float
    burst: int = 1


@dataclass(frozen=True, slots=True)
class Rates:
    """What a platform takes: of a bot in all, and in one channel. None: it says nothing."""

    bot: Pace | None = None
    channel: Pace | None = None


class ChatPlatform(Protocol):
    """One platform as the core sees it: posts out, and what an event means.

    Each call is tried once here; the caller tries again. Besides `TransientError`, any may raise
    `PlaceClosed` or `MessageGone`.
    """

    @property
    def rates(self) -> Rates:
        return Rates()

    @property
    def where(self) -> str:
        """Name the sentences that are said here in place of the usual: see `bot.texts`."""
        return ""

    @property
    def rewrites_answers(self) -> bool:
        """Say whether what one member alone sees can be changed whenever it was posted."""
        return False

    def split(self, post: Post) -> Sequence[Piece]:
        """Return the post's own blocks as messages within the limits, never none. Pure.

        What the post holds in its thread is not part of it.
        """

    def call_of(self, command: str) -> str:
        """Return how people call one of our commands here."""
        return f"/{command}"

    async def send(self, target: Target, piece: Piece, *, key: str) -> MessageId:
        """Send one message, marked with `key` so that it can be found.

        Raises:
            RateLimited: nothing was sent; later it may be.
            SendUnsure: it may have been sent.

        """

    async def find_sent(
        self, target: Target, piece: Piece, *, key: str, since: datetime
    ) -> MessageId | None:
        """Look for what `send` with this key may have left behind since then."""

    async def edit(self, target: Target, message: MessageId, post: Post) -> None:
        """Show another post in place of one of ours; what does not fit one message is cut off."""

    async def react(self, place: Place, message: MessageId, emoji: str) -> None:
        """Add our own reaction; there already, or on a message that is gone, is no error."""

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        """Take back our own reaction; none there, or no message, is no error."""

    async def complete(self, event: Event) -> Event | None:
        """Fill in what the platform told by id only.

        Names, a message's words, whether it is for us, whether the place is private.
        None: nothing for us, such as what a bot did.
        """

    async def list_private_channels(
        self, workspace: WorkspaceId, member: MemberId
    ) -> frozenset[ChannelId]:
        """Return the private channels that this member is in, as far as we can see them."""

    async def fetch_file(self, workspace: WorkspaceId, file: SharedFile) -> bytes:
        """Load a shared file from the platform alone.

        Raises:
            UserError: it is gone, too large or not on the platform.

        """


@dataclass(frozen=True, slots=True)
class PastMessage:
    """A message of a channel's past, with every link in its text.

    `reactions`: of the emoji that were asked for, all.
    `edited_at`: when its words were changed last; None if they are as they were said.
    """

    id: MessageId
    member: MemberId
    text: str
    at: datetime
    member_name: str = ""
    is_from_bot: bool = False  # any bot's, ours too
    is_for_bot: bool = False  # it mentions us, or is said in private
    thread: MessageId | None = None
    reactions: tuple[MemberReaction, ...] = ()
    files: tuple[SharedFile, ...] = ()
    edited_at: datetime | None = None
    answers: MessageId | None = None  # see `MessagePosted`


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """`cursor` goes on after this page, even tomorrow; "" if it was the last."""

    messages: tuple[PastMessage, ...]
    cursor: str = ""


class ChatHistory(Protocol):
    """What was said while nobody listened. Reads wait for the platform's limits by themselves."""

    async def list_channels(self, workspace: WorkspaceId) -> Sequence[Place]:
        """Return the channels that we are in, direct messages and threads apart.

        A private thread that we are in is a channel of its own.
        """

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[Place]:
        """Return the members' direct messages with us, as far as we know of them."""

    async def read(
        self,
        workspace: WorkspaceId,
        place: Place,
        *,
        since: datetime,
        cursor: str = "",
        wanted: Callable[[str], bool] | None = None,
    ) -> HistoryPage:
        """Return the next messages since then, replies in threads too, in a lasting order.

        `wanted`: of which emoji the reactions matter, all where it is None. A message that shows
        one of these comes with all its reactions; of others they may be missing.

        Raises:
            PlaceClosed: we may not read there.

        """

    async def list_reactions(
        self,
        workspace: WorkspaceId,
        message: MessageId,
        *,
        wanted: Callable[[str], bool] | None = None,
    ) -> Sequence[MemberReaction]:
        """Return what one message shows at this moment; `wanted` as above.

        Raises:
            MessageGone: there is no such message.
            PlaceClosed: we may not read there.

        """


@dataclass(frozen=True, slots=True)
class Intake:
    """What the connection to a platform is given to hand over what it hears.

    `language`: of people whose platform tells none. `on_event` is called after each new inbox row,
    `on_connected` at start and wherever something may have been missed, as by a lost connection.
    """

    inbox: EventSink
    reactions: ReactionStore
    workspaces: WorkspaceStore
    homes: HomeStore
    clock: Clock
    texts: Texts
    language: str
    specs: Sequence[CommandSpec]
    suggests: Suggests
    on_event: Callable[[], None]
    on_connected: Callable[[WorkspaceId], None]


@dataclass(frozen=True, slots=True)
class Sharing:
    """Who we are among several nodes.

    Who takes something alone remembers the `term` of before. Where `holds(term)` says no, it may
    be another's by now: let go of it at once.
    """

    node: NodeId
    nodes: NodeStore
    term: Callable[[], int]
    holds: Callable[[int], bool]


class Connection(Protocol):
    """One platform, connected. `scheme` begins the ids of its workspaces: `slack`, `discord`."""

    @property
    def scheme(self) -> str: ...

    @property
    def platform(self) -> ChatPlatform: ...

    @property
    def history(self) -> ChatHistory | None:
        """None where nothing can be missed."""

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set; come back after lost connections by itself.

        One that was opened for sending only stays able to send.

        Raises:
            ConfigError: the platform refuses us, and says what for: an operator must act.

        """


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `jubo doctor`. `key` names the sentence, which says the fix; `values` fill it.

    What is not in use is neither good nor bad; it fails nothing.
    """

    subject: str  # slack, discord, …
    is_ok: bool
    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    is_in_use: bool = True
