"""Filters of a search as SQL: which links and notes pass, of those that the audience may see.

Kind and topics of a link are what its record says to the same audience (`storage.records`), decided
in the query here, so that candidates are chosen among what passes. A test holds that both agree.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    case,
    func,
    or_,
    select,
    true,
    type_coerce,
)

from bot.domain.models import Engine, Kind, LinkFilter, WorkspaceId
from bot.domain.visibility import Audience
from storage.codec import encode
from storage.columns import Text
from storage.schema import links, notes, passages, relations, saves, understandings
from storage.visible import is_visible, is_visible_part, is_visible_passage

own = saves.alias("own")


def restrict(
    workspace: WorkspaceId, audience: Audience, which: LinkFilter
) -> ColumnElement[bool] | None:
    """Return whether a passage passes and may be seen; None where every one does."""
    seen = None if audience.is_operator else is_visible_passage(audience)
    if which == LinkFilter(limit=which.limit):
        return seen
    passing = _passes(workspace, which, audience)
    return passing if seen is None else and_(passing, seen)


def _passes(workspace: WorkspaceId, which: LinkFilter, audience: Audience) -> ColumnElement[bool]:
    # Not asked for each passage: they are many, and share their sources.
    of_link = passages.c.link_id.in_(_select_links(workspace, which, audience))
    if which.kind is not None or which.topic is not None:
        return of_link  # a note has neither
    of_note = (
        select(notes.c.id)
        .where(notes.c.workspace == workspace, is_visible(notes, audience))
        .where(_was_shared(notes, notes.c.noted_at, which))
    )
    return or_(of_link, passages.c.note_id.in_(of_note))


def was_saved(which: LinkFilter) -> ColumnElement[bool]:
    """Whether a save is by one of the members and in the time."""
    return _was_shared(saves, saves.c.saved_at, which)


def _select_links(workspace: WorkspaceId, which: LinkFilter, audience: Audience) -> Any:
    shared = (
        select(saves.c.link_id, saves.c.id)
        .where(saves.c.workspace == workspace, is_visible(saves, audience), was_saved(which))
        .subquery()
    )
    above = select(relations.c.related_id).join(shared, shared.c.id == relations.c.save_id)
    chosen = select(links.c.id).where(
        links.c.workspace == workspace,
        or_(links.c.id.in_(select(shared.c.link_id)), links.c.id.in_(above)),
    )
    if which.kind is not None:
        chosen = chosen.where(_kind(audience) == which.kind)
    if which.topic is not None:
        named = encode(which.topic)
        chosen = chosen.where(_topics(audience).contains(named, autoescape=True))
    return chosen


def _was_shared(said: FromClause, at: ColumnElement[Any], which: LinkFilter) -> ColumnElement[bool]:
    return and_(
        at >= which.since if which.since is not None else true(),
        at < which.until if which.until is not None else true(),
        said.c.member.in_(sorted(which.members)) if which.members else true(),
    )


def _kind(audience: Audience) -> ColumnElement[Any]:
    said = (
        select(saves.c.kind)
        .where(_of_link(audience), saves.c.kind.is_not(None))
        .order_by(saves.c.saved_at.desc(), saves.c.id.desc())
    )
    # A link that only stands under an entry is what that entry calls it.
    under = (
        select(relations.c.kind)
        .join(saves, saves.c.id == relations.c.save_id)
        .where(relations.c.related_id == links.c.id, is_visible(saves, audience))
        .where(~select(own.c.id).where(_of_link(audience, own)).correlate(links).exists())
        .order_by(saves.c.saved_at.desc(), saves.c.id.desc(), relations.c.position.desc())
    )
    understood = (
        select(understandings.c.kind)
        .where(_is_understood(audience))
        .order_by(
            understandings.c.kind == Kind.FUN, understandings.c.save_id.is_not(None), *_ours_first()
        )
    )
    return func.coalesce(*map(_newest, (said, under, understood)))


def _topics(audience: Audience) -> ColumnElement[Any]:
    topics = type_coerce(understandings.c.topics, Text)
    is_of_page = understandings.c.save_id.is_(None)
    is_said = and_(~is_of_page, understandings.c.engine == Engine.IMPORTED)
    return _newest(
        select(topics)
        .where(_is_understood(audience), topics != encode(()))
        .order_by(case((is_said, 0), (is_of_page, 1), else_=2), *_ours_first())
    )


def _newest(chosen: Select[Any]) -> ScalarSelect[Any]:
    return chosen.limit(1).correlate(links).scalar_subquery()


def _of_link(audience: Audience, saved: FromClause = saves) -> ColumnElement[bool]:
    return and_(saved.c.link_id == links.c.id, is_visible(saved, audience))


def _is_understood(audience: Audience) -> ColumnElement[bool]:
    return and_(understandings.c.link_id == links.c.id, is_visible_part(understandings, audience))


def _ours_first() -> tuple[ColumnElement[Any], ...]:
    return (
        case((understandings.c.engine == Engine.MODEL, 1), else_=0),
        understandings.c.id.desc(),
    )
