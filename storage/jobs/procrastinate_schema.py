"""The tables of procrastinate: in a schema of their own, made and brought up to date beside ours.

The library ships its newest tables as one script and the way there as many, named by version;
which of these a database has, the database must remember. Ours says so in the schema's comment.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, exc, text

from storage.databases.database import Database, NewerDatabase
from storage.databases.driver import is_forbidden
from storage.databases.postgresql import NotAllowed

# Not among ours: another program on the same database may use procrastinate, too.
SCHEMA = "jubo_jobs"

# Not by `to_regnamespace`: that may answer from before another program made it.
_ASK = text("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = :schema")
# For what we ask, see `procrastinate_rows`: what is due, and what was set aside of one key.
_INDEXES = """
    CREATE INDEX IF NOT EXISTS jubo_jobs_due
        ON procrastinate_jobs (queue_name, scheduled_at, id) WHERE status = 'todo';
    CREATE INDEX IF NOT EXISTS jubo_jobs_failed
        ON procrastinate_jobs (queueing_lock) WHERE status = 'failed';
"""
# The library writes a history of each job, which goes with it, three rows in and out; tells of
# each new one, where one word for many would do; and looks for timetables, of which we have none.
_NO_TRIGGERS = """
    DO $$
    DECLARE
        name text;
    BEGIN
        FOR name IN
            SELECT tgname FROM pg_trigger
            WHERE tgrelid = 'procrastinate_jobs'::regclass AND NOT tgisinternal
                AND tgname NOT LIKE '%job_aborted%'
        LOOP
            EXECUTE format('ALTER TABLE procrastinate_jobs DISABLE TRIGGER %I', name);
        END LOOP;
    END
    $$
"""
_OURS = 2  # which of these a database has


async def prepare_jobs(database: Database) -> None:
    """Make the tables, or run what is missing, in one transaction.

    Raises:
        NewerDatabase: a newer program made them.
        NotAllowed: this user may make no schema there.

    """
    try:
        async with database.read() as connection:
            told = await connection.run_sync(_find_state)
        if told and told.startswith(f"{_versions()} "):
            return
        # Of several programs that start at once, one does it; the others find it done.
        async with database.write() as connection:
            await connection.run_sync(bring_up_to_date)
    except exc.ProgrammingError as error:
        if not is_forbidden(error):
            raise
        about = database.about
        raise NotAllowed(database=about.database, user=about.user, problem=error.orig) from error


def bring_up_to_date(connection: Connection) -> None:
    # Here, not above: only a first start and an upgrade need it.
    from procrastinate.schema import SchemaManager, migrations_path

    scripts = _order(migrations_path)
    newest = scripts[-1].stem
    told = _find_state(connection)
    if told is None:
        _run(connection, f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}", SchemaManager.get_schema())
    else:
        done = told.partition(" ")[2]
        if done > newest:
            raise NewerDatabase(revision=done)
        for script in scripts:
            if script.stem > done:
                _run(connection, script.read_text(encoding="utf-8"))
    state = f"{_versions()} {newest}"
    _run(connection, _INDEXES, _NO_TRIGGERS, f"COMMENT ON SCHEMA {SCHEMA} IS '{state}'")


def _versions() -> str:
    return f"{version('procrastinate')}+{_OURS}"


def _order(folder: str | Path) -> Sequence[Path]:
    """Return the scripts in the order of their names, as the library means them to be run."""
    return sorted(Path(folder).glob("*.sql"))


def _find_state(connection: Connection) -> str | None:
    """Return the versions and the library's newest script that was run; None before the first."""
    found: str | None = connection.execute(_ASK, {"schema": SCHEMA}).scalar()
    return found


def _run(connection: Connection, *scripts: str) -> None:
    """Run whole scripts, as they are: no marks in them mean anything to a driver."""
    with closing(connection.connection.cursor()) as cursor:
        for script in scripts:
            cursor.execute(f"SET LOCAL search_path = {SCHEMA}")
            cursor.execute(script)
        cursor.execute("SET LOCAL search_path = DEFAULT")
