"""What the core asks of the outside.

Every method may raise `StorageUnavailable` or another `TransientError`; instants are aware UTC.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.archives import Archive, ImportReport, PreparedArchive
from bot.domain.backfills import Backfill
from bot.domain.digests import Chart, Digest, DigestFormat
from bot.domain.feeds import Feed, FeedDocument
from bot.domain.models import (
    ChannelId,
    Concept,
    LinkFilter,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    NewSave,
    NotePassage,
    NoteRecord,
    PageText,
    Passage,
    Place,
    SaveOutcome,
    SearchHit,
    Understanding,
    UndoOutcome,
    WorkspaceId,
)
from bot.domain.settings import WorkspaceSettings
from bot.domain.subscriptions import Subscription
from bot.domain.visibility import Audience
from bot.events import Event, ReactionAdded, ReactionRemoved, SharedFile
from bot.posts import Post
from bot.specs import CommandSpec, Suggests
from bot.text.queries import OtherName
from bot.text.ranking import Statistics
from bot.texts import Texts


class Clock(Protocol):
    def now(self) -> datetime: ...


class PageFetcher(Protocol):
    async def fetch(self, url: str) -> PageText:
        """Read the page at an address as if it were hostile.

        Raises:
            FetchFailed: with the reason that people read.

        """


class FeedReader(Protocol):
    """Reads feeds as if each were hostile. Reasons are keys of table `feeds.trouble`."""

    async def find(self, address: str) -> FeedDocument:
        """Read the feed at an address, or the one that the page there names.

        Raises:
            FetchFailed: `not_a_feed` if there is neither.

        """

    async def read(self, feed: Feed) -> FeedDocument | None:
        """Read a feed; None if nothing changed since it was read last.

        Raises:
            FetchFailed: with the reason that people read.

        """


class ArchiveReader(Protocol):
    def read(self, name: str, data: bytes, *, form: str | None = None) -> Archive:
        """Recognise a document's form and return what is in it. Pure, may take seconds.

        Raises:
            UserError: the document is of no known form, binary, empty or too large.

        """


class ChartDrawer(Protocol):
    def draw(self, chart: Chart) -> bytes:
        """Return a PNG, the same for the same chart. Takes about 100 ms: call it in a thread."""


class DigestWriter(Protocol):
    def write(self, digest: Digest, post: Post, *, form: DigestFormat) -> str:
        """Return the whole document in one format, the same text for the same digest."""


class LinkStore(Protocol):
    async def save(self, new: NewSave) -> SaveOutcome:
        """Add a save, and the link if nobody saved it before. The same save again changes nothing.

        `new.url` is as somebody wrote it; the store keeps it as an address of the link
        and finds the link by its canonical form.

        Raises:
            InvalidUrl: nothing is stored.

        """

    async def undo_saves(
        self,
        workspace: WorkspaceId,
        *,
        member: MemberId,
        message: MessageId,
        emoji: str | None,
        is_rehearsal: bool = False,
    ) -> UndoOutcome:
        """Remove the saves with this key, or with any emoji; titles may be addresses.

        A rehearsal tells what would be, and changes nothing.
        A link without any save left disappears with its page, passages and derived rows,
        all in one transaction.
        """

    async def get(self, workspace: WorkspaceId, link: LinkId, *, audience: Audience) -> LinkRecord:
        """Return one link.

        Raises:
            KeyError: no such link, or none that this audience may see.

        """

    async def find(
        self, workspace: WorkspaceId, url: str, *, audience: Audience
    ) -> LinkRecord | None: ...

    async def list_links(
        self, workspace: WorkspaceId, which: LinkFilter, *, audience: Audience
    ) -> Sequence[LinkRecord]:
        """Newest save first, ties by id. A save in the period and visible is what counts."""

    async def mark_reading(self, workspace: WorkspaceId, link: LinkId) -> None: ...

    async def mark_waiting(self, workspace: WorkspaceId, link: LinkId) -> None: ...

    async def store_page(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        page: PageText,
        understanding: Understanding,
        passages: Sequence[Passage],
    ) -> None:
        """Keep what was read, and feed the index, in one transaction. Replaces an earlier one."""

    async def mark_unreadable(self, workspace: WorkspaceId, link: LinkId, reason: str) -> None: ...

    async def list_unread(self, workspace: WorkspaceId, *, limit: int) -> Sequence[LinkRecord]:
        """Return links whose page is waiting, or was being read at a crash, oldest first."""


class NoteStore(Protocol):
    async def list_notes(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NoteRecord]: ...

    async def list_note_passages(
        self,
        workspace: WorkspaceId,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        audience: Audience,
    ) -> Sequence[NotePassage]:
        """Return what the notes of these days say, notes oldest first, passages in their order."""


class ArchiveStore(Protocol):
    async def import_archive(
        self,
        workspace: WorkspaceId,
        prepared: PreparedArchive,
    ) -> ImportReport:
        """Store a document in one transaction. What is there already is counted, not changed."""


class SearchIndex(Protocol):
    async def search(
        self, workspace: WorkspaceId, query: str, *, limit: int, audience: Audience
    ) -> Sequence[SearchHit]:
        """Return the best passages, best first, ties by passage id; empty when no term occurs."""

    async def measure(self, workspace: WorkspaceId, words: Collection[str]) -> Statistics:
        """Count how many of the workspace's passages hold each of these search words."""

    async def find_other_names(
        self, workspace: WorkspaceId, query: str, *, audience: Audience
    ) -> Sequence[OtherName]:
        """Return what the query's terms are called otherwise, as far as the audience may see it."""


