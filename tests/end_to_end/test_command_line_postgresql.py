"""The command on PostgreSQL: one setting is all that changes, and what is wrong with it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import Jubo
from tests.hand_kept import ARCHIVE

pytestmark = pytest.mark.postgres


@pytest.fixture
def jubo(tmp_path: Path, empty_postgres_url: str) -> Jubo:
    return Jubo(tmp_path, {"JUBO_DATABASE_URL": empty_postgres_url})


def test_everything_is_kept_there(jubo: Jubo, tmp_path: Path) -> None:
    kept = tmp_path / "archive.md"
    kept.write_text(ARCHIVE)
    first, again = (jubo("import", kept, "--json") for _ in range(2))

    assert (first.code, again.code) == (0, 0)
    assert first.json["links"] > 0
    assert again.json["links"] == 0
    assert len(jubo("links", "--json").json) == first.json["saves"]
    assert list(tmp_path.rglob("*.db")) == []


def test_doctor_names_the_server(jubo: Jubo) -> None:
    looked = jubo("doctor")

    assert looked.code == 0
    assert "can be used: PostgreSQL 18." in looked.out


@pytest.mark.parametrize("command", ["serve", "links"])
def test_a_server_that_is_not_there_is_one_sentence(jubo: Jubo, command: str) -> None:
    url = "postgresql://mina:hush@127.0.0.1:1/jubo"
    refused = jubo(command, JUBO_DATABASE_URL=url)

    assert refused.code == 78
    assert "127.0.0.1:1 cannot be reached (Connection refused)" in refused.sentence
    assert "hush" not in refused.sentence


def test_doctor_says_the_same_and_goes_on(jubo: Jubo) -> None:
    looked = jubo("doctor", JUBO_DATABASE_URL="postgresql://mina:hush@127.0.0.1:1/jubo")

    assert looked.code == 1
    assert "✗ database: The PostgreSQL server 127.0.0.1:1 cannot be reached" in looked.out
    assert "hush" not in looked.out + looked.err
