"""What was read at links, one row for each; no row while nobody has tried."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, update

from bot.domain.models import LinkId, PageState, PageText, SaveId
from storage.rows import now, upsert
from storage.schema import pages

_there, _given = pages.c, upsert(pages).excluded
_MARK = upsert(pages).on_conflict_do_update(
    index_elements=["link_id"],
    set_={
        "state": _given.state,
        "reason": _given.reason,
        "retry_at": _given.retry_at,
        "tries": _there.tries + _given.tries,
    },
    where=_there.state != PageState.READ,
)
_TELL_OTHERS = (
    update(pages)
    .where(
        _there.link_id == bindparam("of"),
        _there.state == PageState.READ,
        _there.save_id.is_not(None),
    )
    .values(reason=bindparam("told"))
)
_PUT = upsert(pages).on_conflict_do_update(
    index_elements=["link_id"],
    set_={each.name: each for each in _given if each.name not in ("link_id", "tries")},
)


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
    connection.execute(_MARK, {"link_id": link, "tries": tries, **values})
    if reason:
        connection.execute(_TELL_OTHERS, {"of": link, "told": reason})


def put_page(
    connection: Connection,
    link: LinkId,
    page: PageText,
    *,
    save_id: SaveId | None = None,
    reason: str = "",
) -> None:
    """Let the link be read by this text. `reason`: why others, who do not see it, have none."""
    told = {"link_id": link, "reason": reason}
    connection.execute(_PUT, page_columns(page, save_id=save_id) | told)


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