class ConceptStore(Protocol):
    async def list_concepts(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[Concept]:
        """By term, case ignored."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    id: int
    event: Event
    attempts: int


class Lane(StrEnum):
    """Who waits: somebody looks at the screen, or a mark will do when it is there."""

    TALK = "talk"  # commands, buttons, questions
    MARKS = "marks"  # reactions, edits


class Inbox(Protocol):
    """Events written down before the platform hears back."""

    async def put(self, event: Event) -> bool:
        """Commit the event; False, and nothing changes, if it is a repeat.

        A repeat has a known identity. A reaction is a state of its message, member and emoji:
        what says how it stands already, or how it stood before, is a repeat too.
        """

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        """Return what is not done yet, in the order of arrival, of the rows after that one."""

    async def mark_done(self, *rows: int) -> None:
        """Keep no more than that it was heard."""

    async def mark_failed(self, row: int, reason: str) -> None:
        """Set the row aside after too many attempts: its identity and why, nothing people said."""

    async def count_attempt(self, row: int) -> None: ...

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
        self, workspace: WorkspaceId, settings: WorkspaceSettings
    ) -> None: ...

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

    async def list_directs(self, workspace: WorkspaceId) -> Sequence[ChannelId]:
        """By id."""


@dataclass(frozen=True, slots=True)
class MemberReaction:
    emoji: str  # bare: see `bot.domain.emoji.bare_emoji`
    member: MemberId
    member_name: str = ""


class ReactionStore(Protocol):
    """Which reactions stand, as the inbox was told: `Inbox.put` keeps it in step."""

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[MemberReaction]:
        """Oldest first."""

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

    async def finish(self, workspace: WorkspaceId, key: str, message: MessageId) -> None: ...

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        """Drop what was begun before then and finished; return how many."""


class BackfillStore(Protocol):
    async def add(self, backfill: Backfill) -> bool:
        """Keep it; False, and nothing changes, if its id is known."""

    async def list_open(self) -> Sequence[Backfill]:
        """Return those that are neither finished nor stopped, oldest first."""

    async def get(self, workspace: WorkspaceId, backfill: str) -> Backfill:
        """Return one.

        Raises:
            KeyError: there is none.

        """

    async def change(self, backfill: Backfill) -> None: ...


class SubscriptionStore(Protocol):
    async def add(self, subscription: Subscription) -> bool:
        """Keep it; False, and nothing changes, if its id is known."""

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        """Oldest first."""

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        """Return one.

        Raises:
            KeyError: there is none.

        """

    async def change(self, subscription: Subscription) -> None: ...

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


class Storage(Protocol):
    """Everything that is kept, over one database."""

    links: LinkStore
    notes: NoteStore
    archives: ArchiveStore
    search: SearchIndex
    concepts: ConceptStore
    inbox: Inbox
    reactions: ReactionStore
    ledger: PostLedger
    workspaces: WorkspaceStore
    homes: HomeStore
    backfills: BackfillStore
    subscriptions: SubscriptionStore
    feeds: FeedStore
    chat: ChatLog


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


class ChatPlatform(Protocol):
    """One platform as the core sees it: posts out, and what an event means.

    Each call is tried once here; the caller tries again. Besides `TransientError`, any may raise
    `PlaceClosed` or `MessageGone`.
    """

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

        `wanted`: of which emoji the reactions matter, all where it is None; others may be missing.

        Raises:
            PlaceClosed: we may not read there.

        """


@dataclass(frozen=True, slots=True)
class Intake:
    """What the connection to a platform is given to hand over what it hears.

    `language`: of people whose platform tells none. `on_event` is called after each new inbox row,
    `on_connected` at start and wherever something may have been missed, as by a lost connection.
    """

    inbox: Inbox
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
