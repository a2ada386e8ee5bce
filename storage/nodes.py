"""The port `NodeStore`: who works on this database, and what each holds alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    type_coerce,
    update,
)

from bot.clock import SystemClock
from bot.ports import Clock, Node, NodeId
from storage.columns import Instant
from storage.databases.database import Database
from storage.living import LEASE_S
from storage.rows import upsert
from storage.schema import leases, nodes

REMEMBERED = timedelta(days=1)


class SqlNodeStore:
    """On SQLite only one process works, by the lock of its folder: the others in here are dead."""

    def __init__(
        self, database: Database, *, lease_s: float = LEASE_S, clock: Clock | None = None
    ) -> None:
        """`clock` is that of SQLite's machine; PostgreSQL has its own."""
        self._database = database
        self._lease = timedelta(seconds=lease_s)
        self._clock = clock or SystemClock()

    async def beat(self, node: Node) -> None:
        def beat(connection: Connection) -> None:
            now = self._now(connection)
            signs = update(nodes).where(nodes.c.id == node.id).values(beat_at=now)
            if connection.execute(signs).rowcount == 0:
                self._forget_dead(connection)
                values = {
                    "id": node.id,
                    "name": node.name,
                    "parts": node.parts,
                    "started_at": node.started_at,
                    "beat_at": now,
                }
                connection.execute(insert(nodes).values(values))

        await self._database.write_briefly(beat, is_synced=False)

    def _forget_dead(self, connection: Connection) -> None:
        if _is_sqlite(connection):
            connection.execute(delete(nodes))
            connection.execute(delete(leases))
        else:
            connection.execute(
                delete(nodes).where(nodes.c.beat_at < self._now(connection, ago=REMEMBERED))
            )
            # What bears a node's name, nobody else would ever take over.
            known = select(nodes.c.id)
            connection.execute(delete(leases).where(leases.c.node.not_in(known)))

    async def leave(self, node: NodeId) -> None:
        def leave(connection: Connection) -> None:
            connection.execute(delete(leases).where(leases.c.node == node))
            connection.execute(delete(nodes).where(nodes.c.id == node))

        await self._database.write_briefly(leave)

    async def list_nodes(self) -> Sequence[Node]:
        def list_nodes(connection: Connection) -> Sequence[Node]:
            now = self._now(connection)
            query = (
                select(nodes, now.label("now"))
                .where(nodes.c.beat_at >= self._now(connection, ago=REMEMBERED))
                .order_by(nodes.c.started_at, nodes.c.id)
            )
            return [self._as_node(row) for row in connection.execute(query)]

        return await self._database.read_briefly(list_nodes)

    def _as_node(self, row: Any) -> Node:
        age = row.now - row.beat_at
        return Node(
            id=NodeId(row.id),
            name=row.name,
            parts=row.parts,
            started_at=row.started_at,
            age_s=age.total_seconds(),
            is_alive=age <= self._lease,
        )

    async def take(self, lease: str, node: NodeId) -> bool:
        def take(connection: Connection) -> bool:
            holder = nodes.alias()
            oldest = self._now(connection, ago=self._lease)
            ours = select(literal(lease), nodes.c.id).where(
                nodes.c.id == node, nodes.c.beat_at >= oldest
            )
            statement = upsert(leases).from_select(["name", "node"], ours)
            # As a literal: a column would have the query look through all leases, not at this one.
            its_holder: ColumnElement[str] = literal_column(f"{leases.name}.{leases.c.node.name}")
            free = ~exists().where(holder.c.id == its_holder, holder.c.beat_at >= oldest)
            taken = statement.on_conflict_do_update(
                index_elements=[leases.c.name],
                set_={"node": statement.excluded.node},
                where=or_(leases.c.node == statement.excluded.node, free),
            )
            return connection.execute(taken).rowcount == 1

        return await self._database.write_briefly(take)

    async def give_up(self, lease: str, node: NodeId) -> None:
        ours = and_(leases.c.name == lease, leases.c.node == node)
        await self._database.change(delete(leases).where(ours))

    async def list_leases(self, prefix: str) -> Mapping[str, NodeId]:
        def list_leases(connection: Connection) -> Mapping[str, NodeId]:
            query = (
                select(leases)
                .join(nodes, nodes.c.id == leases.c.node)
                .where(
                    leases.c.name.startswith(prefix, autoescape=True),
                    nodes.c.beat_at >= self._now(connection, ago=self._lease),
                )
                .order_by(leases.c.name)
            )
            return {row.name: NodeId(row.node) for row in connection.execute(query)}

        return await self._database.read_briefly(list_leases)

    def _now(
        self, connection: Connection, *, ago: timedelta = timedelta()
    ) -> ColumnElement[datetime]:
        if _is_sqlite(connection):
            return literal(self._clock.now() - ago, Instant)
        # All nodes go by one clock, and by what it says now: a transaction may have waited.
        seconds = func.extract("epoch", func.clock_timestamp())
        return type_coerce(
            cast(seconds * 1_000_000, BigInteger) - ago // timedelta(microseconds=1), Instant
        )


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"
