"""What was read at links, one row for each; no row while nobody has tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, update

from bot.domain.models import LinkId, PageState, PageText, SaveId
from storage.rows import now, upsert
from storage.schema import pages


def mark_page(
    connection: Connection,
    link: LinkId,
    state: PageState,
    *,
    reason: str = "",
    retry_at: datetime | None = None,
) -> None:
    """Set the state alone, unless it is read: that stays. Each reading counts as a try.

    Of a page that is read by a text which came with a save, others are told why it is not for them.
    """
    tries = 1 if state is PageState.READING else 0
    values = {"state": state, "reason": reason, "retry_at": retry_at}
    connection.execute(
        upsert(pages)
        .values(link_id=link, tries=tries, **values)
        .on_conflict_do_update(
            index_elements=["link_id"],
            set_={**values, "tries": pages.c.tries + tries},
            where=pages.c.state != PageState.READ,
        )
    )
    if reason:
        is_of_save = (pages.c.state == PageState.READ, pages.c.save_id.is_not(None))
        connection.execute(
            update(pages).where(pages.c.link_id == link, *is_of_save).values(reason=reason)
        )


def put_page(connection: Connection, link: LinkId, page: PageText) -> None:
    values = page_columns(page, save_id=None)
    connection.execute(
        upsert(pages)
        .values(link_id=link, **values)
        .on_conflict_do_update(index_elements=["link_id"], set_=values)
    )


def page_columns(page: PageText, *, save_id: SaveId | None) -> dict[str, Any]:
    """Return the row of a page that is read; `save_id` names the save that brought the text."""
    return {
        "save_id": save_id,
        "state": PageState.READ,
        "reason": "",
        "url": page.url,
        "title": page.title,
        "text": page.text,
        "author": page.author,
        "site": page.site,
        "language": page.language,
        "published_at": page.published_at,
        "read_at": now(),
        "retry_at": None,
        "gaps": page.gaps,
        "image": page.image,
    }
