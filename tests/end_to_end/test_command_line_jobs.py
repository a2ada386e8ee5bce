"""`jubo jobs` and `jubo reindex`: what operators see and do about the background work."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from bot.domain.jobs import PROCESS_ENDED
from tests.command_line import Jubo

pytestmark = pytest.mark.timeout(120)

ARCHIVE = """# Archive

## 2024-11-04

- 📜 [Queues](https://queues.example/one)
- 📜 [Lanterns](https://lanterns.example/two)
"""


@pytest.fixture
def jubo(tmp_path: Path) -> Jubo:
    jubo = Jubo(tmp_path / "home")
    (tmp_path / "archive.md").write_text(ARCHIVE)
    assert jubo("import", tmp_path / "archive.md").code == 0
    return jubo


def set_aside(jubo: Jubo, job: int) -> None:
    """Leave a job as one that ended its process at every try."""
    with closing(sqlite3.connect(jubo.home / "jubo.db")) as database, database:
        change = "UPDATE jobs SET state = 'failed', tries = 12, reason = ? WHERE id = ?"
        assert database.execute(change, (PROCESS_ENDED, job)).rowcount == 1


def listed(jubo: Jubo) -> dict[str, Any]:
    """Return the jobs by what they are about."""
    return {each["about"]: each for each in jubo("jobs", "--json").json}


def test_what_waits_is_listed_with_what_it_is_about_and_why_nothing_happens(jubo: Jubo) -> None:
    jobs = listed(jubo)
    shown = jubo("jobs", "--limit", "1")

    assert {(about, each["kind"], each["state"]) for about, each in jobs.items()} == {
        ("https://queues.example/one", "read", "waiting"),
        ("https://lanterns.example/two", "read", "waiting"),
    }
    assert "waits: read a page" in shown.out
    assert "--limit shows them" in shown.out
    assert "No bot runs" in shown.out


def test_a_poison_job_is_shown_with_its_reason_and_runs_again_on_demand(jubo: Jubo) -> None:
    job = listed(jubo)["https://lanterns.example/two"]["id"]
    set_aside(jubo, job)

    shown = jubo("jobs").out
    retried = jubo("jobs", "retry", str(job), LANG="ko_KR.UTF-8")
    again = jubo("jobs", "retry", str(job))

    first = shown.splitlines()
    assert first[0] == f"{job:>6}  set aside: read a page"
    assert first[1].strip() == "https://lanterns.example/two"
    assert "tried so far: 12. The last try: the process ended while it ran." in first[2]
    assert f"jubo jobs retry {job}" in first[3]
    assert retried.out == f"{job}번 작업을 다시 실행합니다.\n"
    assert (again.code, again.sentence) == (
        1,
        f"Job {job} was not set aside: it is tried by itself. See: jubo jobs",
    )


def test_a_page_that_is_dropped_says_so_and_is_not_asked_for_again(jubo: Jubo) -> None:
    job = listed(jubo)["https://queues.example/one"]["id"]

    dropped = jubo("jobs", "cancel", str(job), "--json")
    links = {each["url"]: each for each in jubo("links", "--json").json}

    assert (dropped.code, dropped.json["kind"]) == (0, "read")
    assert list(listed(jubo)) == ["https://lanterns.example/two"]
    assert links["https://queues.example/one"]["state"] == "unreadable"
    assert links["https://queues.example/one"]["reason"] == "given_up"


@pytest.mark.parametrize("act", ["retry", "cancel"])
def test_a_job_that_is_not_there_is_a_sentence(jubo: Jubo, act: str) -> None:
    ended = jubo("jobs", act, "404")

    assert ended.code == 1
    assert "There is no job 404" in ended.sentence
    assert jubo("jobs", act, "first").code == 2


def test_the_index_is_made_anew_where_no_bot_runs(jubo: Jubo) -> None:
    before = jubo("links", "lanterns", "--json").json

    done = jubo("reindex", "--json")
    after = jubo("links", "lanterns", "--json").json

    assert (done.code, done.json) == (0, {"workspace": "local", "state": "done"})
    assert before == after
    assert after


def test_a_bot_that_runs_makes_the_index_anew_itself(jubo: Jubo) -> None:
    with jubo.running("serve", "--port", "0", "--only", "web", "--json") as bot:
        assert bot.stdout is not None
        bot.stdout.readline()  # it is ready

        asked = jubo("reindex", "--json")

        assert (asked.code, asked.json["state"]) == (0, "enqueued")
        for _ in range(30):
            if not any(each["kind"] == "reindex" for each in jubo("jobs", "--json").json):
                break
        else:
            pytest.fail("the index was not made anew")
