"""What was read at links, one row for each; no row while nobody has tried.

A text that came with a save is not among them: see `storage.pasting`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, update

from bot.domain.models import LinkId, PageState, PageText
from storage.rows import now, upsert
from storage.schema import given_texts, pages, saves

_given = upsert(pages).excluded
_MARK = upsert(pages).on_conflict_do_update(
    index_elements=["link_id"],
    set_={"state": _given.state, "reason": _given.reason, "retry_at": _given.retry_at},
    where=pages.c.state != PageState.READ,
)
_PUT = upsert(pages).on_conflict_do_update(
    index_elements=["link_id"],
    set_={each.name: each for each in _given if each.name != "link_id"},
)


def has_text(link: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a text came with one of the link's saves."""
    return select(given_texts.c.save_id).where(given_texts.c.link_id == link).exists()


def is_given_to_all(link: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether everybody who sees the link sees a text that came with one of its saves."""
    seen, given = saves.alias(), saves.alias()
    # Who saves in a channel sees what others saved there.
    is_shared = or_(
        given.c.is_private.is_(False), and_(seen.c.is_private, seen.c.channel == given.c.channel)
    )
    texts = select(given_texts.c.save_id).join(given, given.c.id == given_texts.c.save_id)
    is_given = texts.where(given_texts.c.link_id == seen.c.link_id, is_shared).exists()
    others = select(seen.c.id).where(seen.c.link_id == link, ~is_given)
    return and_(has_text(link), ~others.exists())


_GIVE_UP = (
    update(pages)
    .where(
        pages.c.link_id == bindparam("of"),
        pages.c.state == PageState.WAITING,
        pages.c.reason != "",
        is_given_to_all(pages.c.link_id),
    )
    .values(state=PageState.UNREADABLE, retry_at=None)
)


def mark_page(
    connection: Connection,
    link: LinkId,
    state: PageState,
    *,
    reason: str = "",
    retry_at: datetime | None = None,
) -> None:
    """Set the state alone, unless it is read: that stays."""
    values = {"link_id": link, "state": state, "reason": reason, "retry_at": retry_at}
    connection.execute(_MARK, values)
    if reason:
        give_up(connection, link)


def give_up(connection: Connection, link: LinkId) -> None:
    """Wait for no other try of a page that a text stands for to all: none comes by itself."""
    connection.execute(_GIVE_UP, {"of": link})


def put_page(connection: Connection, link: LinkId, page: PageText) -> None:
    values = {"link_id": link, "state": PageState.READ, "reason": "", "retry_at": None}
    connection.execute(_PUT, values | content_of(page))


def content_of(page: PageText) -> dict[str, Any]:
    """Return what `pages` and `given_texts` keep of a text that is there."""
    return {
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "author": page.author,
        "site": page.site,
        "language": page.language,
        "published_at": page.published_at,
        "read_at": now(),
        "gaps": page.gaps,
        "image": page.image,
    }
