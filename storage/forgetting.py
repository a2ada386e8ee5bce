"""Deletes many rows without holding up who writes a few."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, delete, select, tuple_

from storage.database import Database
from storage.rows import BATCH


async def forget_rows(database: Database, table: Table, *which: ColumnElement[bool]) -> int:
    """Delete these rows, some in each transaction; return how many that were."""
    key = table.primary_key.columns
    some = select(*key).where(*which).limit(BATCH)
    statement = delete(table).where(tuple_(*key).in_(some))
    total = 0
    while True:
        async with database.write() as connection:
            count = (await connection.execute(statement)).rowcount
        total += count
        if count < BATCH:
            return total
