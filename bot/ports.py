"""What the core asks of the outside.

Every method may raise `StorageUnavailable` or another `TransientError`; instants are aware UTC.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.archives import Archive, ImportReport, PreparedArchive
from bot.domain.digests import Chart, Digest, DigestFormat
from bot.domain.models import (
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
from bot.domain.visibility import Audience
from bot.events import Event, ReactionAdded, ReactionRemoved
from bot.posts import Post
from bot.text.queries import OtherName
from bot.text.ranking import Statistics


class Clock(Protocol):
    def now(self) -> datetime: ...


class PageFetcher(Protocol):
    async def fetch(self, url: str) -> PageText:
        """Read the page at an address as if it were hostile.

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
        self, workspace: WorkspaceId, *, member: MemberId, message: MessageId, emoji: str | None
    ) -> UndoOutcome:
        """Remove the saves with this key, or with any emoji; titles may be addresses.

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


class Inbox(Protocol):
    """Events written down before the platform hears back."""

    async def put(self, event: Event) -> bool:
        """Commit the event; False if this identity is known already."""

    async def list_open(self, *, limit: int) -> Sequence[InboxRow]:
        """Return what is not done yet, in the order of arrival."""

    async def mark_done(self, row: int) -> None: ...

    async def mark_failed(self, row: int, reason: str) -> None:
        """Set the row aside after too many attempts; it stays for people to see."""

    async def count_attempt(self, row: int) -> None: ...


class WorkspaceStore(Protocol):
    async def ensure(self, workspace: WorkspaceId, *, name: str, zone: str, language: str) -> None:
        """Make the workspace, or bring what is kept of it in step with these settings."""

    async def list_workspaces(self) -> Sequence[WorkspaceId]: ...


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
    workspaces: WorkspaceStore
    chat: ChatLog


class ChatPlatform(Protocol):
    """One platform as the core sees it: posts out. Events come in through the inbox."""

    async def post(
        self,
        place: Place,
        post: Post,
        *,
        key: str,
        thread: MessageId | None = None,
        only_for: MemberId | None = None,
    ) -> MessageId:
        """Send a post and its thread. A second call with the same `key` sends nothing."""

    async def react(self, place: Place, message: MessageId, emoji: str) -> None: ...

    async def unreact(self, place: Place, message: MessageId, emoji: str) -> None:
        """Take back our own reaction; none there is no error."""
