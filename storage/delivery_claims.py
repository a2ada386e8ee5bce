"""Who works on a delivery: a node takes it, from nobody or from one that is dead."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import compress
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, bindparam, func, select, update

from bot.domain.deliveries import Told
from bot.domain.models import WorkspaceId
from bot.ports import Claim, NodeId
from storage.delivery_rows import is_planned_still, is_this
from storage.rows import as_keys, change_each, is_one_of, now
from storage.schema import deliveries, nodes, subscriptions
from storage.subscriptions import SUBSCRIPTION_COLUMNS, read_subscription
from storage.telling import list_told

# Made once: building a statement costs more than running it.
_its_subscription = and_(
    subscriptions.c.workspace == deliveries.c.workspace,
    subscriptions.c.id == deliveries.c.subscription,
)
_FIND = (
    select(
        deliveries.c.workspace,
        deliveries.c.id,
        deliveries.c.delivery,
        deliveries.c.digest,
        deliveries.c.fingerprint,
        deliveries.c.node,
        nodes.c.beat_at,
        *SUBSCRIPTION_COLUMNS,
    )
    .outerjoin(nodes, nodes.c.id == deliveries.c.node)
    .outerjoin(subscriptions, _its_subscription)
    .where(is_one_of(deliveries.c.workspace, deliveries.c.id), is_planned_still)
)
_is_still = deliveries.c.node.is_not_distinct_from(bindparam("holder"))
CLAIM = (
    update(deliveries).where(is_this, is_planned_still, _is_still).values(node=bindparam("taker"))
)


class Wish(NamedTuple):
    """A node wants a delivery."""

    workspace: WorkspaceId
    delivery: str
    node: NodeId


def claim(
    connection: Connection, wishes: Sequence[Wish], *, lease_s: float
) -> Sequence[Claim | None]:
    keys = as_keys((wish.workspace, wish.delivery) for wish in wishes)
    rows = {(row.workspace, row.id): row for row in connection.execute(_FIND, {"keys": keys})}
    found: list[tuple[Wish, Any, float | None]] = []
    for wish in wishes:
        row = rows.get((wish.workspace, wish.delivery))
        if row is None:
            continue
        silent_s = None
        if row.node not in (None, wish.node):
            silent_s = _silent_s(connection, row.beat_at)
            if silent_s <= lease_s:
                continue
        found.append((wish, row, silent_s))
    taken = change_each(connection, CLAIM, [_taking(wish, row) for wish, row, _ in found])
    # In the same transaction: the rest would cost another one.
    claims = _make_claims(connection, list(compress(found, taken)))
    return [claims.get((wish.workspace, wish.delivery)) for wish in wishes]


def _taking(wish: Wish, row: Any) -> dict[str, Any]:
    this = {"of": wish.workspace, "this": wish.delivery}
    return {**this, "holder": row.node, "taker": wish.node}


def _make_claims(
    connection: Connection, taken: Sequence[tuple[Wish, Any, float | None]]
) -> dict[tuple[str, str], Claim]:
    if not taken:
        return {}
    of = [(row.workspace, row.delivery.subscription) for _, row, _ in taken]
    told = list_told(connection, of)
    claims: dict[tuple[str, str], Claim] = {}
    for (wish, row, silent_s), key in zip(taken, of, strict=True):
        claims[wish.workspace, wish.delivery] = Claim(
            delivery=row.delivery,
            subscription=None if row.subscription is None else read_subscription(row),
            told=told.get(key, Told()),
            digest=row.digest,
            fingerprint=row.fingerprint or "",
            silent_s=silent_s,
        )
    return claims


def _silent_s(connection: Connection, beat_at: datetime | None) -> float:
    """Return for how long a node gave no sign of life; endless if it left or was forgotten."""
    if beat_at is None:
        return math.inf
    return (now_there(connection) - beat_at).total_seconds()


def now_there(connection: Connection) -> datetime:
    """Return the time by the database's own clock, which all of its nodes share."""
    if connection.dialect.name == "sqlite":
        return now()
    told: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return told.astimezone(UTC)
