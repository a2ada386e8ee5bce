"""README, .env.example and --help say what the code does."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from bot.cli.main import build
from bot.config import Settings
from bot.texts import Texts
from tests.servers.discord_server import NEEDS_PACKAGES
from tests.servers.slack_server import NEEDS_LOCAL_SLACK

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _settings() -> set[str]:
    return {str(field.validation_alias) for field in Settings.model_fields.values()}


def test_the_example_file_lists_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")

    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) == _settings()


def test_the_readme_lists_every_setting_and_no_other() -> None:
    assert (
        set(re.findall(r"`((?:JUBO|SLACK|DISCORD|OPENAI|GITHUB)_[A-Z_]+)`", README)) == _settings()
    )


def test_the_readme_lists_every_command_and_no_other() -> None:
    program = build(Texts.load().bind("en"))
    commands = set(program.commands)

    assert set(re.findall(r"^\| `jubo ([a-z]+)", README, re.MULTILINE)) == commands


def test_exactly_two_commands_set_everything_up() -> None:
    blocks = re.findall(r"<!-- (\w+) -->\n```sh\n(.+)\n```", README)

    assert [name for name, _ in blocks] == ["demo", "tests"]
    assert README.count("venv .venv") == 2
    assert blocks[0][1].endswith("jubo demo")
    assert blocks[1][1].endswith("pytest -n 3")


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["postgres"], *extras["test"]]
    wanted.remove("jubo[postgres]")
    names = {re.split(r"[\[<>=]", each)[0].lower().replace("_", "-") for each in wanted}
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }

    assert names - pinned == set()


def test_what_comes_from_npm_is_pinned_and_its_installation_told() -> None:
    wanted = json.loads((ROOT / "tests/servers/package.json").read_text(encoding="utf-8"))
    versions = {**wanted["dependencies"], **wanted["optionalDependencies"], **wanted["overrides"]}

    assert [each for each in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", each)] == []
    for told in (README, (ROOT / "tests/README.md").read_text(encoding="utf-8")):
        assert NEEDS_PACKAGES in told
    assert NEEDS_LOCAL_SLACK == NEEDS_PACKAGES


def test_the_newest_changes_are_those_of_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (.+)$", changes, re.MULTILINE)[0] == project["version"]


def test_every_top_folder_says_what_belongs_there() -> None:
    for folder in ("bot", "adapters", "storage", "tests", "benchmarks"):
        assert (ROOT / folder / "README.md").is_file(), folder
