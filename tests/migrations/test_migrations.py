"""Migrations lead to today's tables, whole or not at all."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, NullPool, create_engine, inspect, text
from sqlalchemy.engine.interfaces import ReflectedIndex

from bot.domain.models import LOCAL, ChannelId, LinkId, MessageId, PageState
from bot.domain.settings import WorkspaceSettings
from bot.domain.visibility import Audience
from bot.ports import Lane
from storage import migrations, open_storage
from storage.databases.database import open_database
from storage.databases.postgresql import find_url
from storage.long_keys import digest_long_keys
from storage.schema import metadata
from storage.search import sqlite as search_sqlite

SCRIPTS = Path(migrations.__file__).parent


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """A copy of the migrations that a test may add to."""
    folder = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def add_script(folder: Path, statements: str) -> None:
    body = f'from alembic import op\n\nrevision = "next"\ndown_revision = "{migrations.HEAD}"\n\n'
    (folder / "versions" / "next.py").write_text(f"{body}def upgrade() -> None:\n{statements}")


async def upgrade(url: str, *, scripts: Path) -> None:
    async with open_database(url) as database, database.write() as connection:
        await connection.run_sync(lambda sync: migrations.upgrade(sync, scripts=scripts))


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    engine = create_engine(find_url(url) or url, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


def table_names(url: str) -> set[str]:
    with connect(url) as connection:
        return set(inspect(connection).get_table_names())


@pytest.fixture
async def migrated(empty_url: str) -> str:
    async with open_storage(empty_url):
        return empty_url


@pytest.fixture
async def migrated_file(tmp_path: Path) -> Path:
    path = tmp_path / "migrated.db"
    async with open_storage(f"sqlite:///{path}"):
        return path


def test_the_head_that_starts_compare_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))

    assert ScriptDirectory.from_config(config).get_heads() == [migrations.HEAD]


def test_all_migrations_make_what_the_schema_says(migrated_file: Path) -> None:
    with connect(f"sqlite:///{migrated_file}") as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_ours}
        )

        assert compare_metadata(context, metadata) == []


def test_migrated_tables_have_the_same_keys_and_checks_as_new_ones(migrated: str) -> None:
    with connect(migrated) as old, new_tables(migrated) as new:
        assert list(_describe(old)) == list(_describe(new))


@contextmanager
def new_tables(url: str) -> Iterator[Connection]:
    """Make today's tables beside those of the migrations; nothing is left of them."""
    with connect(url if find_url(url) else "sqlite://") as connection:
        if find_url(url):
            connection.execute(text("CREATE SCHEMA new"))
            connection.execute(text("SET LOCAL search_path = new"))
        metadata.create_all(connection)
        digest_long_keys(connection)
        yield connection
        connection.rollback()


def test_the_migrated_full_text_index_is_the_one_that_search_expects(migrated_file: Path) -> None:
    fresh = sqlite3.connect(":memory:")
    fresh.executescript("CREATE TABLE passages (id INTEGER PRIMARY KEY, workspace TEXT);")
    fresh.executescript(";".join(search_sqlite.DDL))

    with sqlite3.connect(migrated_file) as old:
        expected = [row for row in _index_objects(fresh) if row[0] != "passages"]
        assert [row for row in _index_objects(old) if row[0] in dict(expected)] == expected
    fresh.close()


def _index_objects(connection: sqlite3.Connection) -> list[tuple[str, str]]:
    """Return the name and the statement of everything in a database, white space folded."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql <> '' ORDER BY name")
    return [(name, " ".join(sql.split())) for name, sql in rows]


def _is_ours(name: str | None, kind: str, _parents: object) -> bool:
    return kind != "table" or name in metadata.tables


def _describe(connection: Connection) -> Iterator[object]:
    found = inspect(connection)
    for name in sorted(metadata.tables):
        yield name, found.get_pk_constraint(name), found.get_check_constraints(name)
        yield [
            (each["name"], str(each["type"]), each["default"]) for each in found.get_columns(name)
        ]
        yield sorted(found.get_foreign_keys(name), key=str)
        yield sorted(found.get_unique_constraints(name), key=str)
        yield sorted(_index(each) for each in found.get_indexes(name))


def _index(each: ReflectedIndex) -> tuple[str, str, str]:
    what = each.get("expressions", each["column_names"])
    options = {name: str(value) for name, value in each.get("dialect_options", {}).items()}
    return str(each["name"]), str((what, each["unique"])), str(sorted(options.items()))


async def test_a_later_migration_keeps_what_is_there(migrated: str, scripts: Path) -> None:
    with connect(migrated) as connection:
        connection.execute(text("INSERT INTO workspaces (id, created_at) VALUES ('w', 0)"))
    add_script(scripts, '    op.execute("ALTER TABLE workspaces ADD COLUMN motto TEXT")\n')

    await upgrade(migrated, scripts=scripts)

    with connect(migrated) as connection:
        rows = connection.execute(text("SELECT id, motto FROM workspaces"))
        assert rows.all() == [("w", None)]


# As the first release wrote them.
FIRST_ROWS = """
    INSERT INTO workspaces (id, name, zone, language, created_at)
    VALUES ('local', 'Ours', 'Asia/Seoul', 'ko', 1730721600000000);
    INSERT INTO inbox (workspace, event_id, payload, state, received_at) VALUES
    ('local', 'done', '{"said":"in private"}', 'done', 1730721600000000),
    ('local', 'failed', '{"said":"in private"}', 'failed', 1730721600000000),
    ('local', 'command', '{"is":"CommandCalled","id":"command","workspace":"local","place":{"is":"Place","channel":"general"},"member":"mina","at":1730721600000000,"name":"digest"}', 'open', 1730721600000000),
    ('local', 'added', '{"is":"ReactionAdded","id":"added","workspace":"local","place":{"is":"Place","channel":"general"},"member":"mina","at":1730721600000000,"message":"m1","emoji":"🔖","message_text":"look"}', 'open', 1730721600000000),
    ('local', 'removed', '{"is":"ReactionRemoved","id":"removed","workspace":"local","place":{"is":"Place","channel":"general"},"member":"mina","at":1730721600000001,"message":"m1","emoji":"🔖"}', 'open', 1730721600000000);
    INSERT INTO chat_messages (id, member, channel, is_private, member_name, said_at, text)
    VALUES ('m1', 'mina', 'general', 0, 'Mina', 1730721600000000, 'look');
    INSERT INTO links (id, workspace, url, created_at)
    VALUES ('l1', 'local', 'https://example.org/', 1730721600000000);
    INSERT INTO saves (id, workspace, link_id, member, channel, is_private, message, emoji, url, saved_at, marks) VALUES
    ('s1', 'local', 'l1', 'mina', 'general', 0, 'm1', '🔖', 'https://example.org/', 1730721600000000, '[]'),
    ('s2', 'local', 'l1', 'june', 'secret', 1, 'm2', '🔖', 'https://example.org/', 1730721600000000, '[]');
    INSERT INTO pages (link_id, state, save_id, reason, tries, title, text, read_at)
    VALUES ('l1', 'read', 's2', 'login', 2, 'Given', 'words that were given', 1730721600000000);
