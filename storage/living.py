"""Which nodes are alive, as SQL: by the database's own clock, which all of them share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    bindparam,
    literal_column,
    select,
    type_coerce,
)

from storage.columns import Instant
from storage.schema import nodes

LEASE_S = 10.0  # a node whose last sign of life is older is dead

# The instant at which the statement runs, not that at which its transaction began.
NOW: ColumnElement[datetime] = literal_column(
    "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint", Instant
)


def living_nodes() -> Select[tuple[str]]:
    """Return their ids. The statement takes `lease_us`: after how long a silent one is dead."""
    oldest = type_coerce(NOW, BigInteger) - bindparam("lease_us", type_=BigInteger)
    return select(nodes.c.id).where(type_coerce(nodes.c.beat_at, BigInteger) >= oldest)
