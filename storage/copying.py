"""Copies everything from one database into another, whole or not at all.

Only what others can make again stays behind: the words of the search index, which are rebuilt from
the passages; queued jobs, which sweeps find anew; and which processes run.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    MetaData,
    RowMapping,
    Table,
    TypeDecorator,
    delete,
    func,
    insert,
    null,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import UserError
from storage.databases.database import Database
from storage.schema import inbox, jobs, leases, metadata, nodes, workspaces

_STAYS = {each.name for each in (jobs, nodes, leases)}
_AT_ONCE = 500

Told = Callable[[str, int], None]


class TargetInUse(UserError):
    """The database that things are to be copied into holds something else."""


def _plain(table: Table) -> Table:
    """Return the table with its values as the database keeps them: nothing is read into ours."""
    columns = [
        Column(
            column.name,
            column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type,
            primary_key=column.primary_key,
        )
        for column in table.columns
    ]
    return Table(table.name, MetaData(), *columns)


# What others point to comes first.
TABLES: Sequence[Table] = [
    _plain(table) for table in metadata.sorted_tables if table.name not in _STAYS
]


async def copy_everything(
    source: Database, target: Database, *, replaces: bool, told: Told
) -> Mapping[str, int]:
    """Return how many rows each table got. `told` hears each table's name with each batch's size.

    A target that holds the same already is left as it is: nothing is new.

    Raises:
        UserError: the target holds something else, and is not to be replaced.

    """
    async with source.read() as reader, target.write() as writer:
        for each in (reader, writer):
            await _be_patient(each)
        if not await _is_empty(writer):
            if await _digest(reader) == await _digest(writer):
                return dict.fromkeys((table.name for table in TABLES), 0)
            if not replaces:
                raise TargetInUse("keeping.target_in_use")
        for table in reversed(TABLES):
            await writer.execute(delete(table))
        return {table.name: await _copy(reader, writer, table, told) for table in TABLES}


async def _be_patient(connection: AsyncConnection) -> None:
    """Let the connection wait for the other database, for as long as that takes."""
    if connection.dialect.name == "postgresql":
        await connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


async def _copy(reader: AsyncConnection, writer: AsyncConnection, table: Table, told: Told) -> int:
    copied = 0
    async for rows in _read(reader, table):
        await writer.execute(insert(table), [_movable(table, row) for row in rows])
        copied += len(rows)
        told(table.name, len(rows))
    await _move_counter(writer, table)
    return copied


async def _read(connection: AsyncConnection, table: Table) -> AsyncIterator[Sequence[RowMapping]]:
    rows = await connection.stream(select(table).order_by(*table.primary_key.columns))
    async for batch in rows.mappings().partitions(_AT_ONCE):
        yield batch


def _movable(table: Table, row: RowMapping) -> dict[str, Any]:
    """Return the row as the target takes it: PostgreSQL keeps no NUL inside a text."""
    values = {
        name: value.replace("\0", "") if isinstance(value, str) else value
        for name, value in row.items()
    }
    if table.name == inbox.name:
        values["node"] = None  # a process of the source sees nothing through at the target
    return values


async def _move_counter(writer: AsyncConnection, table: Table) -> None:
    """Let new rows of the target be numbered after those that came with their numbers."""
    numbered = metadata.tables[table.name].autoincrement_column
    if writer.dialect.name != "postgresql" or numbered is None:
        return
    largest = select(func.max(table.c[numbered.name])).scalar_subquery()
    sequence = func.pg_get_serial_sequence(table.name, numbered.name)
    # Not called, the next is 1; an empty table has no largest.
    await writer.execute(
        select(func.setval(sequence, func.coalesce(largest, 1), largest.isnot(null())))
    )


async def _is_empty(connection: AsyncConnection) -> bool:
    """Whether nobody has kept anything there; opening makes the local workspace by itself."""
    others = [table for table in TABLES if table.name != workspaces.name]
    return not any([await _count(connection, table) for table in others])


async def _count(connection: AsyncConnection, table: Table) -> int:
    found = await connection.scalar(select(func.count()).select_from(table))
    return int(found or 0)


async def _digest(connection: AsyncConnection) -> Mapping[str, int]:
    """Return what is equal for databases of equal rows, in whatever order each reads them."""
    digest = dict.fromkeys((table.name for table in TABLES), 0)
    for table in TABLES:
        async for rows in _read(connection, table):
            digest[table.name] += sum(_fingerprint(_movable(table, row)) for row in rows)
    return digest


def _fingerprint(values: Mapping[str, Any]) -> int:
    text_of_row = repr(sorted(values.items())).encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(text_of_row).digest(), "big")
