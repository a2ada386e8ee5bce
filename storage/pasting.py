"""A page's text that came with a save, such as one that a member pasted: see `pages.save_id`."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select

from bot.domain.models import Engine, LinkId, PageState, PageText, SaveId, WorkspaceId
from storage.pages import put_page
from storage.schema import concept_sources, pages, passages, saves, understandings


def find_link_of(connection: Connection, workspace: WorkspaceId, save: SaveId) -> LinkId | None:
    found = select(saves.c.link_id).where(saves.c.workspace == workspace, saves.c.id == save)
    link = connection.scalar(found)
    return None if link is None else LinkId(link)


def put_text(connection: Connection, link: LinkId, page: PageText, *, save: SaveId) -> None:
    """Let the page be read by this text for those who see the save.

    A page that was read at the link stays everybody's, and one that is read by a text for all to
    see stays theirs; then the text is found beside it. Why the page could not be read is kept for
    the others.
    """
    remove_text(connection, link, save)
    known = connection.execute(select(pages).where(pages.c.link_id == link)).one_or_none()
    if known is not None and known.state == PageState.READ:
        is_of_link = known.save_id is None
        if is_of_link or _is_private(connection, save) > _is_private(connection, known.save_id):
            return
    reason = known.reason if known is not None else ""
    put_page(connection, link, page, save_id=save, reason=reason)


def _is_private(connection: Connection, save: str) -> bool:
    return bool(connection.scalar(select(saves.c.is_private).where(saves.c.id == save)))


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
