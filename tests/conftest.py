"""What all tests share. In CI a skip is a failure: all that a test may lack is installed there."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.domain.models import LOCAL
from tests.servers.postgres_server import PostgresServer, some_server

# A busy machine is no failure; what must be fast has a test of its own.
# Where every change waits for it, properties are tried a quarter as often as on a desk.
settings.register_profile(
    "unhurried",
    deadline=None,
    max_examples=25 if os.environ.get("CI") else 100,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("unhurried")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if os.environ.get("CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped in CI, where nothing may be: {report.longrepr}"
    return report


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    # Not in pytest's own folder: each start of pytest closes that to the user of the server.
    with (
        tempfile.TemporaryDirectory(prefix="jubo-postgres-") as folder,
        some_server(Path(folder)) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """Return the address of a database that has today's tables."""
    url = postgres_server.create()
    asyncio.run(open_and_close(url))
    yield url
    postgres_server.drop(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, migrated_postgres: str) -> str:
    """Return the address of a database with a workspace and nothing else, for one test."""
    postgres_server.clear(migrated_postgres)
    made = f"INSERT INTO workspaces (id, name, created_at) VALUES ('{LOCAL}', 'Local', 0)"
    postgres_server.execute(made, migrated_postgres)
    return migrated_postgres


@pytest.fixture(scope="session")
def bare_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    url = postgres_server.create()
    yield url
    postgres_server.drop(url)


@pytest.fixture
def empty_postgres_url(postgres_server: PostgresServer, bare_postgres: str) -> str:
    postgres_server.empty(bare_postgres)
    return bare_postgres


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the address of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'jubo.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


async def open_and_close(url: str) -> None:
    from storage import open_storage  # most tests need none of it

    async with open_storage(url):
        pass
