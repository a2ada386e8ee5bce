"""Whatever addresses, redirects, names and documents are made: nothing inside is asked for."""

from __future__ import annotations

import asyncio
import random

import pytest

from adapters.parsing import Parsers, ParsingLimits
from benchmarks.hostile.cases import Case
from benchmarks.hostile.checking import complaints_of
from benchmarks.hostile.making import make_cases
from benchmarks.hostile.running import Report, Watcher, open_canary, run_cases

LIMITS = ParsingLimits(wall_s=10.0, cpu_s=6.0)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1, random.SystemRandom().randrange(1 << 32)], ids=["one", "any"])
async def test_nothing_hostile_gets_in_or_takes_too_much(
    seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f" seed {seed}", end="")  # noqa: T201 - to find again what failed
    report = await run_cases(make_cases(seed, 30), limits=LIMITS)

    assert len(report.outcomes) == 30
    assert complaints_of(report) == []


async def test_what_is_asked_of_a_forbidden_address_would_be_seen() -> None:
    report, parsers = Report(), Parsers()
    watcher = Watcher(report, parsers, limits=LIMITS, may_open=("127.0.0.1", 1))

    async with open_canary(report) as port:
        with watcher.looking():
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await reader.read()
        writer.close()

    assert sorted(report.forbidden) == [f"127.0.0.1:{port}", "the canary"]
    assert len(complaints_of(report)) == 2


async def test_what_is_read_against_the_rules_would_be_seen() -> None:
    case = Case("address", "open", "{web}/0", {"/0": lambda: PAGE})

    report = await run_cases([case], limits=LIMITS)

    assert complaints_of(report) == ["READ: address, open: {web}/0"]


PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nducks"
