"""The reading side of links: whole records for one audience, in a few queries for many links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import BindParameter, Connection, Row, Select, and_, bindparam, select

from bot.domain.kinds import link_kind
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
    Related,
    Save,
    SaveId,
    Standing,
    Summary,
)
from bot.domain.urls import display_url
from bot.domain.visibility import Audience
from storage.pages import is_given_to_all
from storage.rows import batches
from storage.schema import (
    concept_sources,
    concepts,
    given_texts,
    links,
    pages,
    relations,
    saves,
    understandings,
)
from storage.spelling import choose_spelling
from storage.visible import alike, is_visible, is_visible_part, who_sees

Value = TypeVar("Value")

_THESE: BindParameter[Any] = bindparam("these", expanding=True)


@dataclass(slots=True)
class _Parts:
    """What one link's record is made of, each oldest first."""

    saves: list[Row[Any]] = field(default_factory=list)
    understandings: list[Row[Any]] = field(default_factory=list)
    concepts: list[Row[Any]] = field(default_factory=list)
    related: list[Row[Any]] = field(default_factory=list)


def read_records(
    connection: Connection, link_ids: Sequence[LinkId], *, audience: Audience
) -> list[LinkRecord]:
    """Return the records in the order of the ids, without those that this audience may not see."""
    records: list[LinkRecord] = []
    for batch in batches(link_ids):
        records += _read_batch(connection, batch, audience)
    return records


def _read_batch(
    connection: Connection, link_ids: Sequence[LinkId], audience: Audience
) -> list[LinkRecord]:
    parts: defaultdict[str, _Parts] = defaultdict(_Parts)
    queries, readers = _queries(alike(audience)), who_sees(audience)
    these = {"these": link_ids, **readers}
    for row in connection.execute(queries.saves, these):
        parts[row.link_id].saves.append(row)
    unsaved = [id_ for id_ in link_ids if not parts[id_].saves]
    if unsaved:
        for row in connection.execute(queries.saves_above, {"these": unsaved, **readers}):
            parts[row.link_id].saves.append(row)
    for row in connection.execute(queries.understandings, these):
        parts[row.link_id].understandings.append(row)
    for row in connection.execute(queries.concepts, these):
        parts[row.link_id].concepts.append(row)
    for row in connection.execute(queries.related, these):
        parts[row.link_id].related.append(row)
    found = connection.execute(queries.links, these)
    rows = {row.id: row for row in found}
    unread = [id_ for id_, row in rows.items() if row.state != PageState.READ]
    given: dict[str, Row[Any]] = {}
    if unread:
        for row in connection.execute(queries.given, {"these": unread, **readers}):
            given[row.link_id] = row
    return [
        _record(rows[id_], parts[id_], given.get(id_))
        for id_ in link_ids
        if id_ in rows and parts[id_].saves
    ]


@dataclass(frozen=True, slots=True)
class _Queries:
    links: Select[Any]
    given: Select[Any]
    saves: Select[Any]
    saves_above: Select[Any]
    understandings: Select[Any]
    concepts: Select[Any]
    related: Select[Any]


@cache
def _queries(audience: Audience) -> _Queries:
    """Make them once: that costs more than running them."""
    return _Queries(
        links=_select_links(audience),
        given=_select_given(audience),
        saves=_select_saves(audience),
        saves_above=_select_saves_above(audience),
        understandings=_select_understandings(audience),
        concepts=_select_concepts(audience),
        related=_select_related(audience),
    )


def _select_links(audience: Audience) -> Select[Any]:
    """Return links beside what was read at them."""
    of_page = [column for column in pages.c if column.name not in ("link_id", "url")]
    of_link = select(saves.c.id).where(
        saves.c.link_id == pages.c.link_id, is_visible(saves, audience)
    )
    seen = and_(pages.c.link_id == links.c.id, of_link.exists())
    return (
        select(links.c.id, links.c.url, *of_page)
        .join_from(links, pages, seen, isouter=True)
        .where(links.c.id.in_(_THESE))
    )


def _select_given(audience: Audience) -> Select[Any]:
    """Return the texts that came with saves these readers see; the newest comes last."""
    return (
        select(given_texts, is_given_to_all(given_texts.c.link_id).label("is_for_all"))
        .where(given_texts.c.link_id.in_(_THESE), is_visible_part(given_texts, audience))
        .order_by(given_texts.c.read_at, given_texts.c.save_id)
    )


def _select_saves(audience: Audience) -> Select[Any]:
    return (
        select(saves)
        .where(saves.c.link_id.in_(_THESE), is_visible(saves, audience))
        .order_by(saves.c.saved_at, saves.c.id)
    )


def _select_saves_above(audience: Audience) -> Select[Any]:
    """Return, for links that stand under an entry only, that entry's saves in their words."""
    own = (
        relations.c.related_id.label("link_id"),
        *_named(relations, "url", "title", "kind", "who"),
    )
    names = {column.name for column in own}
    return (
        select(*own, *(column for column in saves.c if column.name not in names))
        .join_from(relations, saves, relations.c.save_id == saves.c.id)
        .where(relations.c.related_id.in_(_THESE), is_visible(saves, audience))
        .order_by(saves.c.saved_at, saves.c.id, relations.c.position)
    )


def _select_understandings(audience: Audience) -> Select[Any]:
    return (
        select(understandings)
        .where(understandings.c.link_id.in_(_THESE), is_visible_part(understandings, audience))
        .order_by(understandings.c.id)
    )


