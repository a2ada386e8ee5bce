"""The port `WatchStore`: counts over everything that is kept, in a few milliseconds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, case, func, or_, select, true

from bot.domain.deliveries import DeliveryState
from bot.domain.models import PageState, WorkspaceId
from bot.domain.status import Counts
from storage.databases.database import Database
from storage.pages import is_given_to_all
from storage.schema import deliveries, feeds, inbox, links, pages, saves, subscriptions

_RECENT = timedelta(days=7)
_FAILED_SHOWN = 10


class SqlWatchStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, at: datetime, *, workspace: WorkspaceId | None = None) -> Counts:
        return await self._database.read_briefly(
            lambda connection: _count(connection, at, workspace)
        )


def _count(connection: Connection, at: datetime, workspace: WorkspaceId | None) -> Counts:
    return Counts(
        **_events(connection, at, workspace),
        **_pages(connection, workspace),
        **_deliveries(connection, at, workspace),
        **_standing(connection, workspace),
    )


def _events(
    connection: Connection, at: datetime, workspace: WorkspaceId | None
) -> Mapping[str, Any]:
    of = _of(inbox, workspace)
    waiting = select(func.count(), func.min(inbox.c.received_at)).where(of, inbox.c.state == "open")
    count, oldest = connection.execute(waiting).one()
    set_aside = select(func.count()).where(of, inbox.c.state == "failed")
    return {
        "events": count,
        "oldest_event_s": _seconds(oldest, at),
        "events_set_aside": connection.scalar(set_aside) or 0,
    }


def _pages(connection: Connection, workspace: WorkspaceId | None) -> Mapping[str, Any]:
    """Count the pages by state; a saved link without a row waits, one only named beside it not."""
    is_saved = select(saves.c.id).where(saves.c.link_id == links.c.id).exists()
    is_given = and_(func.coalesce(pages.c.state, "") != PageState.READ, is_given_to_all(links.c.id))
    state, reason = (
        case((is_given, PageState.READ), else_=func.coalesce(pages.c.state, PageState.WAITING)),
        case((is_given, ""), else_=func.coalesce(pages.c.reason, "")),
    )
    rows = connection.execute(
        select(state, reason, func.count())
        .select_from(links.outerjoin(pages, pages.c.link_id == links.c.id))
        .where(_of(links, workspace), or_(pages.c.link_id.is_not(None), is_saved))
        .group_by(state, reason)
        .order_by(state, reason)
    ).all()
    found: dict[PageState, int] = {}
    reasons: dict[PageState, dict[str, int]] = {}
    for name, why, count in rows:
        found[PageState(name)] = found.get(PageState(name), 0) + count
        if why:
            reasons.setdefault(PageState(name), {})[why] = count
    return {
        "pages": found,
        "unreadable": reasons.get(PageState.UNREADABLE, {}),
        "retrying": reasons.get(PageState.WAITING, {}),
    }


def _deliveries(
    connection: Connection, at: datetime, workspace: WorkspaceId | None
) -> Mapping[str, Any]:
    of = _of(deliveries, workspace)
    is_known = deliveries.c.state != DeliveryState.PREPARED  # it may never come
    states = connection.execute(
        select(deliveries.c.state, func.count()).where(of, is_known).group_by(deliveries.c.state)
    ).all()
    planned = and_(of, deliveries.c.state == DeliveryState.PLANNED)
    longest = connection.scalar(select(func.min(deliveries.c.due_at)).where(planned))
    failed = connection.scalars(
        select(deliveries.c.delivery)
        .where(of, deliveries.c.state == DeliveryState.FAILED, deliveries.c.due_at >= at - _RECENT)
        .order_by(deliveries.c.due_at.desc(), deliveries.c.id.desc())
        .limit(_FAILED_SHOWN)
    ).all()
    return {
        "deliveries": {DeliveryState(name): count for name, count in states},
        "late_s": _seconds(longest, at),
        "failed": tuple(failed),
    }


def _standing(connection: Connection, workspace: WorkspaceId | None) -> Mapping[str, Any]:
    orders = connection.execute(
        select(func.count(), func.count(subscriptions.c.next_run_at)).where(
            _of(subscriptions, workspace)
        )
    ).one()
    followed = connection.scalars(select(feeds.c.feed).where(_of(feeds, workspace))).all()
    return {
        "subscriptions": orders[0],
        "paused": orders[0] - orders[1],
        "feeds": len(followed),
        "feeds_failing": sum(bool(feed.reason) for feed in followed),
    }


def _of(table: Table, workspace: WorkspaceId | None) -> ColumnElement[bool]:
    return true() if workspace is None else table.c.workspace == workspace


def _seconds(since: datetime | None, at: datetime) -> float:
    return max((at - since).total_seconds(), 0.0) if since else 0.0