"""  # noqa: E501 - rows as they are


async def test_what_the_first_release_kept_is_there_under_the_tables_of_today(
    tmp_path: Path, scripts: Path
) -> None:
    path = tmp_path / "jubo.db"
    for script in (scripts / "versions").glob("0*.py"):
        if not script.name.startswith("0001"):
            script.unlink()
    await upgrade(f"sqlite:///{path}", scripts=scripts)
    with sqlite3.connect(path) as connection:
        connection.executescript(FIRST_ROWS)

    async with open_storage(f"sqlite:///{path}") as storage:
        talk = await storage.inbox.list_open(lane=Lane.TALK, limit=9)
        marks = await storage.inbox.list_open(lane=Lane.MARKS, limit=9)
        assert [row.event.id for row in talk] == ["command"]
        assert [row.event.id for row in marks] == ["added", "removed"]
        assert not await storage.inbox.put(talk[0].event)
        assert await storage.workspaces.list_workspaces() == [LOCAL]
        assert await storage.workspaces.get_settings(LOCAL) == WorkspaceSettings()
        assert await storage.workspaces.find_seen(LOCAL) is None
        assert (await storage.chat.get(MessageId("m1"))).text == "look"
        told = [
            await storage.links.get(LOCAL, LinkId("l1"), audience=Audience.of_channel(channel))
            for channel in map(ChannelId, ("secret", "general"))
        ]
        assert [(link.state, link.reason, link.text) for link in told] == [
            (PageState.READ, "", "words that were given"),
            (PageState.UNREADABLE, "login", ""),
        ]
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT url FROM links").fetchall() == [("https://example.org/",)]
        handled = "SELECT event_id, payload FROM inbox WHERE state <> 'open' ORDER BY id"
        assert connection.execute(handled).fetchall() == [("done", ""), ("failed", "")]


async def test_a_migration_that_fails_leaves_nothing(migrated: str, scripts: Path) -> None:
    before = table_names(migrated)
    add_script(
        scripts,
        '    op.execute("CREATE TABLE half (done INTEGER)")\n    raise LookupError("power cut")\n',
    )

    with pytest.raises(LookupError):
        await upgrade(migrated, scripts=scripts)
    assert table_names(migrated) == before
    async with open_storage(migrated):
        pass  # still the database that this program knows


async def test_a_first_migration_that_fails_leaves_an_empty_database(
    empty_url: str, scripts: Path
) -> None:
    add_script(scripts, '    raise LookupError("power cut")\n')

    with pytest.raises(LookupError):
        await upgrade(empty_url, scripts=scripts)
    assert table_names(empty_url) == set()


OPEN = """
import asyncio, sys
from storage import open_storage

async def open_and_close():
    async with open_storage(sys.argv[1]):
        pass

sys.stdin.read()  # until all are ready
asyncio.run(open_and_close())
"""


async def test_of_programs_that_start_at_once_one_migrates_and_all_go_on(empty_url: str) -> None:
    programs = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", OPEN, empty_url), stdin=PIPE, stdout=PIPE, stderr=STDOUT
        )
        for _ in range(3)
    ]

    told = await asyncio.gather(*(program.communicate(b"") for program in programs))

    assert [out for out, _ in told] == [b""] * 3
    assert [program.returncode for program in programs] == [0] * 3
    with connect(empty_url) as connection:
        found = connection.execute(text("SELECT version_num FROM alembic_version"))
        assert found.scalars().all() == [migrations.HEAD]
