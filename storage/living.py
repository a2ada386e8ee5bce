"""Which nodes are alive, as SQL: by the database's own clock, which all of them share."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, literal_column, select

from storage.schema import nodes

LEASE_S = 10  # a node whose last sign of life is older is dead

_NOW_US: ColumnElement[int] = literal_column("(extract(epoch from clock_timestamp()) * 1000000)::bigint")


def living_nodes() -> Select[tuple[str]]:
    return select(nodes.c.id).where(nodes.c.beat_at > _NOW_US - LEASE_S * 1_000_000)
