"""What people kept before they had us: as a file, as it was read, and ready to store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bot.domain.emoji import BOOKMARK
from bot.domain.models import (
    Concept,
    Kind,
    MemberId,
    MessageId,
    NewSave,
    PageText,
    Passage,
    Place,
    Point,
    Understanding,
    WorkspaceId,
)


class Form(StrEnum):
    """The forms of documents that we read; each is one importer."""

    STUDY_ARCHIVE = "study_archive"
    TREND_POST = "trend_post"
    DAILY_REPORT = "daily_report"
    NEWSLETTER = "newsletter"
    TALK_NOTES = "talk_notes"
    LINK_LIST = "link_list"  # Markdown or bare addresses
    DOCUMENT = "document"  # any text; taken only where it is named
    # What other programs write out.
    BOOKMARKS = "bookmarks"  # the HTML that browsers and most bookmark services agree on
    CHROME = "chrome"
    FIREFOX = "firefox"
    POCKET = "pocket"
    RAINDROP = "raindrop"
    OMNIVORE = "omnivore"
    READWISE = "readwise"
    KARAKEEP = "karakeep"
    LINKWARDEN = "linkwarden"
    WALLABAG = "wallabag"
    INSTAPAPER = "instapaper"
    PINBOARD = "pinboard"
    READABILITY = "readability"
    ELCURATOR = "elcurator"
    OPML = "opml"
    SLACK = "slack"
    DISCORD = "discord"
    WHATSAPP = "whatsapp"
    MESSENGER = "messenger"


class Mark(StrEnum):
    """Why an entry must not be taken for a fact."""

    NEAR_COPY = "near_copy"  # the same text as its neighbour with other facts
    PLACEHOLDER = "placeholder"  # says "link to come" where a link should be
    UNRESOLVED = "unresolved"  # an address that leads nowhere without asking it: short links
    NO_LINK = "no_link"


@dataclass(frozen=True, slots=True)
class Document:
    """A file that somebody hands in."""

    name: str
    data: bytes
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """The act in a chat that an export tells of: the same as if we had been there."""

    member: MemberId
    member_name: str
    place: Place
    message: MessageId
    emoji: str = BOOKMARK


@dataclass(frozen=True, slots=True)
class ArchiveLink:
    """An entry, or a related link under one. `url` is as written, "" where there is none.

    `day` or `at` say when it was kept, as exactly as the document does. `page`: a text of the
    thing itself that came along. `is_private`: its owner marked it so.
    """

    title: str
    url: str
    line: int
    who: str = ""
    kind: Kind | None = None
    points: tuple[Point, ...] = ()
    concepts: tuple[Concept, ...] = ()
    related: tuple[ArchiveLink, ...] = ()
    label: str = ""  # as the document says it: "2025 · January · 1st week", "Multimodal", "News"
    day: date | None = None  # None: the document does not say
    marks: tuple[Mark, ...] = ()
    at: datetime | None = None
    tags: tuple[str, ...] = ()
    note: str = ""
    is_private: bool = False
    said: Said | None = None
    page: PageText | None = None


@dataclass(frozen=True, slots=True)
class ArchiveFeed:
    """A feed that somebody follows."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveSection:
    """Prose under a heading: a talk's part, a category's analysis, a newsletter's block."""

    heading: str  # "MLOps › LLMops": the path of headings
    text: str
    line: int
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class ArchiveNote:
    title: str
    sections: tuple[ArchiveSection, ...]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an importer could not place. `reason` is a key of the table `refusal` in bot/texts.

    `line` is 0 where the document has no lines that people look at; `count`: how often, the first
    of them being the excerpt.
    """

    line: int
    reason: str
    excerpt: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Archive:
    """A whole document, read. `form` names its importer, see `Form`.

    `origin`: the workspace that it is an export of.
    """

    form: str
    title: str
    links: tuple[ArchiveLink, ...] = ()
    notes: tuple[ArchiveNote, ...] = ()
    concepts: tuple[Concept, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    repaired_chars: int = 0
    lost_chars: int = 0  # damage beyond repair
    feeds: tuple[ArchiveFeed, ...] = ()
    origin: WorkspaceId | None = None


@dataclass(frozen=True, slots=True)
class ImportReport:
    """Counts of what came in. `duplicates` were there already; refusals name their file."""

    links: int = 0
    saves: int = 0
    notes: int = 0
    concepts: int = 0
    duplicates: int = 0
    refused: tuple[tuple[str, Refusal], ...] = ()
    repaired_chars: int = 0
    lost_chars: int = 0  # damage beyond repair
    feeds: int = 0


@dataclass(frozen=True, slots=True)
class ArchiveFile:
    """One file that was read: its name, when it was last changed, and what is in it."""

    name: str
    changed_at: datetime
    archive: Archive
    original: bytes = b""  # kept beside a repaired text


@dataclass(frozen=True, slots=True)
class PreparedEntry:
    """An archive entry ready to store; related ones likewise.

    Texts that came with an archive belong to its save: who may not see the save does not see them.
    """

    save: NewSave
    understanding: Understanding
    passages: tuple[Passage, ...]
    related: tuple[PreparedEntry, ...] = ()
    page: PageText | None = None  # a text that came along: the page counts as read


@dataclass(frozen=True, slots=True)
class PreparedNote:
    """`passages` carry their headings; `source` is the name of the file."""

    title: str
    source: str
    noted_at: datetime
    passages: tuple[Passage, ...]
    place: Place
    member: MemberId


@dataclass(frozen=True, slots=True)
class PreparedArchive:
    file: ArchiveFile
    entries: tuple[PreparedEntry, ...]
    notes: tuple[PreparedNote, ...]
    concepts: tuple[Concept, ...]
    place: Place
    member: MemberId
