"""`jubo backup`, `restore`, `migrate`, `export` and `forget`, on both databases."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import Jubo
from tests.servers.postgres_server import PostgresServer

pytestmark = pytest.mark.timeout(120)

ARCHIVE = """# Reading group

## 2024-11-04

- 📜 [Mina] [Short queues](https://example.com/short)
  - Short queues keep latency low.
- 🧑‍💻 [Joon] [Long queues](https://example.com/long)
  - Long queues hide overload.
"""

NewDatabase = Callable[[str], str]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[NewDatabase]:
    """Yield what makes the address of a new database, each time another."""
    if request.param == "sqlite":
        yield lambda name: f"sqlite:///{tmp_path / name / 'jubo.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    made: list[str] = []

    def make(name: str) -> str:
        del name
        made.append(server.create())
        return made[-1]

    yield make
    for url in made:
        server.drop(url)


def of(tmp_path: Path, database: str) -> Jubo:
    return Jubo(tmp_path / "home", {"JUBO_DATABASE_URL": database})


@pytest.fixture
def filled(tmp_path: Path, new_database: NewDatabase) -> Jubo:
    """Return the command on a database that holds an archive."""
    return fill(tmp_path, of(tmp_path, new_database("first")))


@pytest.fixture
def filled_file(tmp_path: Path) -> Jubo:
    """Return the same on SQLite, for what has nothing to do with the kind of database."""
    return fill(tmp_path, of(tmp_path, f"sqlite:///{tmp_path / 'first' / 'jubo.db'}"))


def fill(tmp_path: Path, jubo: Jubo) -> Jubo:
    file = tmp_path / "archive.md"
    file.write_text(ARCHIVE)
    assert jubo("import", file).code == 0
    return jubo


def titles(jubo: Jubo) -> list[str]:
    return [link["title"] for link in jubo("links", "--json").json]


def test_a_backup_brings_everything_back(
    filled: Jubo, new_database: NewDatabase, tmp_path: Path
) -> None:
    file, empty = tmp_path / "backup.jubo", of(tmp_path, new_database("second"))

    kept = filled("backup", file, "--json")
    back = empty("restore", file, "--json")
    again = empty("restore", file)

    assert kept.json["rows"] == back.json["rows"] > 0
    assert "same is there already" in again.out
    assert titles(empty) == titles(filled)
    asked = empty("ask", "what do short queues keep low?", "--json").json
    assert asked["citations"][0]["url"] == "https://example.com/short"
    assert not list(tmp_path.glob(".backup*"))


def test_no_backup_and_no_database_is_overwritten_unasked(
    filled: Jubo, new_database: NewDatabase, tmp_path: Path
) -> None:
    file, other = tmp_path / "backup.jubo", of(tmp_path, new_database("second"))
    filled("backup", file)
    changed = tmp_path / "other.md"
    changed.write_text(ARCHIVE.replace("Short", "Other"))
    other("import", changed)

    second_backup = filled("backup", file)
    refused = other("restore", file)
    titles_then = titles(other)
    replaced = other("restore", file, "--replace")

    assert (second_backup.code, refused.code, replaced.code) == (1, 1, 0)
    assert "is there already" in second_backup.sentence
    assert "--replace" in refused.sentence
    assert titles_then != titles(filled)
    assert titles(other) == titles(filled)


def test_what_is_no_backup_replaces_nothing(filled_file: Jubo, tmp_path: Path) -> None:
    kept = titles(filled_file)
    backup, foreign = tmp_path / "backup.jubo", tmp_path / "foreign.db"
    filled_file("backup", backup)
    data = backup.read_bytes()
    with closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE theirs (x)")
    damaged = bytearray(data)
    damaged[len(data) // 2 : len(data) // 2 + 8192] = bytes(8192)
    files = {"empty": b"", "cut": data[: len(data) // 3], "noise": b"noise" * 999}
    files |= {"damaged": bytes(damaged), "foreign": foreign.read_bytes()}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)

        refused = filled_file("restore", tmp_path / name, "--replace")

        assert (refused.code, name in refused.sentence) == (1, True), refused
        assert "Nothing was changed" in refused.sentence
        assert titles(filled_file) == kept


def test_what_is_no_database_of_ours_is_moved_nowhere(filled_file: Jubo, tmp_path: Path) -> None:
    kept, foreign = titles(filled_file), tmp_path / "foreign.db"
    foreign.touch()

    here = filled_file.settings["JUBO_DATABASE_URL"]
    refused = filled_file("migrate", "--from", f"sqlite:///{foreign}", "--to", here, "--replace")

    assert (refused.code, str(foreign) in refused.sentence) == (1, True)
    assert titles(filled_file) == kept


def test_a_backup_that_cannot_be_written_is_named(filled_file: Jubo, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    refused = filled_file("backup", tmp_path / "file" / "backup.jubo")

    assert refused.code == 1
    assert f"written to {tmp_path / 'file' / 'backup.jubo'}:" in refused.sentence


def test_a_database_moves_to_another_kind_and_back(
    filled: Jubo, new_database: NewDatabase, tmp_path: Path
) -> None:
    here, there = filled.settings["JUBO_DATABASE_URL"], new_database("there")
    back = f"sqlite:///{tmp_path / 'back' / 'jubo.db'}"

    moves = [
        filled("migrate", "--from", source, "--to", target, "--json").json["rows"]
        for source, target in ((here, there), (here, there), (there, back))
    ]

    assert moves[0] == moves[2] > 0
    assert moves[1] == 0
    assert titles(of(tmp_path, back)) == titles(filled)


def test_a_database_is_not_moved_onto_itself_nor_from_nowhere(
    filled_file: Jubo, tmp_path: Path
) -> None:
    here = filled_file.settings["JUBO_DATABASE_URL"]

    same = filled_file("migrate", "--from", here, "--to", here)
    spelled = filled_file("migrate", "--from", here, "--to", here.replace("jubo.db", "./jubo.db"))
    nowhere = filled_file("migrate", "--from", f"sqlite:///{tmp_path / 'no.db'}", "--to", here)

    assert (same.code, nowhere.code) == (1, 1)
    assert "same database" in same.sentence
    if here.startswith("sqlite"):
        assert "same database" in spelled.sentence
    assert "There is no file" in nowhere.sentence
    assert not (tmp_path / "no.db").exists()


def test_a_file_moves_to_another_of_its_folder(tmp_path: Path) -> None:
    first, second = (f"sqlite:///{tmp_path / name}" for name in ("first.db", "second.db"))
    jubo = of(tmp_path, first)
    (tmp_path / "archive.md").write_text(ARCHIVE)
    jubo("import", tmp_path / "archive.md")

    moved = jubo("migrate", "--from", first, "--to", second)

    assert moved.code == 0, moved
    assert titles(of(tmp_path, second)) == titles(jubo)


def test_an_export_is_readable_by_others(filled_file: Jubo, tmp_path: Path) -> None:
    folder = tmp_path / "out"

    done = filled_file("export", folder, "--json")
    again = filled_file("export", folder)

    names = {Path(name).name for name in done.json["files"]}
    links = json.loads((folder / "local" / "links.json").read_text())
    bookmarks = (folder / "local" / "links.html").read_text()
    assert {"links.json", "links.html", "feeds.opml", "concepts.json", "votes.json"} <= names
    assert [link["title"] for link in links] == titles(filled_file)
    assert all(f'HREF="{link["url_as_saved"]}"' in bookmarks for link in links)
    assert (again.code, "not empty" in again.sentence) == (1, True)


def test_a_member_is_forgotten_after_a_yes(filled: Jubo) -> None:
    unsure = filled("forget", "archive.md")
    still_there = titles(filled)
    gone = filled("forget", "archive.md", "--yes", "--json")
    nobody = filled("forget", "archive.md", "--yes")

    assert (unsure.code, len(still_there)) == (2, 2)
    assert (gone.json["saves"], gone.json["links"]) == (2, 2)
    assert titles(filled) == []
    assert "Nobody called" in nobody.sentence


def test_what_was_tried_out_goes_over_to_a_team(filled_file: Jubo, tmp_path: Path) -> None:
    file = tmp_path / "first" / "jubo.db"
    alone = filled_file("workspace", "merge", "local", "slack:T1", "--yes")
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(
            "INSERT INTO workspaces (id, name, created_at) "
            "SELECT 'slack:T1', 'Team', created_at FROM workspaces"
        )
    unsure = filled_file("workspace", "merge", "local", "slack:T1")
    itself = filled_file("workspace", "merge", "local", "local", "--yes")
    before = filled_file("workspace", "list", "--json").json
    moved = filled_file("workspace", "merge", "local", "slack:T1", "--yes", "--json")
    after = filled_file("workspace", "list", "--json").json

    assert (alone.code, unsure.code, itself.code) == (2, 2, 1)
    assert "once the bot has connected" in alone.sentence
    assert "backup" in unsure.sentence
    assert moved.json == {"from": "local", "into": "slack:T1", "links": 2, "saves": 2, "notes": 0}
    assert [each["links"] for each in (*before, *after)] == [2, 0, 0, 2]
    assert filled_file("ask", "how do short queues help?", "--json").json["answered"]
