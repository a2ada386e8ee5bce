"""What is kept about the talk: events, posts, members, their choices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, TypeAlias

from bot.domain.backfills import Backfill, BackfillState
from bot.domain.exchanges import Exchange
from bot.domain.feeds import Feed
from bot.domain.models import ChannelId, MemberId, MessageId, Place, WorkspaceId
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from bot.events import Event, ReactionAdded, ReactionRemoved
from bot.posts import Post


def passes(found: Sequence[object]) -> None:
    """Let everything pass: the check of who needs none."""
    del found


@dataclass(frozen=True, slots=True)
class InboxRow:
    id: int
    event: Event
    attempts: int


class Lane(StrEnum):
    """Who waits: somebody looks at the screen, or a mark will do when it is there."""

    TALK = "talk"  # commands, buttons, questions
    MARKS = "marks"  # reactions, edits


class EventSink(Protocol):
    """Where platforms write their events down before they hear back."""

    async def put(self, event: Event) -> bool:
        """Commit the event; False, and nothing changes, if it is a repeat.

        A repeat has a known identity. A reaction is a state of its message, member and emoji:
        what says how it stands already, or how it stood before, is a repeat too.
        """


class Inbox(EventSink, Protocol):
    """Events written down, and who sees each of them through.

    Over several nodes, a row is seen through by the one that wrote it down. Only where another
    event of the same message and lane is open, it joins that one, wherever that is: see `order_of`.
    `list_open` lists the rows of this node alone.
    """

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        """Return what is not done yet, in the order of arrival, of the rows after that one."""

    async def mark_done(self, *rows: int) -> None:
        """Keep no more than that it was heard."""

    async def mark_failed(self, row: int, reason: str) -> None:
        """Set the row aside after too many attempts: its identity and why, nothing people said."""

    async def count_attempt(self, row: int) -> bool:
        """Return False if this node is not to see it through any more."""

    async def adopt(self, serves: Callable[[WorkspaceId], bool]) -> int:
        """Take over what nobody alive sees through, where `serves` says so; return how much."""

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        """Drop the identities of what arrived before then and is not open; return how many."""


class WorkspaceStore(Protocol):
    async def ensure(self, workspace: WorkspaceId, *, name: str) -> None:
        """Make the workspace if it is new; keep its name in step."""

    async def list_workspaces(self) -> Sequence[WorkspaceId]: ...

    async def get_settings(self, workspace: WorkspaceId) -> WorkspaceSettings:
        """Return what the workspace chose.

        Raises:
            KeyError: no such workspace.

        """

    async def change_settings(
        self, workspace: WorkspaceId, change: Callable[[WorkspaceSettings], WorkspaceSettings]
    ) -> WorkspaceSettings:
        """Change what stands, whoever else does so at the same time; return what stands then.

        What `change` raises leaves everything as it is; it may be called more than once.

        Raises:
            KeyError: no such workspace.

        """

    async def mark_seen(self, workspace: WorkspaceId, at: datetime) -> None:
        """Keep that everything said until then was heard. Never goes back."""

    async def find_seen(self, workspace: WorkspaceId) -> datetime | None: ...

    async def find_beginning(self, workspace: WorkspaceId) -> datetime | None:
        """Return when the workspace was made: what was said before was not said to us."""


class HomeStore(Protocol):
    """Which workspace a member's direct messages belong to, where they share several with us.

    And which direct messages there are, on a platform that does not list them.
    """

    async def find_home(self, member: MemberId) -> WorkspaceId | None: ...

    async def set_home(self, member: MemberId, workspace: WorkspaceId) -> None: ...

    async def keep_direct(self, channel: ChannelId, workspace: WorkspaceId) -> None:
        """Keep that we were spoken to there, and that it belongs to this workspace now."""

    async def find_direct(self, channel: ChannelId) -> WorkspaceId | None:
        """Return what it belongs to, None where nobody spoke to us."""

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[ChannelId]:
        """By id."""


@dataclass(frozen=True, slots=True)
class MemberReaction:
    emoji: str  # bare: see `bot.domain.emoji.bare_emoji`
    member: MemberId
    member_name: str = ""


@dataclass(frozen=True, slots=True)
class ReactionState:
    """What the newest act with this emoji made of it. `changed_at`: when that was said last."""

    reaction: MemberReaction
    is_on: bool
    changed_at: datetime


class ReactionStore(Protocol):
    """Which reactions stand, as the inbox was told: `Inbox.put` keeps it in step."""

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[MemberReaction]:
        """Return those that stand, oldest first."""

    async def list_states(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[ReactionState]:
        """Return those that are gone too, as long as that is kept; what changed last is last."""

    async def forget_reactions(
        self, workspace: WorkspaceId, *, keep: Collection[str], before: datetime
    ) -> int:
        """Drop what changed before then, but for these bare emoji that stand; return how many."""


@dataclass(frozen=True, slots=True)
class Began:
    """`message` is set where this post went out before. `since`: when it was first begun."""

    since: datetime
    is_first: bool
    message: MessageId | None = None


class PostLedger(Protocol):
    """What was posted under which key: written down before the call, and after it."""

    async def begin(self, workspace: WorkspaceId, key: str, *, at: datetime) -> Began: ...

    async def find(self, workspace: WorkspaceId, key: str) -> Began | None:
        """Return how it began, if it did; nothing begins."""

    async def finish(self, workspace: WorkspaceId, key: str, message: MessageId) -> None: ...

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        """Drop what was begun before then and finished; return how many."""


class ExchangeStore(Protocol):
    """What was asked last in each thread of a channel, so that the next question may lean on it.

    A thread is known by the messages that replies name, its heads. None is all of a direct channel.
    """

    async def remember(
        self,
        workspace: WorkspaceId,
        channel: ChannelId,
        exchange: Exchange,
        *,
        heads: Sequence[MessageId | None],
        question: MessageId | None,
        member: MemberId,
        at: datetime,
    ) -> None:
        """Keep it under each head, unless something later is kept there.

        `question`: the message that asked, None where a command did. `member`: who asked.
        """

    async def recall(
        self, workspace: WorkspaceId, channel: ChannelId, heads: Sequence[MessageId | None]
    ) -> Exchange | None:
        """Return what is kept under the first of the heads that has anything."""

    async def withdraw(
        self, workspace: WorkspaceId, channel: ChannelId, question: MessageId
    ) -> None:
        """Drop what that message asked, under all heads."""

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        """Drop what was asked before then; return under how many heads."""


class BackfillStore(Protocol):
    async def add(
        self, backfill: Backfill, *, check: Callable[[Sequence[Backfill]], None] = passes
    ) -> bool:
        """Keep it; False, and nothing changes, if its id is known.

        `check` gets those that are open, and nobody adds another meanwhile; what it raises leaves
        everything as it is. It may be called more than once.
        """

    async def list_open(self) -> Sequence[Backfill]:
        """Return those that are neither finished nor stopped, oldest first."""

    async def get(self, workspace: WorkspaceId, backfill: str) -> Backfill:
        """Return one.

        Raises:
            KeyError: there is none.

        """

    async def change(self, backfill: Backfill, *, was: BackfillState = BackfillState.OPEN) -> bool:
        """Keep it as it is now. False, and nothing changes, if its state is another by now.

        Raises:
            KeyError: there is none.

        """


# When a subscription is due, its workspace and its id: a total order.
Due: TypeAlias = tuple[datetime, str, str]


class SubscriptionStore(Protocol):
    """Standing orders for digests. They change and move on in `DeliveryStore.plan` alone."""

    async def add(
        self,
        subscription: Subscription,
        *,
        check: Callable[[Sequence[Subscription]], None] = passes,
    ) -> bool:
        """Keep it; False, and nothing changes, if its id is known.

        `check` gets those of its channel, and nobody adds another meanwhile; what it raises leaves
        everything as it is. It may be called more than once.
        """

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        """Oldest first."""

    async def list_due(
        self,
        at: datetime,
        *,
        limit: int,
        schemes: Collection[str] = (),
        after: Due | None = None,
        skip: int = 0,
    ) -> Sequence[Subscription]:
        """Return what is due by then and has no delivery on its way, of all workspaces.

        In the order of `Due`. `schemes`: of these platforms only; of all where there are none.
        `skip`: as many are left out first.
        """

    async def list_unscheduled(self) -> Sequence[Subscription]:
        """Return what is not paused and yet has no next time, of all workspaces."""

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        """Return one.

        Raises:
            KeyError: there is none.

        """

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        """Return False if there was none."""


class FeedStore(Protocol):
    async def add(self, feed: Feed, *, known: Collection[str]) -> bool:
        """Keep it beside the keys of the entries that it has already.

        False, and nothing changes, if its id or its address in its channel is known.
        """

    async def list_feeds(self, workspace: WorkspaceId) -> Sequence[Feed]:
        """Oldest first."""

    async def list_due(self, at: datetime, *, limit: int) -> Sequence[Feed]:
        """Return what is to be read by then in every workspace, the longest due first."""

    async def find_known(self, feed: Feed, keys: Collection[str]) -> frozenset[str]:
        """Return those of the keys that belong to entries seen before."""

    async def change(self, feed: Feed, *, known: Collection[str] = ()) -> None:
        """Keep how its last reading went, and what was seen; nothing if it is gone."""

    async def remove(self, workspace: WorkspaceId, feed: str) -> bool:
        """Return False if there was none. What it saved stays."""


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """A message of the built-in web chat: a person's has `text`, ours has `post`."""

    id: MessageId
    place: Place
    member: MemberId
    member_name: str
    at: datetime
    text: str = ""
    post: Post | None = None
    thread: MessageId | None = None
    only_for: MemberId | None = None  # ephemeral
    reactions: tuple[tuple[str, MemberId], ...] = ()  # emoji, who; oldest first


class ChatLog(Protocol):
    """What the web chat keeps of its own channels, as Slack and Discord keep theirs."""

    async def append(self, message: ChatMessage) -> bool:
        """Keep a message; False, and nothing changes, if its id is there already."""

    async def replace(self, message: ChatMessage) -> None: ...

    async def get(self, message: MessageId) -> ChatMessage:
        """Return one message.

        Raises:
            KeyError: there is none.

        """

    async def list_messages(self, channel: str, *, limit: int) -> Sequence[ChatMessage]:
        """Return the newest `limit` messages, oldest first, with replies and reactions."""

    async def list_changed(
        self, since: datetime | None
    ) -> tuple[Sequence[ChatMessage], datetime | None]:
        """Return what any node wrote since then, oldest first, and until when that was looked at.

        `since`: what the last call returned; None: look from now on. Where there is but one node,
        there is never anything.
        """

    async def react(self, event: ReactionAdded | ReactionRemoved) -> bool:
        """Show a member's act at a message and put it into the inbox, in one transaction.

        False, and nothing changes, if the inbox knows the act: what came after it stands.

        Raises:
            KeyError: no such message.

        """

    async def add_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        """Keep a reaction; False if it was there."""

    async def remove_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        """Drop a reaction; False if it was not there."""
