"""Brings a database to today's tables, whole or not at all. Alembic loads when there is work."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, exc, inspect, text

from storage.databases.database import Database, NewerDatabase
from storage.databases.driver import is_forbidden
from storage.databases.postgresql import NotAllowed

HEAD = "0015"  # the newest file in versions/; a test compares


async def migrate(database: Database) -> None:
    """Run what is missing in one transaction.

    Raises:
        NewerDatabase: a newer program made this database.
        NotAllowed: this user may make no tables there, or not read ours.

    """
    try:
        async with database.read() as connection:
            if await connection.run_sync(find_revision) == HEAD:
                return
        # Of several programs that start at once, one does it; the others find it done.
        async with database.write() as connection:
            await connection.run_sync(upgrade)
    except exc.ProgrammingError as error:
        if not is_forbidden(error):
            raise
        about = database.about
        raise NotAllowed(database=about.database, user=about.user, problem=error.orig) from error


def find_revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def upgrade(connection: Connection, *, scripts: Path = Path(__file__).parent) -> None:
    """Bring this connection's database to the newest script, inside its open transaction."""
    # Here, not above: they take a third of a second, and most starts need neither.
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    revision = find_revision(connection)
    try:
        ScriptDirectory.from_config(config).get_revision(revision or "base")
    except CommandError as error:
        raise NewerDatabase(revision=revision) from error
    command.upgrade(config, "head")
