"""The rule of `bot.domain.visibility` as SQL. A test holds that both say the same."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, FromClause, and_, bindparam, false, or_, select, true

from bot.domain.models import ChannelId, MemberId
from bot.domain.visibility import Audience
from storage.schema import documents, notes, passages, saves


def is_visible(said: FromClause, audience: Audience) -> ColumnElement[bool]:
    """Whether these readers may see a row that has a place: a save, a note, a document."""
    if audience.is_operator:
        return true()
    return or_(
        said.c.is_private.is_(False),
        said.c.channel.in_(bindparam("seen_in", sorted(audience.channels), expanding=True))
        if audience.channels
        else false(),
        said.c.member == bindparam("seen_by", audience.member)
        if audience.member is not None
        else false(),
    )


def alike(audience: Audience) -> Audience:
    """Return one for all whose statements differ in `who_sees` alone: those are made once."""
    return Audience(
        channels=frozenset({ChannelId("")}) if audience.channels else frozenset(),
        member=None if audience.member is None else MemberId(""),
        is_operator=audience.is_operator,
    )


def who_sees(audience: Audience) -> dict[str, Any]:
    """Return what a statement that was made for those `alike` is run with."""
    values: dict[str, Any] = {}
    if audience.channels:
        values["seen_in"] = sorted(audience.channels)
    if audience.member is not None:
        values["seen_by"] = audience.member
    return {} if audience.is_operator else values


def is_visible_part(part: FromClause, audience: Audience) -> ColumnElement[bool]:
    """Whether these readers may see a row with `link_id` and `save_id`: a page, an understanding.

    What came with a save follows that save; what was read at a link follows the link.
    """
    seen = is_visible(saves, audience)
    of_save = select(saves.c.id).where(saves.c.id == part.c.save_id, seen)
    of_link = select(saves.c.id).where(saves.c.link_id == part.c.link_id, seen)
    return or_(of_save.exists(), and_(part.c.save_id.is_(None), of_link.exists()))


def is_visible_passage(audience: Audience) -> ColumnElement[bool]:
    of_note = select(notes.c.id).where(
        notes.c.id == passages.c.note_id, is_visible(notes, audience)
    )
    return or_(is_visible_part(passages, audience), of_note.exists())


def is_visible_source(source: FromClause, audience: Audience) -> ColumnElement[bool]:
    """Whether these readers may see a row of `concept_sources`."""
    of_document = select(documents.c.id).where(
        documents.c.id == source.c.document_id, is_visible(documents, audience)
    )
    return or_(is_visible_part(source, audience), of_document.exists())
