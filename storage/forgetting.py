"""Deletes many rows without holding up who writes a few."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Table, bindparam, delete, select

from storage.databases.database import Database
from storage.rows import batches

MOST = 50_000  # at once: some ten megabytes of keys; what is left goes the next time


async def forget_rows(database: Database, table: Table, *which: ColumnElement[bool]) -> int:
    """Delete these rows, some in each transaction; return how many that were."""
    key = table.primary_key.columns
    # Found first, while others write: each batch that looked for its rows would read the table.
    async with database.read() as connection:
        found = (await connection.execute(select(*key).where(*which).limit(MOST))).all()
    is_this = (column == bindparam(f"key_{column.name}") for column in key)
    gone = delete(table).where(*is_this, *which)
    rows = [
        {f"key_{column.name}": value for column, value in zip(key, row, strict=True)}
        for row in found
    ]
    total = 0
    for batch in batches(rows):
        async with database.write() as connection:
            total += (await connection.execute(gone, batch)).rowcount
    return total
