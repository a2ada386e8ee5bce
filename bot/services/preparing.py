"""A document that was read, made ready to store: its entries as saves, its prose as notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from bot.domain.archives import (
    Archive,
    ArchiveFile,
    ArchiveLink,
    ArchiveNote,
    Document,
    Mark,
    PreparedArchive,
    PreparedEntry,
    PreparedNote,
    Refusal,
)
from bot.domain.kinds import link_kind
from bot.domain.models import (
    KIND_EMOJI,
    ChannelId,
    Concept,
    Engine,
    MemberId,
    MessageId,
    NewSave,
    Passage,
    Place,
    Point,
    Summary,
    Understanding,
    WorkspaceId,
)
from bot.domain.points import walk
from bot.domain.topics import assign_topics
from bot.domain.urls import InvalidUrl, canonicalise
from bot.text.chunking import chunk_text
from bot.text.inline import plain

IMPORT_PLACE = Place(ChannelId("import"))
IMPORT_MEMBER = MemberId("import")
# An archive says a day, not an hour; noon keeps the day the same in the neighbouring zones too.
NOON = time(12)


@dataclass(frozen=True, slots=True)
class Sharer:
    """Who hands a document in, where and at which message; `member_name` "": the file's own."""

    place: Place
    member: MemberId
    member_name: str = ""
    message: MessageId | None = None


OPERATOR_SHARES = Sharer(IMPORT_PLACE, IMPORT_MEMBER)


def prepare(
    workspace: WorkspaceId,
    document: Document,
    archive: Archive,
    *,
    zone: ZoneInfo,
    sharer: Sharer = OPERATOR_SHARES,
) -> tuple[PreparedArchive, tuple[Refusal, ...]]:
    """Return what to store, and what of the document cannot be. Pure, may take seconds."""
    preparing = _Preparing(workspace, document, archive, zone, sharer)
    entries, notes = preparing.entries_and_notes()
    is_damaged = archive.repaired_chars > 0 or archive.lost_chars > 0
    file = ArchiveFile(
        name=document.name,
        changed_at=document.changed_at,
        archive=archive,
        original=document.data if is_damaged else b"",
    )
    prepared = PreparedArchive(
        file=file,
        entries=entries,
        notes=notes,
        concepts=archive.concepts,
        place=sharer.place,
        member=sharer.member,
    )
    return prepared, tuple(preparing.refused)


class _Preparing:
    """Turns an archive's entries and notes into what the store keeps; collects what it refuses."""

    def __init__(
        self,
        workspace: WorkspaceId,
        document: Document,
        archive: Archive,
        zone: ZoneInfo,
        sharer: Sharer,
    ) -> None:
        self._sharer = sharer
        self._workspace = workspace
        self._document = document
        self._archive = archive
        self._zone = zone
        self.refused: list[Refusal] = []

    def entries_and_notes(self) -> tuple[tuple[PreparedEntry, ...], tuple[PreparedNote, ...]]:
        """Return what can be saved, and as notes the prose and what has no address at all."""
        entries: list[PreparedEntry] = []
        notes = [self._note(note) for note in self._archive.notes]
        for link in self._archive.links:
            addressed = self._find_address(link)
            if addressed is not None:
                entries.append(self._entry(addressed))
            elif link.points:
                notes.append(self._entry_as_note(link))
        return tuple(entries), tuple(notes)

    def _find_address(self, link: ArchiveLink) -> ArchiveLink | None:
        """Return the entry with an address that can be saved: its own, else the first below it.

        The importer lists an entry without an address; one that cannot be saved is listed here.
        """
        if link.url:
            try:
                canonicalise(link.url)
            except InvalidUrl:
                self.refused.append(Refusal(link.line, "bad_address", link.url[:120]))
            else:
                return link
        below = [each for each in map(self._find_address, link.related) if each is not None]
        if not below:
            return None
        first, *others = below
        return replace(
            link,
            url=first.url,
            who=link.who or first.who,
            kind=link.kind or first.kind,
            points=(*link.points, *first.points),
            concepts=(*link.concepts, *first.concepts),
            related=(*first.related, *others),
            marks=tuple(mark for mark in link.marks if mark is not Mark.NO_LINK),
        )

    def _entry(self, link: ArchiveLink) -> PreparedEntry:
        related = map(self._find_address, link.related)
        return PreparedEntry(
            save=self._save(link),
            understanding=_understanding(link),
            passages=tuple(_passages(link)),
            related=tuple(self._entry(each) for each in related if each is not None),
        )

    def _save(self, link: ArchiveLink) -> NewSave:
        sharer = self._sharer
        # The message id is made of what stays the same when the document grows or moves:
        # a second import of a longer archive adds only what is new in it.
        day = link.day.isoformat() if link.day else ""
        imported = MessageId(f"import:{self._archive.form}:{day}:{link.label}")
        return NewSave(
            workspace=self._workspace,
            member=sharer.member,
            member_name=sharer.member_name or _archive_name(self._document.name),
            place=sharer.place,
            message=sharer.message or imported,
            emoji=KIND_EMOJI[link.kind] if link.kind else "",
            url=link.url,
            saved_at=self._instant(link.day),
            kind=link.kind,
            title=plain(link.title),
            who=link.who,
            label=link.label,
            marks=link.marks,
        )

    def _note(self, note: ArchiveNote) -> PreparedNote:
        passages = [
            replace(passage, heading=section.heading)
            for section in note.sections
            for passage in chunk_text(section.text)
        ]
        return self._prepared_note(note.title, note.day, passages)

    def _entry_as_note(self, link: ArchiveLink) -> PreparedNote:
        return self._prepared_note(plain(link.title), link.day, list(_passages(link)))

    def _prepared_note(self, title: str, day: date | None, passages: list[Passage]) -> PreparedNote:
        return PreparedNote(
            title=title,
            source=self._source(),
            noted_at=self._instant(day),
            passages=tuple(passages),
            place=self._sharer.place,
            member=self._sharer.member,
        )

    def _source(self) -> str:
        """Name the file. Chats see many a notes.txt: theirs are one only by member and day."""
        if self._sharer.message is None:
            return self._document.name
        day = self._document.changed_at.astimezone(self._zone).date()
        who = self._sharer.member_name or self._sharer.member
        return f"{self._document.name} · {who} {day}"

    def _instant(self, day: date | None) -> datetime:
        if day is None:
            return self._document.changed_at
        return datetime.combine(day, NOON, self._zone).astimezone(UTC)


def _archive_name(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def _understanding(link: ArchiveLink) -> Understanding:
    text = "\n".join(_lines(link.points))
    title = plain(link.title)
    return Understanding(
        kind=link.kind or link_kind(link.url, title),
        topics=tuple(assign_topics(title, text)),
        summary=Summary(link.points, Engine.IMPORTED) if link.points else None,
        concepts=link.concepts,
    )


def _passages(link: ArchiveLink) -> Iterator[Passage]:
    """Yield what the entry says, then what each of its terms means, to be cited by itself.

    An entry that says nothing has its title to be found by.
    """
    if not link.points and not link.concepts:
        yield from chunk_text(plain(link.title))
    undefined = (each.full_name for each in link.concepts if not _definition(each))
    yield from chunk_text("\n".join([*_lines(link.points), *undefined]))
    for concept in link.concepts:
        for passage in chunk_text(_definition(concept)):
            yield replace(passage, heading=concept.full_name)


def _lines(points: tuple[Point, ...]) -> Iterator[str]:
    return (plain(point.text) for _, point in walk(points))


def _definition(concept: Concept) -> str:
    return "\n".join(filter(None, (plain(concept.definition), *_lines(concept.points))))
