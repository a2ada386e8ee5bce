"""Parsing processes: what they give back, and that nothing a document does to one outlives it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from adapters.parsing import Download, Parsers, ParsingLimits, parse_once
from adapters.parsing.pool import Care
from bot.errors import FetchFailed
from tests.fakes import parsing
from tests.servers.local_web import open_web
from tests.waiting import until

ROOT = Path(__file__).parents[3]
QUICK = ParsingLimits(wall_s=1.0, cpu_s=10.0)


def document(body: bytes | str = b"") -> Download:
    data = body.encode() if isinstance(body, str) else body
    return Download("https://a.example/", "text/plain", "", data, filename="a.txt",
                    last_modified=parsing.CHANGED)  # fmt: skip


@pytest.fixture
async def parsers() -> AsyncIterator[Parsers]:
    parsers = Parsers(most=1)
    yield parsers
    await parsers.aclose()


async def failure(parsers: Parsers, function: Callable[[Download], object]) -> FetchFailed:
    with pytest.raises(FetchFailed) as caught:
        await parsers.parse(function, document())
    return caught.value


def lives(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        status = Path(f"/proc/{pid}/status")
        return not status.exists() or "State:\tZ" not in status.read_text(encoding="utf-8")
    return False


async def test_what_a_function_returns_comes_back_as_it_was(parsers: Parsers) -> None:
    told = await parsers.parse(parsing.tell, document("작은 모델 😀"))

    assert told == parsing.Told("작은 모델 😀", ("https://a.example/", "a.txt"), parsing.CHANGED)
    assert await parsers.parse(parsing.tell_nothing, document()) is None


async def test_half_characters_become_what_can_be_stored(parsers: Parsers) -> None:
    assert await parsers.parse(parsing.tell_halves_of_characters, document()) == "a?b"


async def test_a_refusal_comes_back_with_all_that_it_says(parsers: Parsers) -> None:
    told = await failure(parsers, parsing.refuse)

    assert (told.reason, told.may_pass, told.retry_after_s) == ("empty", True, 7.0)
    assert str(told) == "empty: nothing there"


async def test_a_function_without_a_name_is_no_task(parsers: Parsers) -> None:
    with pytest.raises(ValueError, match="no function of a module"):
        await parsers.parse(lambda download: download.url, document())


async def test_a_process_knows_none_of_our_secrets(
    parsers: Parsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-secret")
    monkeypatch.setenv("A_TOKEN_OF_TOMORROW", "secret")

    names = await parsers.parse(parsing.tell_environment, document())

    assert "PATH" in names
    assert not [name for name in names if "TOKEN" in name]


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (parsing.hang, "too_large"),
        (parsing.fill_memory, "too_large"),
        (parsing.tell_too_much, "too_large"),
        (parsing.end_at_once, "broken"),
        (parsing.crash, "broken"),
        (parsing.break_down, "broken"),
        (parsing.lie_about_its_type, "broken"),
        (parsing.refuse_for_no_known_reason, "broken"),
        (parsing.run_program, "broken"),
    ],
)
async def test_whatever_a_document_does_there_is_a_reason_and_the_next_is_parsed(
    function: Callable[[Download], object], reason: str
) -> None:
    parsers = Parsers(limits=QUICK, most=1)
    await parsers.parse(parsing.tell, document())  # its start is no part of the time

    told = await failure(parsers, function)

    assert told.reason == reason
    assert len(str(told)) < 300
    assert (await parsers.parse(parsing.tell, document("next"))).text == "next"
    await parsers.aclose()


async def test_one_that_only_computes_is_ended_by_the_system_itself() -> None:
    parsers = Parsers(limits=ParsingLimits(wall_s=60.0, cpu_s=0.5), most=1)

    told = await failure(parsers, parsing.compute)

    assert (told.reason, "computing" in str(told)) == ("too_large", True)
    await parsers.aclose()


@pytest.mark.parametrize(
    ("function", "times"),
    [(parsing.hang, 1), (parsing.break_down, 1), (parsing.fill_memory, 1), (parsing.refuse, 0)],
)
async def test_what_is_too_much_is_logged_once(
    caplog: pytest.LogCaptureFixture, function: Callable[[Download], object], times: int
) -> None:
    parsers = Parsers(limits=ParsingLimits(wall_s=1.0), most=1)

    await failure(parsers, function)

    assert [each.message for each in caplog.records] == [
        "a document was more than its parser could take"
    ] * times
    await parsers.aclose()


async def test_what_a_library_prints_is_no_answer(parsers: Parsers) -> None:
    assert await parsers.parse(parsing.print_much, document()) == "printed"
    assert (await parsers.parse(parsing.tell, document("next"))).text == "next"


async def test_a_process_reaches_neither_network_nor_disk(parsers: Parsers, tmp_path: Path) -> None:
    async with open_web() as web:
        with pytest.raises(FetchFailed):
            await parsers.parse(parsing.open_connection, document(str(web.port)))
        with pytest.raises(FetchFailed):
            await parsers.parse(parsing.write_file, document(str(tmp_path / "written")))

        assert web.requests == []
    assert not (tmp_path / "written").exists() or not (tmp_path / "written").stat().st_size


async def test_one_process_does_it_until_work_waits() -> None:
    parsers = Parsers(most=2)
    first = [await parsers.parse(parsing.tell_pid, document()) for _ in range(5)]

    both = await asyncio.gather(
        *(parsers.parse(parsing.tell_pid, document(b"x" * 2_000_000)) for _ in range(6))
    )

    assert len(set(first)) == 1
    assert len(set(both)) == 2
    await parsers.aclose()


async def test_one_that_rests_for_long_ends() -> None:
    parsers = Parsers(care=Care(idle_s=0.01))
    pid = await parsers.parse(parsing.tell_pid, document())

    await until(lambda: not lives(pid))

    assert await parsers.parse(parsing.tell_pid, document()) != pid
    await parsers.aclose()


async def test_one_that_somebody_ended_while_it_rested_harms_no_document(
    parsers: Parsers,
) -> None:
    pid = await parsers.parse(parsing.tell_pid, document())

    os.kill(pid, signal.SIGKILL)
    await until(lambda: parsers.pids == [])

    assert await parsers.parse(parsing.tell_pid, document()) != pid


@pytest.mark.parametrize(
    ("care", "function"),
    [
        (Care(tasks=2), parsing.tell_pid),
        (Care(resident_bytes=100 << 20, weighed_every=1), parsing.fill_some_memory),
    ],
    ids=["tasks", "memory"],
)
async def test_one_that_is_worn_is_replaced(
    care: Care, function: Callable[[Download], int]
) -> None:
    parsers = Parsers(care=care, most=1)

    pids = [await parsers.parse(function, document()) for _ in range(6)]

    assert 2 <= len(set(pids)) <= 4
    assert len(parsers.pids) <= 1
    await parsers.aclose()


async def test_whoever_waits_no_longer_leaves_no_process_behind(parsers: Parsers) -> None:
    pid = await parsers.parse(parsing.tell_pid, document())
    waiting = asyncio.create_task(parsers.parse(parsing.hang, document()))
    await asyncio.sleep(0)

    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting

    await until(lambda: not lives(pid))
    assert (await parsers.parse(parsing.tell, document("next"))).text == "next"


async def test_closing_leaves_no_process_behind() -> None:
    parsers = Parsers(most=2)
    pids = await asyncio.gather(
        *(parsers.parse(parsing.tell_pid, document(b"x" * 1_000_000)) for _ in range(4))
    )

    await parsers.aclose()
    await parsers.aclose()

    assert not [pid for pid in pids if lives(pid)]


BOT = """
import asyncio, sys
from adapters.fetching import HttpPageFetcher
from adapters.fetching.documents.article import read_article
from adapters.parsing import Download, Parsers
from tests.fakes import parsing

