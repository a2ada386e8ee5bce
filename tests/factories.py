"""Values with sensible defaults, so that a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.domain.archives import (
    Archive,
    ArchiveFile,
    PreparedArchive,
    PreparedEntry,
    PreparedNote,
)
from bot.domain.digests import Style
from bot.domain.feeds import Feed
from bot.domain.models import (
    LOCAL,
    ChannelId,
    Concept,
    Engine,
    Kind,
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
from bot.domain.subscriptions import Subscription
from bot.events import (
    ButtonPressed,
    CommandCalled,
    MessagePosted,
    ReactionAdded,
    ReactionRemoved,
)

NOON = datetime(2024, 11, 4, 12, tzinfo=UTC)
GENERAL = Place(ChannelId("general"))
MINA = MemberId("mina")
PAPER_URL = "https://arxiv.org/abs/2401.00001"


def make_save(
    url: str = PAPER_URL,
    *,
    workspace: WorkspaceId = LOCAL,
    member: str = MINA,
    member_name: str = "Mina",
    place: Place = GENERAL,
    message: str = "message-1",
    emoji: str = "📜",
    saved_at: datetime = NOON,
    kind: Kind | None = Kind.PAPER,
    title: str = "",
    who: str = "",
    note: str = "",
    label: str = "",
) -> NewSave:
    return NewSave(
        workspace=workspace,
        member=MemberId(member),
        member_name=member_name,
        place=place,
        message=MessageId(message),
        emoji=emoji,
        url=url,
        saved_at=saved_at,
        kind=kind,
        title=title,
        who=who,
        note=note,
        label=label,
    )


def make_page(
    url: str = PAPER_URL,
    *,
    title: str = "Short queues keep latency low",
    text: str = "Requests wait less when queues are short.\n\nLong queues only hide overload.",
    language: str = "en",
    author: str = "",
    site: str = "",
    published_at: datetime | None = None,
) -> PageText:
    return PageText(
        url=url,
        title=title,
        text=text,
        language=language,
        author=author,
        site=site,
        published_at=published_at,
    )


def make_understanding(
    *points: str,
    kind: Kind = Kind.PAPER,
    topics: tuple[str, ...] = (),
    concepts: tuple[Concept, ...] = (),
    engine: Engine = Engine.EXTRACTIVE,
) -> Understanding:
    return Understanding(
        kind=kind,
        topics=topics,
        summary=Summary(tuple(Point(point) for point in points), engine) if points else None,
        concepts=concepts,
    )


def make_entry(
    url: str = PAPER_URL,
    *points: str,
    title: str = "An entry",
    message: str = "import:archive:2024-11-04",
    place: Place = GENERAL,
    member: str = "import",
    saved_at: datetime = NOON,
    kind: Kind | None = Kind.PAPER,
    label: str = "",
    topics: tuple[str, ...] = (),
    concepts: tuple[Concept, ...] = (),
    related: tuple[PreparedEntry, ...] = (),
    page: PageText | None = None,
) -> PreparedEntry:
    save = make_save(
        url,
        title=title,
        message=message,
        place=place,
        member=member,
        saved_at=saved_at,
        kind=kind,
        label=label,
    )
    understanding = make_understanding(
        *points,
        kind=kind or Kind.NEWS,
        topics=topics,
        concepts=concepts,
        engine=Engine.IMPORTED,
    )
    return PreparedEntry(
        save=save,
        understanding=understanding,
        passages=tuple(Passage(point) for point in points),
        related=related,
        page=page,
    )


def make_note(
    *texts: str,
    title: str = "A talk",
    heading: str = "Opening",
    source: str = "talks.md",
    noted_at: datetime = NOON,
    place: Place = GENERAL,
    member: str = MINA,
) -> PreparedNote:
    return PreparedNote(
        title=title,
        source=source,
        noted_at=noted_at,
        passages=tuple(Passage(text, heading=heading) for text in texts),
        place=place,
        member=MemberId(member),
    )


def make_archive(
    *entries: PreparedEntry,
    notes: tuple[PreparedNote, ...] = (),
    concepts: tuple[Concept, ...] = (),
    place: Place = GENERAL,
    member: str = "import",
    name: str = "archive.md",
    original: bytes = b"",
) -> PreparedArchive:
    file = ArchiveFile(
        name=name,
        changed_at=NOON,
        archive=Archive(form="study_archive", title="Archive"),
        original=original,
    )
    return PreparedArchive(
        file=file,
        entries=entries,
        notes=notes,
        concepts=concepts,
        place=place,
        member=MemberId(member),
    )


def make_reaction(
    text: str,
    *,
    emoji: str = "🔖",
    event: str = "reaction-1",
    member: str = MINA,
    message: str = "message-1",
    place: Place = GENERAL,
) -> ReactionAdded:
    return ReactionAdded(
        id=event,
        workspace=LOCAL,
        place=place,
        member=MemberId(member),
        member_name=member.title(),
        at=NOON,
        language="en",
        message=MessageId(message),
        message_text=text,
        emoji=emoji,
    )


def make_unreaction(
    *,
    emoji: str = "🔖",
    event: str = "unreaction-1",
    member: str = MINA,
    message: str = "message-1",
) -> ReactionRemoved:
    return ReactionRemoved(
        id=event,
        workspace=LOCAL,
        place=GENERAL,
        member=MemberId(member),
        member_name=member.title(),
        at=NOON,
        language="en",
        message=MessageId(message),
        emoji=emoji,
    )


def make_reply(
    member: str = MINA,
    *,
    at: datetime = NOON,
    message: str = "message-1",
    event: str = "",
    place: Place = GENERAL,
) -> MessagePosted:
    """Return what a member said in the thread of a message."""
    return MessagePosted(
        id=event or f"reply:{member}",
        workspace=LOCAL,
        place=place,
        member=MemberId(member),
        at=at,
        message=MessageId(f"{message}:{event or member}"),
        thread=MessageId(message),
        text="I think so, too.",
    )


def make_command(
    name: str,
    arguments: str = "",
    *,
    event: str = "command-1",
    place: Place = GENERAL,
    language: str = "en",
) -> CommandCalled:
    return CommandCalled(
        id=event,
        workspace=LOCAL,
        place=place,
        member=MINA,
        member_name="Mina",
        at=NOON,
        language=language,
        name=name,
        arguments=arguments,
    )


def make_press(action: str, value: str, *, event: str = "press-1") -> ButtonPressed:
    return ButtonPressed(
        id=event,
        workspace=LOCAL,
        place=GENERAL,
        member=MINA,
        member_name="Mina",
        at=NOON,
        language="en",
        message=MessageId("post-1"),
        action=action,
        value=value,
    )


def make_subscription(
    id_: str = "s1",
    *,
    workspace: WorkspaceId = LOCAL,
    place: Place = GENERAL,
    cron: str = "0 9 * * 1",
    minute: int = 0,
) -> Subscription:
    return Subscription(
        id=id_,
        workspace=workspace,
        place=place,
        cron=cron,
        zone="Asia/Seoul",
        days=7,
        style=Style.WEEKLY,
        language="ko",
        made_by=MINA,
        made_by_name="미나",
        made_at=NOON + timedelta(minutes=minute),
    )


def make_feed(
    id_: str = "feed-1",
    *,
    workspace: WorkspaceId = LOCAL,
    place: Place = GENERAL,
    url: str = "https://blog.example/feed.xml",
    title: str = "A blog",
    site: str = "",
    etag: str = "",
    made_at: datetime = NOON,
    due_at: datetime = NOON,
    checked_at: datetime | None = NOON,
    reason: str = "",
) -> Feed:
    return Feed(
        id=id_,
        workspace=workspace,
        place=place,
        url=url,
        title=title,
        site=site,
        etag=etag,
        made_by=MINA,
        made_by_name="Mina",
        made_at=made_at,
        due_at=due_at,
        checked_at=checked_at,
        reason=reason,
    )
