"""The port `SubscriptionStore`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    delete,
    literal_column,
    or_,
    select,
    tuple_,
)

from bot.domain.models import ChannelId, WorkspaceId
from bot.domain.subscriptions import Subscription
from bot.ports import Due
from bot.ports.records import passes
from storage.columns import Instant
from storage.databases.database import Database
from storage.rows import insert_new
from storage.schema import deliveries, subscriptions

SUBSCRIPTION_COLUMNS = (
    subscriptions.c.subscription,
    subscriptions.c.next_run_at,
    subscriptions.c.covered_until,
    subscriptions.c.version,
)
# Made once: building a statement costs more than running it.
_GET = select(*SUBSCRIPTION_COLUMNS).where(
    subscriptions.c.workspace == bindparam("of"), subscriptions.c.id == bindparam("this")
)
_WITHOUT_TIME = (
    select(*SUBSCRIPTION_COLUMNS)
    .where(subscriptions.c.next_run_at.is_(None))
    .order_by(subscriptions.c.workspace, subscriptions.c.id)
)
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_DUE = (subscriptions.c.next_run_at, subscriptions.c.workspace, subscriptions.c.id)
# Word for word as in the index on those rows: else SQLite does not use it.
IS_ON_ITS_WAY: ColumnElement[bool] = literal_column(
    "deliveries.state = 'planned' AND NOT deliveries.is_manual", Boolean
)
# A value, not EXISTS: PostgreSQL looks it up for each row then. As a join, and before statistics
# know of a Monday, it compares all that is due with all that is planned.
_NONE_IS_ON_ITS_WAY = (
    select(deliveries.c.id)
    .where(
        deliveries.c.workspace == subscriptions.c.workspace,
        deliveries.c.subscription == subscriptions.c.id,
        IS_ON_ITS_WAY,
    )
    .limit(1)
    .scalar_subquery()
    .is_(None)
)


class SqlSubscriptionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(
        self,
        subscription: Subscription,
        *,
        check: Callable[[Sequence[Subscription]], None] = passes,
    ) -> bool:
        made = insert_new(subscriptions).values(
            workspace=subscription.workspace,
            id=subscription.id,
            made_at=subscription.made_at,
            **subscription_values(subscription),
        )
        query = _of_channel(subscription.workspace, subscription.place.channel)

        def add(connection: Connection) -> bool:
            check([read_subscription(row) for row in connection.execute(query)])
            return connection.execute(made).rowcount == 1

        return await self._database.write_briefly(add, takes_turn=True)

    async def list_subscriptions(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        return await self._list(_of_channel(workspace, channel))

    async def list_due(
        self,
        at: datetime,
        *,
        limit: int,
        schemes: Collection[str] = (),
        after: Due | None = None,
        skip: int = 0,
    ) -> Sequence[Subscription]:
        begin = after or (_BEGINNING, "", "")
        bounds = {
            "at": at,
            "limit": limit,
            "skip": skip,
            "after_0": begin[0],
            "after_1": begin[1],
            "after_2": begin[2],
        }
        query = _select_due(frozenset(schemes))
        return await self._list(query, bounds)

    async def list_unscheduled(self) -> Sequence[Subscription]:
        return [each for each in await self._list(_WITHOUT_TIME) if not each.is_paused]

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        this = {"of": workspace, "this": subscription}
        row = await self._database.read_briefly(
            lambda connection: connection.execute(_GET, this).one_or_none()
        )
        if row is None:
            raise KeyError(subscription)
        return read_subscription(row)

    async def remove(self, workspace: WorkspaceId, subscription: str) -> bool:
        gone = delete(subscriptions).where(is_subscription(workspace, subscription))
        return await self._database.change(gone) == 1

    async def _list(
        self, query: Select[Any], values: Mapping[str, Any] | None = None
    ) -> list[Subscription]:
        rows = await self._database.read_briefly(
            lambda connection: connection.execute(query, values or {}).all()
        )
        return [read_subscription(row) for row in rows]


def is_subscription(workspace: WorkspaceId, subscription: str) -> ColumnElement[bool]:
    return and_(subscriptions.c.workspace == workspace, subscriptions.c.id == subscription)


def subscription_values(subscription: Subscription) -> dict[str, Any]:
    """Return what may change about one; the JSON holds nothing that has a column."""
    return {
        "channel": subscription.place.channel,
        "subscription": replace(subscription, next_run_at=None, covered_until=None, version=0),
        "next_run_at": subscription.next_run_at,
        "covered_until": subscription.covered_until,
        "version": subscription.version,
    }


def _of_channel(workspace: WorkspaceId, channel: ChannelId | None) -> Select[Any]:
    query = (
        select(*SUBSCRIPTION_COLUMNS)
        .where(subscriptions.c.workspace == workspace)
        .order_by(subscriptions.c.made_at, subscriptions.c.id)
    )
    return query if channel is None else query.where(subscriptions.c.channel == channel)


def read_subscription(row: Any) -> Subscription:
    chosen: Subscription = row.subscription
    return replace(
        chosen,
        next_run_at=row.next_run_at,
        covered_until=row.covered_until,
        version=row.version,
    )


@cache
def _select_due(schemes: frozenset[str]) -> Select[Any]:
    """Ask for it by the index, in its order: at nine on Monday there are very many."""
    begin = [bindparam(f"after_{n}", type_=column.type) for n, column in enumerate(_DUE)]
    query = (
        select(*SUBSCRIPTION_COLUMNS)
        .where(
            subscriptions.c.next_run_at <= bindparam("at", type_=Instant),
            tuple_(*_DUE) > tuple_(*begin),
            _NONE_IS_ON_ITS_WAY,
        )
        .order_by(*_DUE)
        .limit(bindparam("limit"))
        .offset(bindparam("skip"))
    )
    return query.where(or_(*map(_is_of, sorted(schemes)))) if schemes else query


def _is_of(scheme: str) -> ColumnElement[bool]:
    workspace = subscriptions.c.workspace.concat("")  # no index fits, so that of times is taken
    return or_(workspace == scheme, workspace.startswith(f"{scheme}:", autoescape=True))
