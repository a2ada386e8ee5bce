"""Links as stores return them, with sensible defaults: name only what the test is about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from bot.domain.models import (
    ChannelId,
    Concept,
    Engine,
    Kind,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Place,
    Point,
    Related,
    Save,
    SaveId,
    Summary,
)

MONDAY_NOON = datetime(2025, 3, 3, 12, tzinfo=UTC)
GENERAL = Place(ChannelId("general"))


def make_save(
    member: str = "mina",
    *,
    at: datetime = MONDAY_NOON,
    label: str = "",
    marks: tuple[str, ...] = (),
    place: Place = GENERAL,
) -> Save:
    return Save(
        id=SaveId(f"{member}-{at.isoformat()}"),
        member=MemberId(member),
        member_name=member.title(),
        place=place,
        message=MessageId("m1"),
        emoji="📌",
        saved_at=at,
        label=label,
        marks=marks,
    )


def make_summary(*points: str | Point, engine: Engine = Engine.IMPORTED) -> Summary:
    return Summary(
        tuple(Point(point) if isinstance(point, str) else point for point in points), engine
    )


def make_link(
    name: str = "one",
    *,
    title: str | None = None,
    url: str | None = None,
    kind: Kind = Kind.DEV,
    topics: Sequence[str] = (),
    saves: Sequence[Save] | None = None,
    summary: Summary | None = None,
    concepts: Sequence[Concept] = (),
    related: Sequence[Related] = (),
    who: str = "",
    author: str = "",
    site: str = "",
    text: str = "",
    state: PageState = PageState.READ,
) -> LinkRecord:
    address = url or f"https://{name}.example/page"
    return LinkRecord(
        id=LinkId(f"link-{name}"),
        url=address,
        url_as_saved=address,
        title=f"Title of {name}" if title is None else title,
        kind=kind,
        topics=tuple(topics),
        state=state,
        reason="",
        language="en",
        saves=tuple(saves) if saves is not None else (make_save(),),
        summary=summary,
        concepts=tuple(concepts),
        related=tuple(related),
        who=who,
        author=author,
        site=site,
        text=text,
    )
