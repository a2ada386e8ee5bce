"""What is saved, and how it is found again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.archives import ImportReport, PreparedArchive
from bot.domain.concepts import ConceptSource
from bot.domain.embeddings import Meaning
from bot.domain.models import (
    EVERYTHING,
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
    SaveId,
    SaveOutcome,
    SearchHit,
    Sharer,
    Understanding,
    UndoOutcome,
    WorkspaceId,
)
from bot.domain.visibility import Audience
from bot.text.queries import OtherName
from bot.text.ranking import Statistics


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

    async def mark_reading(self, workspace: WorkspaceId, link: LinkId) -> None:
        """Say that it is being read. No mark changes a page that was read: it stays so."""

    async def mark_waiting(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        *,
        reason: str = "",
        retry_at: datetime | None = None,
    ) -> None:
        """Say that it is to be read; where that failed, why, and when it is tried again."""

    async def store_page(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        page: PageText,
        understanding: Understanding,
        passages: Sequence[Passage],
        *,
        asked: str = "",
    ) -> LinkId:
        """Keep what was read, and feed the index, in one transaction. Replaces an earlier one.

        Return the link that stands for it: as `unify` with the page's identity, which is believed
        here. Nothing is kept of a link that is gone or became part of another meanwhile, or that
        was `asked` for at an address which not all who see it by now may know.

        Raises:
            InvalidUrl: the identity is no address; nothing changed.

        """

    async def store_text(
        self,
        workspace: WorkspaceId,
        save: SaveId,
        page: PageText,
        understanding: Understanding,
        passages: Sequence[Passage],
    ) -> None:
        """Keep a text that a member gave for the page of their save, in one transaction.

        It is as private as the save, goes with it, and replaces an earlier text of it. What is
        read at the link itself later takes its place; what was read before stays, and this beside.
        A page that was to be tried again is not, if all who see the link see a text by now.
        """

    async def store_understanding(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        understanding: Understanding,
        *,
        read_at: datetime | None,
    ) -> None:
        """Keep what a model made of the page that was read then; it replaces its last one.

        Of each language one is kept. It is as private as the page, and goes with it. Nothing is
        kept where the page is another by now.
        """

    async def mark_unreadable(self, workspace: WorkspaceId, link: LinkId, reason: str) -> None: ...

    async def unify(self, workspace: WorkspaceId, link: LinkId, url: str) -> LinkId:
        """Say that this address leads to the same thing; return the link that stands for it.

        Where another link has the address, both become one: that whose page was read, else the
        older one. Every save stays, with what came with it; of saves that are one act one stays.
        Nothing is seen by more people than before: of a public and a private link the public one
        stands, and links of different private channels stay apart. The id that goes still finds
        the link.

        Raises:
            InvalidUrl: nothing changed.
            KeyError: no such link.

        """

    async def list_of_message(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[LinkRecord]:
        """Return the links that this message's saves hold, as the operator sees them."""

    async def list_unread(self, workspace: WorkspaceId, *, limit: int) -> Sequence[LinkId]:
        """Return links whose page is waiting, or was being read at a crash, oldest first.

        Without those of which all who see them see a text that came with a save.
        """


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
        self,
        workspace: WorkspaceId,
        query: str,
        *,
        limit: int,
        audience: Audience,
        which: LinkFilter = EVERYTHING,
        meaning: Meaning | None = None,
    ) -> Sequence[SearchHit]:
        """Return the best passages, best first, ties by passage id; empty when no term occurs.

        `meaning`: what the query means to a model; passages that come near it are found, too.

        They are chosen among those whose link or note passes; a note has no kind and no topic. The
        days of hits are those of passing saves. The limit of `which` is not asked for.
        """

    async def list_sharers(self, workspace: WorkspaceId, *, audience: Audience) -> Sequence[Sharer]:
        """Return who saved something that the audience may see, once by every name, by name."""

    async def measure(self, workspace: WorkspaceId, words: Collection[str]) -> Statistics:
        """Count how many of the workspace's passages hold each of these search words."""

    async def find_other_names(
        self, workspace: WorkspaceId, query: str, *, audience: Audience
    ) -> Sequence[OtherName]:
        """Return what the query's terms are called otherwise, as far as the audience may see it."""

    async def reindex(self, workspace: WorkspaceId, *, after: int, limit: int) -> int | None:
        """Index the next `limit` passages anew; return the last one's number, None at the end.

        `after` is what the call before returned; 0 begins. Others read and write in between.
        """


class ConceptStore(Protocol):
    async def list_concepts(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[Concept]:
        """By term, case ignored."""

    async def list_sources(
        self, workspace: WorkspaceId, *, audience: Audience
    ) -> Sequence[ConceptSource]:
        """Return who gives which concept, last saved first; the dates are of visible saves."""
