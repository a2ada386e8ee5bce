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
    PageText,
    Passage,
    Place,
    Point,
    Summary,
    Understanding,
    WorkspaceId,
)
from bot.domain.points import walk
from bot.domain.topics import assign_topics, find_topic
from bot.domain.understanding import concepts_in, passages_of, shorten, understand
from bot.domain.urls import InvalidUrl, canonicalise
from bot.text.chunking import chunk_text
from bot.text.inline import plain

IMPORT_PLACE = Place(ChannelId("import"))
IMPORT_MEMBER = MemberId("import")
# An archive says a day, not an hour; noon keeps the day the same in the neighbouring zones too.
NOON = time(12)
_MOST_TOPICS = 2
_EXCERPT = 120


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
        concepts=tuple(dict.fromkeys((*archive.concepts, *_concepts_of_notes(archive)))),
        place=sharer.place,
        member=sharer.member,
    )
    return prepared, preparing.refused


def _concepts_of_notes(archive: Archive) -> Iterator[Concept]:
    for note in archive.notes:
        text = "\n\n".join(f"## {each.heading}\n\n{each.text}" for each in note.sections)
        yield from (each for each in concepts_in(text, title=note.title) if each.definition)


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
        self._refused: list[Refusal] = []
        self._counted: dict[str, Refusal] = {}

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

        None, too, for what may not be seen where the document was shared.

        The importer lists an entry without an address; one that cannot be saved is listed here.
        """
        if link.said and link.said.place.is_private and not self._may_hold_private():
            self._count("private_place", link)
            return None
        if link.url:
            try:
                canonicalise(link.url)
            except InvalidUrl:
                self._refused.append(Refusal(link.line, "bad_address", link.url[:_EXCERPT]))
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

    @property
    def refused(self) -> tuple[Refusal, ...]:
        return (*self._refused, *self._counted.values())

    def _count(self, reason: str, link: ArchiveLink) -> None:
        """Say of many links at once what holds for each."""
        known = self._counted.get(reason, Refusal(0, reason, link.url[:_EXCERPT], count=0))
        self._counted[reason] = replace(known, count=known.count + 1)

    def _may_hold_private(self) -> bool:
        """Whether what was said in a private place may come in here.

        From the operator it keeps its place. In a chat anybody may hand in any file: what it says
        of who may see what is no proof, and what was private elsewhere must not be seen by more.
        """
        return self._sharer.message is None or self._sharer.place.is_private

    def _entry(self, link: ArchiveLink) -> PreparedEntry:
        related = map(self._find_address, link.related)
        page = shorten(link.page) if link.page else None
        save = self._save(link)
        if save.place.is_private and not self._sharer.place.is_private:
            self._count("kept_private", link)
        return PreparedEntry(
            save=save,
            understanding=_understanding(link, page),
            passages=tuple(_passages(link, page)),
            related=tuple(self._entry(each) for each in related if each is not None),
            page=page,
        )

    def _save(self, link: ArchiveLink) -> NewSave:
        sharer = self._sharer
        save = NewSave(
            workspace=self._workspace,
            member=sharer.member,
            member_name=sharer.member_name or _archive_name(self._document.name),
            place=replace(sharer.place, is_private=sharer.place.is_private or link.is_private),
            message=sharer.message or self._message(link),
            emoji=KIND_EMOJI[link.kind] if link.kind else "",
            url=link.url,
            saved_at=link.at or self._instant(link.day),
            kind=link.kind,
            title=plain(link.title),
            who=link.who,
            note=link.note,
            label=_label(link),
            marks=link.marks,
        )
        said = link.said
        if said is None or sharer.message is not None:
            return save
        return replace(
            save,
            member=said.member,
            member_name=said.member_name,
            place=said.place,
            message=said.message,
            emoji=said.emoji,
        )

    def _message(self, link: ArchiveLink) -> MessageId:
        """Make an id of what stays the same when the document grows or moves.

        So a second import of a longer one adds only what is new in it; of a bookmark the time
        stays, while it moves from folder to folder.
        """
        if link.at is not None:
            return MessageId(f"import:{self._archive.form}:{link.at.isoformat()}")
        day = link.day.isoformat() if link.day else ""
        return MessageId(f"import:{self._archive.form}:{day}:{link.label}")

    def _note(self, note: ArchiveNote) -> PreparedNote:
        passages = [
            replace(passage, heading=section.heading)
            for section in note.sections
            for passage in chunk_text(section.text)
        ]
        return self._prepared_note(note.title, note.day, passages)

    def _entry_as_note(self, link: ArchiveLink) -> PreparedNote:
        return self._prepared_note(plain(link.title), link.day, list(_passages(link, None)))

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


def _label(link: ArchiveLink) -> str:
    """Return where it stood in the document, and the tags that are no topics of ours."""
    others = (f"#{tag}" for tag in link.tags if find_topic(tag) is None)
    return " ".join(filter(None, (link.label, *others)))


def _understanding(link: ArchiveLink, page: PageText | None) -> Understanding:
    text = "\n".join((*_lines(link.points), link.note))
    title = plain(link.title)
    found = (
        understand(page)
        if page
        else Understanding(
            kind=link_kind(link.url, title),
            topics=tuple(assign_topics(title, text)),
            concepts=link.concepts,
        )
    )
    named = filter(None, map(find_topic, link.tags))
    return replace(
        found,
        kind=link.kind or found.kind,
        topics=tuple(dict.fromkeys((*named, *found.topics)))[:_MOST_TOPICS],
        summary=Summary(link.points, Engine.IMPORTED) if link.points else found.summary,
    )


def _passages(link: ArchiveLink, page: PageText | None) -> Iterator[Passage]:
    """Yield what the entry says, then what each of its terms means, to be cited by itself.

    Then the text that came along. An entry that says nothing has its title to be found by.
    """
    if not link.points and not link.concepts and not link.note and page is None:
        yield from chunk_text(plain(link.title))
    yield from chunk_text(link.note)
    yield from passages_of(page) if page else ()
    undefined = (each.full_name for each in link.concepts if not _definition(each))
    yield from chunk_text("\n".join([*_lines(link.points), *undefined]))
    for concept in link.concepts:
        for passage in chunk_text(_definition(concept)):
            yield replace(passage, heading=concept.full_name)


def _lines(points: tuple[Point, ...]) -> Iterator[str]:
    return (plain(point.text) for _, point in walk(points))


def _definition(concept: Concept) -> str:
    return "\n".join(filter(None, (plain(concept.definition), *_lines(concept.points))))
