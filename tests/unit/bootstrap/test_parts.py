"""Which parts a process runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.bootstrap.parts import choose_parts
from bot.config import Settings
from bot.errors import UsageError

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-1", "DISCORD_TOKEN": "token"}
SHARED = {"JUBO_DATABASE_URL": "postgresql://jubo@localhost/jubo"}


def settings(folder: Path, **chosen: str) -> Settings:
    none = dict.fromkeys(("JUBO_DATABASE_URL", *TOKENS))
    return Settings.load({**none, "JUBO_HOME": folder, **chosen})


def test_a_process_alone_does_all_that_it_can(tmp_path: Path) -> None:
    assert choose_parts(settings(tmp_path), ()) == {"web", "worker"}
    assert choose_parts(settings(tmp_path, **TOKENS), ()) == {"web", "worker", "slack", "discord"}


def test_on_sqlite_the_only_process_works_whatever_is_named(tmp_path: Path) -> None:
    assert choose_parts(settings(tmp_path, **TOKENS), ("slack",)) == {"slack", "worker"}


@pytest.mark.parametrize("only", [("slack",), ("worker",), ("discord", "web")])
def test_on_postgresql_a_process_runs_what_is_named(tmp_path: Path, only: tuple[str, ...]) -> None:
    assert choose_parts(settings(tmp_path, **TOKENS, **SHARED), only) == set(only)


@pytest.mark.parametrize(
    ("part", "key"), [("mail", "cli.only_unknown"), ("slack", "cli.only_unset")]
)
def test_what_cannot_run_is_refused(tmp_path: Path, part: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        choose_parts(settings(tmp_path), (part,))

    assert refused.value.message_key == key
