"""Keys that may be long, on PostgreSQL: addresses of 8,192 characters, titles, names of files.

Its ordered indexes take 2,700 bytes a row. There such keys are told apart by a digest, and found by
an index of hashes; `schema.py` says what is a key, here and on SQLite.
"""

from __future__ import annotations

from sqlalchemy import Connection

_DDL = (
    "ALTER TABLE links DROP CONSTRAINT uq_links_workspace_url",
    "CREATE UNIQUE INDEX uq_links_workspace_url ON links (workspace, md5(url))",
    "ALTER TABLE addresses DROP CONSTRAINT pk_addresses",
    "CREATE UNIQUE INDEX pk_addresses ON addresses (workspace, md5(url))",
    "CREATE INDEX ix_addresses_url ON addresses USING hash (url)",
    "ALTER TABLE notes DROP CONSTRAINT uq_notes_workspace_source_title_number_channel_is_private",
    """
    CREATE UNIQUE INDEX uq_notes_workspace_source_title_number_channel_is_private
    ON notes (workspace, md5(source), md5(title), number, channel, is_private)
    """,
    "CREATE INDEX ix_notes_title ON notes USING hash (title)",
    "ALTER TABLE feeds DROP CONSTRAINT uq_feeds_workspace_channel_url",
    "CREATE UNIQUE INDEX uq_feeds_workspace_channel_url ON feeds (workspace, channel, md5(url))",
)


def digest_long_keys(connection: Connection) -> None:
    """Change new tables as the migrations did; SQLite takes keys of any length."""
    if connection.dialect.name == "postgresql":
        for statement in _DDL:
            connection.exec_driver_sql(statement)
