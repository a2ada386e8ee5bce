"""Fetches hostile cases as the bot does, and keeps who was connected to and what was taken."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.fetching import HttpPageFetcher
from adapters.fetching.client import Limits
from adapters.fetching.guard import is_public
from adapters.parsing import Parsers, ParsingLimits
from benchmarks.hostile.cases import Answers, Case
from bot.errors import FetchFailed
from tests.servers.local_web import LocalWeb, open_web

OPEN_HOST = "open.example"
LIMITS = Limits(connect_s=0.3, total_s=2.0)
_LOOK_S = 0.01
_SLACK_S = 5.0  # for a busy machine


@dataclass(frozen=True, slots=True)
class Outcome:
    """`reason`: a key of the table `unreadable`, "" if the document was read."""

    case: Case
    reason: str
    seconds: float
    detail: str = ""


@dataclass
class Report:
    outcomes: list[Outcome] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    peak_bytes: int = 0


class Names:
    """Answers as the cases say, and as the C library does for numbers in disguise."""

    def __init__(self) -> None:
        self._left: dict[str, list[Sequence[str] | Exception]] = {OPEN_HOST: [["127.0.0.1"]]}

    def learn(self, answers: Mapping[str, Answers]) -> None:
        self._left.update({host: list(each) for host, each in answers.items()})

    async def __call__(self, host: str, _port: int) -> Sequence[str]:
        known = self._left.get(host)
        if known is None:
            return [socket.inet_ntoa(socket.inet_aton(host))]  # fails for what is no number
        answer = known.pop(0) if len(known) > 1 else known[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


class Watcher:
    """Sees every connection of this program, and what its parsing processes hold."""

    def __init__(
        self, report: Report, parsers: Parsers, *, limits: ParsingLimits, may_open: tuple[str, int]
    ) -> None:
        self._report = report
        self._parsers = parsers
        self._limits = limits
        self._may_open = may_open
        self._ended = threading.Event()

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event != "socket.connect" or self._ended.is_set():
            return
        address = arguments[1]
        if (
            isinstance(address, tuple)
            and address[:2] != self._may_open
            and not is_public(address[0])
        ):
            self._report.forbidden.append(f"{address[0]}:{address[1]}")

    @contextmanager
    def looking(self) -> Iterator[None]:
        sys.addaudithook(self.hear)  # for good: there is no way to take it back
        looker = threading.Thread(target=self._look, daemon=True)
        looker.start()
        try:
            yield
        finally:
            self._ended.set()
            looker.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_S):
            for pid in self._parsers.pids:
                held = _peak_bytes(pid)
                self._report.peak_bytes = max(self._report.peak_bytes, held)
                if held > self._limits.memory_bytes:
                    self._report.beyond.append(f"process {pid} held {held} bytes")


async def run_cases(cases: Sequence[Case], *, limits: ParsingLimits) -> Report:
    report, names, parsers = Report(), Names(), Parsers(limits=limits)
    async with open_web() as web, open_canary(report) as canary:
        here = {"{web}": f"http://{OPEN_HOST}:{web.port}", "{canary}": str(canary)}
        fetcher = HttpPageFetcher(
            {f"{OPEN_HOST}:{web.port}"}, limits=LIMITS, resolve=names, parsers=parsers
        )
        watcher = Watcher(report, parsers, limits=limits, may_open=("127.0.0.1", web.port))
        with watcher.looking():
            for case in cases:
                names.learn(case.names)
                outcome = await _run_case(case, fetcher, web=web, here=here)
                report.outcomes.append(outcome)
                most = (LIMITS.total_s + limits.wall_s) * case.tries + _SLACK_S
                if outcome.seconds > most:
                    report.beyond.append(f"{case.form} took {outcome.seconds:.1f} s")
            pids = parsers.pids
            await fetcher.aclose()
        report.beyond += [f"process {pid} lives on" for pid in pids if _peak_bytes(pid)]
        hosts = [_host_of(request) for request in web.requests]
        report.forbidden += [host for host in hosts if host != f"{OPEN_HOST}:{web.port}"]
    return report


@asynccontextmanager
async def open_canary(report: Report) -> AsyncIterator[int]:
    """Listen where nobody may come; whoever does is noted."""

    async def note(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        report.forbidden.append("the canary")
        writer.close()

    servers = [await asyncio.start_server(note, "127.0.0.1", 0)]
    port = servers[0].sockets[0].getsockname()[1]
    with contextlib.suppress(OSError):  # a machine without IPv6
        servers.append(await asyncio.start_server(note, "::1", port))
    try:
        yield port
    finally:
        for server in servers:
            server.close()


async def _run_case(
    case: Case, fetcher: HttpPageFetcher, *, web: LocalWeb, here: Mapping[str, str]
) -> Outcome:
    for path, make in case.pages.items():
        said = make()
        web.add(path, _put_in(said, here) if isinstance(said, bytes) else said)
    url = _put_in(case.url.encode(), here).decode()
    begin = time.perf_counter()
    reason, detail = "", ""
    for _ in range(case.tries):
        try:
            await fetcher.fetch(url)
        except FetchFailed as failure:
            reason, detail = failure.reason, str(failure)
    for path in case.pages:
        del web.pages[path]
    return Outcome(case, reason, time.perf_counter() - begin, detail)


def _put_in(said: bytes, here: Mapping[str, str]) -> bytes:
    for name, value in here.items():
        said = said.replace(name.encode(), value.encode())
    return said


def _host_of(request: str) -> str:
    lines = [line for line in request.splitlines() if line.lower().startswith("host:")]
    return lines[0].partition(":")[2].strip() if lines else ""


def _peak_bytes(pid: int) -> int:
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) << 10 for line in status.splitlines() if "VmPeak" in line)
    except (OSError, StopIteration):
        return 0