def _select_concepts(audience: Audience) -> Select[Any]:
    return (
        select(concepts, concept_sources.c.link_id)
        .join_from(concept_sources, concepts, concept_sources.c.concept_id == concepts.c.id)
        .where(concept_sources.c.link_id.in_(_THESE), is_visible_part(concept_sources, audience))
        .order_by(concept_sources.c.id)
    )


def _select_related(audience: Audience) -> Select[Any]:
    told = _named(understandings, "engine", "points", "language", "writer")
    return (
        select(relations, *told)
        .join_from(relations, saves, relations.c.save_id == saves.c.id)
        .join(understandings, relations.c.understanding_id == understandings.c.id, isouter=True)
        .where(relations.c.link_id.in_(_THESE), is_visible(saves, audience))
        .order_by(saves.c.saved_at, saves.c.id, relations.c.position)
    )


def _named(table: Any, *names: str) -> tuple[Any, ...]:
    return tuple(table.c[name] for name in names)


def _record(link: Row[Any], parts: _Parts, text: Row[Any] | None) -> LinkRecord:
    """Let a text that came with a save stand for a page that is not read; of several the newest.

    Let what people said beat what we made of the page, and the newest of them count.

    What we made of a text that was given beside a page which was read says nothing of that page.
    """
    newest_saves = parts.saves[::-1]
    by_people = [row for row in parts.understandings if row.save_id is not None][::-1]
    of_page = [row for row in parts.understandings if row.save_id is None][::-1]
    said = [row for row in by_people if row.engine == Engine.IMPORTED]
    given = [row for row in by_people if row.engine != Engine.IMPORTED]
    made = sorted(of_page or given, key=lambda row: row.engine != Engine.MODEL)
    understood = [*_ours_first(of_page), *_ours_first(by_people)]
    kind = _kind(newest_saves, understood)
    state = PageState(link.state or PageState.WAITING)
    itself = Standing(state, link.reason or "", link.retry_at)
    shown = itself if text is None else Standing(PageState.READ)
    page = link if text is None else text
    return LinkRecord(
        id=LinkId(link.id),
        url=link.url,
        url_as_saved=choose_spelling(link.url, parts.saves),
        title=_title(page, newest_saves),
        # Nobody said what it is and nothing is read yet: the address alone may tell.
        kind=Kind(kind) if kind else link_kind(link.url, ""),
        topics=_first(row.topics for row in (*said, *understood)) or (),
        state=shown.state,
        reason=shown.reason,
        language=page.language or "",
        saves=tuple(_save(row) for row in parts.saves),
        summary=_first(_summary(row) for row in (*said, *made, *given)),
        summaries=tuple(filter(None, map(_summary, made))),
        concepts=_unique(_concept(row) for row in parts.concepts),
        related=_related_once(parts.related),
        who=_first(row.who for row in newest_saves) or "",
        site=page.site or "",
        author=page.author or "",
        published_at=page.published_at,
        text=page.text or "",
        retry_at=shown.retry_at,
        read_at=page.read_at,
        gaps=page.gaps or (),
        image=page.image or "",
        behind=None if text is None or text.is_for_all else itself,
    )


def _ours_first(rows: Iterable[Row[Any]]) -> list[Row[Any]]:
    """Put what a model says last: a digest chooses by our kinds and topics what it is asked of."""
    return sorted(rows, key=lambda row: row.engine == Engine.MODEL)


def _kind(newest_saves: Iterable[Row[Any]], understood: Sequence[Row[Any]]) -> str | None:
    """Return what people say, else what was found; what fits nowhere else may fit to a model."""
    kinds = [row.kind for row in understood]
    found = (*(kind for kind in kinds if kind != Kind.FUN), *kinds)
    return _first((*(row.kind for row in newest_saves), *found))


def _title(page: Row[Any], newest_saves: Sequence[Row[Any]]) -> str:
    given = page.title or _first(row.title for row in newest_saves)
    return given or display_url(newest_saves[-1].url)


def _first(values: Iterable[Value]) -> Value | None:
    return next((value for value in values if value), None)


def _unique(values: Iterable[Value]) -> tuple[Value, ...]:
    return tuple(dict.fromkeys(values))


def _save(row: Row[Any]) -> Save:
    return Save(
        id=SaveId(row.id),
        member=MemberId(row.member),
        member_name=row.member_name,
        place=Place(ChannelId(row.channel), row.is_private),
        message=MessageId(row.message),
        emoji=row.emoji,
        saved_at=row.saved_at,
        who=row.who,
        label=row.label,
        note=row.note,
        marks=row.marks,
    )


def _summary(row: Row[Any]) -> Summary | None:
    if not row.points:
        return None
    return Summary(row.points, Engine(row.engine), row.language, row.writer)


def _concept(row: Row[Any]) -> Concept:
    return Concept(row.term, row.definition, row.other_name, row.points)


def _related_once(rows: Iterable[Row[Any]]) -> tuple[Related, ...]:
    """Each link once, as the first save has it: archives write an address in several ways."""
    first: dict[str, Row[Any]] = {}
    for row in rows:
        first.setdefault(row.related_id, row)
    return tuple(_related(row) for row in first.values())


def _related(row: Row[Any]) -> Related:
    return Related(row.url, row.title, Kind(row.kind), row.who, _summary(row))
