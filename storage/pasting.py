"""Texts of pages that came with saves: members pasted them, archives brought them."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from bot.domain.models import Engine, LinkId, PageText, SaveId, WorkspaceId
from storage.pages import content_of, give_up
from storage.rows import upsert
from storage.schema import concept_sources, given_texts, passages, saves, understandings

_given = upsert(given_texts).excluded
_PUT = upsert(given_texts).on_conflict_do_update(
    index_elements=["save_id"],
    set_={each.name: each for each in _given if each.name != "save_id"},
)


def find_link_of(connection: Connection, workspace: WorkspaceId, save: SaveId) -> LinkId | None:
    found = select(saves.c.link_id).where(saves.c.workspace == workspace, saves.c.id == save)
    link = connection.scalar(found)
    return None if link is None else LinkId(link)


def put_text(connection: Connection, link: LinkId, page: PageText, *, save: SaveId) -> None:
    """Let this text stand for the page where that is not read, for those who see the save.

    Else it is found beside the page. Where all who see the link see a text, the page is not tried
    again by itself; else it is read for the others as if there were none.
    """
    remove_text(connection, link, save)
    connection.execute(_PUT, {"save_id": save, "link_id": link, **content_of(page)})
    give_up(connection, link)


def remove_texts(connection: Connection, link: LinkId) -> None:
    """Let the texts that stood for a page make way for it."""
    of_link = given_texts.c.link_id == link
    for save in connection.scalars(select(given_texts.c.save_id).where(of_link)).all():
        remove_text(connection, link, SaveId(save))
    connection.execute(delete(given_texts).where(of_link))


def remove_text(connection: Connection, link: LinkId, save: SaveId) -> None:
    """Remove what we made of a text that came with a save; what an archive said stays."""
    by_people = select(understandings.c.id).where(
        understandings.c.link_id == link,
        understandings.c.save_id == save,
        understandings.c.engine == Engine.IMPORTED,
    )
    if connection.scalar(by_people.limit(1)) is not None:
        return
    for table in (passages, concept_sources, understandings):
        connection.execute(delete(table).where(table.c.link_id == link, table.c.save_id == save))