async def main():
    parsers = Parsers()
    HttpPageFetcher(parsers=parsers)
    page = Download("https://a.example/", "text/html", "", b"<p>" + b"Ducks sleep at night. " * 50)
    await parsers.parse(read_article, page)
    pid = await parsers.parse(parsing.tell_pid, page)
    heavy = [name for name in ("trafilatura", "lxml", "pypdf", "feedparser") if name in sys.modules]
    print(pid, *heavy, flush=True)
    await parsers.parse(parsing.hang, page)

asyncio.run(main())
"""


@pytest.mark.crash
async def test_a_killed_bot_leaves_no_process_behind_and_has_loaded_no_parser() -> None:
    bot = subprocess.Popen(  # noqa: ASYNC220 - ended below
        [sys.executable, "-c", BOT], stdout=subprocess.PIPE, cwd=ROOT
    )
    assert bot.stdout is not None
    pid, *heavy = (await asyncio.to_thread(bot.stdout.readline)).decode().split()
    was_there = lives(int(pid))

    bot.send_signal(signal.SIGKILL)
    await asyncio.to_thread(bot.wait)
    bot.stdout.close()

    assert was_there
    assert heavy == []
    await until(lambda: not lives(int(pid)))


def test_one_document_can_be_parsed_without_a_loop() -> None:
    assert parse_once(parsing.tell, document("one"), limits=QUICK).text == "one"


@pytest.mark.parametrize(
    ("function", "reason"),
    [(parsing.hang, "too_large"), (parsing.fill_memory, "too_large"), (parsing.crash, "broken")],
)
def test_one_document_alone_has_the_same_limits(
    function: Callable[[Download], object], reason: str
) -> None:
    with pytest.raises(FetchFailed) as caught:
        parse_once(function, document(), limits=ParsingLimits(wall_s=3.0))

    assert caught.value.reason == reason
