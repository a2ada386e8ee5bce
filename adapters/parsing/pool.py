"""A few parsing processes that documents take turns with."""

from __future__ import annotations

import asyncio
import logging
import os
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from adapters.parsing.download import Download
from adapters.parsing.exchange import (
    ParsingLimits,
    command,
    environment,
    failure_of_end,
    failure_of_time,
    name_of,
    pack_task,
    read_answer,
    read_head,
)
from adapters.parsing.process import ANSWER, FAILED
from bot.errors import FetchFailed

log = logging.getLogger(__name__)

Result = TypeVar("Result")

_START_S = 30.0  # half a second where nothing else runs
_END_S = 5.0
_PIPE_BYTES = 1 << 20

# What most documents need, loaded before the first comes: the bot itself never loads it.
_PRELOAD = ("trafilatura",)


@dataclass(frozen=True, slots=True)
class Care:
    """How long a process is kept. A new one costs half a second, one at rest 60 MB."""

    idle_s: float = 30.0
    tasks: int = 1000  # libraries that remember what they have seen grow slowly
    resident_bytes: int = 160 << 20
    weighed_every: int = 16  # tasks


@dataclass(slots=True, eq=False)
class _Parser:
    process: Process
    to: asyncio.StreamWriter
    back: asyncio.StreamReader
    tasks: int = 0
    retirement: asyncio.TimerHandle | None = field(default=None)

    def end(self) -> None:
        if self.retirement is not None:
            self.retirement.cancel()
        if self.process.returncode is None:
            self.process.kill()


class Parsers:
    """Starts a process when a document comes, another when one waits. Close it.

    `most`: how many at once; by default as many as there are processors, two at most.
    """

    def __init__(
        self, *, limits: ParsingLimits | None = None, care: Care | None = None, most: int = 0
    ) -> None:
        self._limits = limits or ParsingLimits()
        self._care = care or Care()
        self._turn = asyncio.Semaphore(most or min(2, os.cpu_count() or 1))
        self._resting: list[_Parser] = []  # who rested last works next, so that others may retire
        self._alive: set[_Parser] = set()

    @property
    def pids(self) -> list[int]:
        """The processes that live now."""
        return [each.process.pid for each in self._alive if each.process.returncode is None]

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        """Return what a module's function makes of a document.

        Raises:
            FetchFailed: so the function says, or the document is more than the limits allow.

        """
        task = pack_task(function, download, cpu_s=self._limits.cpu_s)
        async with self._turn:
            parser = self._take_resting() or await self._start()
            try:
                kind, said = await self._ask(parser, task, download.body)
            except BaseException as error:
                parser.end()
                if isinstance(error, FetchFailed):
                    _report(function, error)
                raise
            self._put_back(parser)
        try:
            return read_answer(kind, said, function)
        except FetchFailed as failure:
            if kind != FAILED:
                _report(function, failure)
            raise

    async def aclose(self) -> None:
        self._resting.clear()
        for each in self._alive:
            each.end()
        ended = [each.process.wait() for each in self._alive]
        async with asyncio.timeout(_END_S):
            await asyncio.gather(*ended)
        self._alive.clear()

    def _take_resting(self) -> _Parser | None:
        while self._resting:
            parser = self._resting.pop()
            if parser.process.returncode is None:
                return parser
            parser.end()  # the system was short of memory, or somebody ended it
        return None

    async def _start(self) -> _Parser:
        self._alive = {each for each in self._alive if each.process.returncode is None}
        process = await asyncio.create_subprocess_exec(
            *command(self._limits, preload=_PRELOAD),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env=environment(),
            limit=_PIPE_BYTES,
            start_new_session=True,  # an interrupt at the terminal is for the bot, which ends it
        )
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("a process without the pipes that were asked for")
        parser = _Parser(process, process.stdin, process.stdout)
        self._alive.add(parser)
        try:
            async with asyncio.timeout(_START_S):
                await parser.back.readexactly(ANSWER.size)
        except (TimeoutError, asyncio.IncompleteReadError) as error:
            parser.end()
            log.exception("no parser could be started")
            raise FetchFailed("broken", may_pass=True, detail="no parser") from error
        except asyncio.CancelledError:
            parser.end()
            raise
        return parser

    async def _ask(self, parser: _Parser, task: bytes, body: bytes) -> tuple[bytes, bytes]:
        if parser.retirement is not None:
            parser.retirement.cancel()
        try:
            async with asyncio.timeout(self._limits.wall_s):
                parser.to.write(task)
                for start in range(0, len(body), _PIPE_BYTES):  # what waits to be sent is copied
                    parser.to.write(body[start : start + _PIPE_BYTES])
                    await parser.to.drain()
                head = await parser.back.readexactly(ANSWER.size)
                kind, size = read_head(head, self._limits)
                return kind, await parser.back.readexactly(size)
        except TimeoutError as error:
            raise failure_of_time(self._limits) from error
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise failure_of_end(await _returncode(parser.process)) from error

    def _put_back(self, parser: _Parser) -> None:
        parser.tasks += 1
        if self._is_worn(parser):
            parser.end()
            return
        loop = asyncio.get_running_loop()
        parser.retirement = loop.call_later(self._care.idle_s, self._retire, parser)
        self._resting.append(parser)

    def _is_worn(self, parser: _Parser) -> bool:
        if parser.tasks >= self._care.tasks:
            return True
        # To be told how much it holds takes as long as to hand over a page.
        is_asked = parser.tasks % self._care.weighed_every == 0
        return is_asked and _resident_bytes(parser.process.pid) > self._care.resident_bytes

    def _retire(self, parser: _Parser) -> None:
        self._resting.remove(parser)
        parser.end()


def _report(function: Callable[[Download], object], failure: FetchFailed) -> None:
    log.warning(
        "a document was more than its parser could take",
        extra={"function": name_of(function), "problem": str(failure)},
    )


async def _returncode(process: Process) -> int | None:
    """Return how it ended; None if it has closed its mouth and lives on."""
    try:
        async with asyncio.timeout(_END_S):
            return await process.wait()
    except TimeoutError:
        return None


def _resident_bytes(pid: int) -> int:
    """Return 0 where nobody tells; there the number of tasks alone counts."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0
