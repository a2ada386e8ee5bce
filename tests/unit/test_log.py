"""One id leads from an event to the post that answers it; machines read the same as people."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator

import pytest

from bot.log import LogForm, log_context, set_form, set_up_logging

log = logging.getLogger("bot.test")


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_every_record_inside_names_what_is_under_way(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(verbose=True)

    with log_context(event="e1"), log_context(job="j1"):
        log.info("posted", extra={"post": "p1"})
    log.info("idle")

    first, second = capsys.readouterr().err.splitlines()
    assert first.endswith("posted event=e1 job=j1 post=p1")
    assert second.endswith("idle")


async def test_tasks_begun_inside_keep_it_and_others_do_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logging(verbose=True)

    async def tell(name: str) -> None:
        with log_context(event=name):
            await asyncio.gather(asyncio.to_thread(log.info, "read"), asyncio.sleep(0))

    await asyncio.gather(tell("one"), tell("two"))

    lines = capsys.readouterr().err.splitlines()
    assert sorted(line.rpartition(" ")[2] for line in lines) == ["event=one", "event=two"]


def test_machines_get_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(verbose=False)
    set_form(LogForm.JSON)

    try:
        int("broken\nin two lines")
    except ValueError:
        with log_context(event="e1"):
            log.exception("job failed", extra={"tries": 2})

    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["level"], told["message"], told["event"]) == ("error", "job failed", "e1")
    assert told["tries"] == 2
    assert "ValueError: invalid literal" in told["trace"]
