"""The values that the whole program speaks in, under the words of the design."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.text.chunking import Passage as Passage  # search and storage speak of it too

WorkspaceId = NewType("WorkspaceId", str)  # "local", "slack:TEAM", "discord:GUILD"
ChannelId = NewType("ChannelId", str)
MemberId = NewType("MemberId", str)
MessageId = NewType("MessageId", str)
LinkId = NewType("LinkId", str)  # opaque: an address may change hands, a link does not
SaveId = NewType("SaveId", str)
NoteId = NewType("NoteId", str)
PassageId = NewType("PassageId", int)

LOCAL = WorkspaceId("local")
BOT = MemberId("jubo")  # ourselves, where the chat is our own


class Kind(StrEnum):
    PAPER = "paper"
    DEV = "dev"
    NEWS = "news"
    FUN = "fun"


KIND_EMOJI = {Kind.PAPER: "📜", Kind.DEV: "🧑‍💻", Kind.NEWS: "🗞️", Kind.FUN: "🤪"}


class PageState(StrEnum):
    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    UNREADABLE = "unreadable"


class Engine(StrEnum):
    """Who wrote a text: a person's archive, our extractive summariser, or a language model."""

    IMPORTED = "imported"
    EXTRACTIVE = "extractive"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something was said, and whether it was private then.

    `is_direct`: only one member and the bot are there; then it is private too.
    """

    channel: ChannelId
    is_private: bool = False
    is_direct: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """One bullet of a summary with what hangs below it.

    `text` may hold light Markdown (bold, code) as people wrote it; `bot.text.inline` reads it.
    `is_fold` marks the title of a part that readers unfold.
    """

    text: str
    points: tuple[Point, ...] = ()
    is_fold: bool = False


@dataclass(frozen=True, slots=True)
class Concept:
    """A key term. `other_name`: in the other language, else short or in full; "" when unknown."""

    term: str
    definition: str = ""
    other_name: str = ""
    points: tuple[Point, ...] = ()

    @property
    def full_name(self) -> str:
        return f"{self.term}({self.other_name})" if self.other_name else self.term


@dataclass(frozen=True, slots=True)
class Summary:
    """`language`, `writer`: of a model's, the one it was asked for, and which model and prompt."""

    points: tuple[Point, ...]
    engine: Engine
    language: str = ""
    writer: str = ""


@dataclass(frozen=True, slots=True)
class PagePart:
    """A piece of a page that is cited by a name of its own: "p. 3", "12:30 Results"."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class PageText:
    """What was read at a link. `text` is plain text, paragraphs separated by blank lines.

    `url`: where it was found. `lasting_url`: where the address that was asked leads for good; "" if
    nobody said. `identity`: the address by which the page says that it is known, "" if it does not;
    `bot.domain.identity` tells whether that is believed.
    `parts`: set where places in the text have names; the text is theirs, one after the other.
    `kind`: what its site says that it is; None: to be judged by title and address.
    `gaps`: what could not be had, as keys of the table `gap` of bot/texts.
    `image`: the address of the picture that it leads with.
    """

    url: str
    title: str
    text: str
    language: str
    author: str = ""
    site: str = ""
    published_at: datetime | None = None
    identity: str = ""
    parts: tuple[PagePart, ...] = ()
    kind: Kind | None = None
    gaps: tuple[str, ...] = ()
    image: str = ""
    lasting_url: str = ""


@dataclass(frozen=True, slots=True)
class Understanding:
    """What we made of a page: all of it follows from the page's title and text."""

    kind: Kind
    topics: tuple[str, ...]
    summary: Summary | None = None
    concepts: tuple[Concept, ...] = ()
    key_phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSave:
    """One member's act on one address. Its key: workspace, member, message, emoji and link.

    `url` is "" until the addresses of the message are found: the act is the same for each.
    """

    workspace: WorkspaceId
    member: MemberId
    member_name: str
    place: Place
    message: MessageId
    emoji: str
    saved_at: datetime
    url: str = ""
    kind: Kind | None = None  # set by the emoji or by an archive; None: found by ourselves
    title: str = ""
    who: str = ""  # who wrote or published it, as a person labelled it
    note: str = ""
    label: str = ""  # section or week label of the archive it came from
    marks: tuple[str, ...] = ()  # why its archive's entry is no plain fact: see `Mark`


