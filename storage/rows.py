"""Small tools for rows: ids, batches, and inserts that tolerate what is there."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, TableClause
from sqlalchemy.dialects.postgresql import Insert, insert

from storage.codec import encode

Item = TypeVar("Item")

# SQLite takes 32,766 values in a statement at most, and plans long lists slowly.
BATCH = 500


class ForwardClock:
    """Tells instants that only grow, also where the machine's clock is set back meanwhile."""

    def __init__(self, read_ns: Callable[[], int] = time.time_ns) -> None:
        self._read_ns = read_ns
        self._latest_us = 0

    def now_us(self) -> int:
        self._latest_us = max(self._latest_us + 1, self._read_ns() // 1000)
        return self._latest_us


_forward_clock = ForwardClock()


def new_ids(count: int) -> list[str]:
    """Return ids that nobody can guess and that sort in this order, after all earlier ones."""
    now_us = _forward_clock.now_us()
    return [f"{now_us:014x}{number:06x}{secrets.token_hex(5)}" for number in range(count)]


def new_id() -> str:
    return new_ids(1)[0]


def now() -> datetime:
    """Return when a row is written; what people said carries its own time."""
    return datetime.now(UTC)


def fingerprint(*parts: Any) -> str:
    """Return the SHA-256 of values: equal for equal values only."""
    return hashlib.sha256(encode(parts).encode()).hexdigest()


def batches(items: Sequence[Item], size: int = BATCH) -> Iterator[Sequence[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def upsert(table: TableClause) -> Insert:
    """Return an insert that may say what happens where the row is there already."""
    # PostgreSQL's, which SQLite writes just so; SQLite's own does not compile for PostgreSQL.
    return insert(table)


def insert_new(table: Table) -> Insert:
    """Return an insert that leaves existing rows alone."""
    return upsert(table).on_conflict_do_nothing()


def insert_all(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
