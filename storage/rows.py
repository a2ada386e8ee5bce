"""Small tools for rows: ids, batches, and inserts that tolerate what is there."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    TableClause,
    Text,
    Update,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from storage.codec import encode
from storage.databases.grouping import OutcomesDiffer

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


def insert_new(table: TableClause) -> Insert:
    """Return an insert that leaves existing rows alone."""
    return upsert(table).on_conflict_do_nothing()


class _Each(FunctionElement[Any]):
    """The values of a JSON array, as rows."""

    inherit_cache = True


@compiles(_Each)
def _each_there(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(_Each, "postgresql")
def _each_on_postgresql(element: _Each, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_array_elements(CAST({compiler.process(element.clauses, **options)} AS json))"


def is_one_of(*columns: Column[Any], keys: str = "keys") -> ColumnElement[bool]:
    """Whether a row has one of these keys, given as one value: see `as_keys`.

    However many they are, the statement is the same, so that it is planned once.
    """
    key = _Each(bindparam(keys, type_=Text)).table_valued("value")
    parts = (key.c.value.op("->>")(literal_column(str(n))) for n in range(len(columns)))
    # By that PostgreSQL takes them for few: so it looks each up in the index of the keys. It takes
    # them for a hundred else, and reads whole tables that it does not know to have grown.
    is_key = func.json_array_length(key.c.value) == len(columns)
    return tuple_(*columns).in_(select(*parts).where(is_key))


def as_keys(keys: Iterable[tuple[str, ...]]) -> str:
    return json.dumps(list(keys))


def change_each(
    connection: Connection, statement: Insert | Update, rows: Sequence[Mapping[str, Any]]
) -> list[bool]:
    """Run it for each, at once; return whether that changed a row.

    Raises:
        OutcomesDiffer: for some it did. Alone, each may tell.

    """
    changed = connection.execute(statement, rows).rowcount if rows else 0
    if changed not in (0, len(rows)):
        raise OutcomesDiffer
    return [changed > 0] * len(rows)


def change_all(
    connection: Connection, statement: Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        connection.execute(statement, rows)


def insert_all(
    connection: Connection, table: TableClause, rows: Sequence[Mapping[str, Any]]
) -> None:
    if rows:
        connection.execute(_insert(table), rows)


# Made once for each table: to make a statement costs more than to run it.
_insert = cache(insert)