@dataclass(frozen=True, slots=True)
class Save:
    id: SaveId
    member: MemberId
    member_name: str
    place: Place
    message: MessageId
    emoji: str
    saved_at: datetime
    who: str = ""
    label: str = ""  # section or week label of the archive it came from
    note: str = ""
    marks: tuple[str, ...] = ()  # why its archive's entry is no plain fact: see `Mark`


@dataclass(frozen=True, slots=True)
class Related:
    """A link that belongs to an entry: the paper, code or model of what was saved."""

    url: str
    title: str
    kind: Kind
    who: str = ""
    summary: Summary | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the reading of a page is."""

    state: PageState
    reason: str = ""  # why it is unreadable, or waits: a key of the table `unreadable`, else ""
    retry_at: datetime | None = None  # while it waits because it could not be read


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link as one audience may see it: `saves` holds the visible ones, oldest first, never none.

    `summary` and `concepts` come from the page or a visible save; `text` is "" until it is read.
    `summaries`: all that were made of the text, the model's first, its newest before its others.
    `behind`: how the page stands behind a text that only some of those who see the link see.
    """

    id: LinkId
    url: str  # canonical
    url_as_saved: str  # the first spelling that all who see it may know: what people click
    title: str  # never empty: the address if nobody gave one
    kind: Kind
    topics: tuple[str, ...]
    state: PageState
    reason: str  # why it is unreadable, or waits: a key of the table `unreadable`, else ""
    language: str
    saves: tuple[Save, ...]
    summary: Summary | None = None
    summaries: tuple[Summary, ...] = ()
    concepts: tuple[Concept, ...] = ()
    related: tuple[Related, ...] = ()
    who: str = ""
    site: str = ""
    author: str = ""
    published_at: datetime | None = None
    text: str = ""
    read_at: datetime | None = None
    retry_at: datetime | None = None  # while it waits because it could not be read
    gaps: tuple[str, ...] = ()  # see `PageText`
    image: str = ""
    behind: Standing | None = None

    @property
    def page(self) -> Standing:
        """How the page stands for all who see the link: by this it is decided whether to read it.

        A text that came with a save and that all of them see is as good as the page.
        """
        return self.behind or Standing(self.state, self.reason, self.retry_at)

    @property
    def is_known(self) -> bool:
        """Whether there is something to show: what an archive said is as good as the page."""
        return self.state is PageState.READ or self.summary is not None

    @property
    def saved_at(self) -> datetime:
        return self.saves[0].saved_at

    @property
    def doubts(self) -> tuple[str, ...]:
        """The marks that every save has: one save without a mark vouches for the link."""
        others = [set(save.marks) for save in self.saves[1:]]
        return tuple(mark for mark in self.saves[0].marks if all(mark in each for each in others))


@dataclass(frozen=True, slots=True)
class SaveOutcome:
    """`earlier`: visible saves by others before this one, oldest first, as (member's name, when).

    All of it is the same when the same save is made again.
    """

    link: LinkRecord
    save: SaveId
    earlier: tuple[tuple[str, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class UndoOutcome:
    """Titles of links nobody has saved any more, and of those with other saves that a member sees.

    `is_message_saved`: a save of the message stands, by whichever member and emoji.
    """

    gone: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    is_message_saved: bool = False


@dataclass(frozen=True, slots=True)
class NoteRecord:
    id: NoteId
    title: str
    source: str  # the file's name
    noted_at: datetime
    headings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotePassage:
    """A piece of a note as it stands in it; `heading` is the path to its part.

    `source` is the name of the file that the note came in.
    """

    note: NoteId
    title: str
    heading: str
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sharer:
    """A member by one of the names that their saves carry; may be empty."""

    member: MemberId
    name: str


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links: `since` <= saved_at < `until`, of one kind or topic, newest first.

    `members`: shared by one of them, in that time; empty: by anybody.
    """

    since: datetime | None = None
    until: datetime | None = None
    kind: Kind | None = None
    topic: str | None = None
    members: frozenset[MemberId] = frozenset()
    limit: int | None = None


EVERYTHING = LinkFilter()


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A passage that answers a query, with what a citation needs. `link` or `note` is set.

    `score` is comparable within one query only.
    """

    passage: PassageId
    text: str
    heading: str
    title: str
    score: float
    link: LinkId | None = None
    note: NoteId | None = None
    url: str = ""
    said_at: datetime | None = None  # when it was first saved or noted
    source: str = ""  # of a note: see `NoteRecord`
