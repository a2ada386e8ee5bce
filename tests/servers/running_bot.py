"""`jubo serve` as a process of its own, as operators run it: it can be stopped and killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.warm_start import ROOT, Started, start

START_WITHIN_S = 90  # on a busy machine
STOP_WITHIN_S = 60
PORTS = range(12_000, 32_000)
_OURS = ("JUBO_", "SLACK_", "DISCORD_", "OPENAI_", "LANG", "LC_")


@dataclass
class RunningBot:
    """`log` is what it said on stderr so far; `url` is that of the web chat, "" without it."""

    home: Path
    settings: Mapping[str, str]
    only: str
    url: str = ""
    process: Started | None = None
    lines: list[str] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None
    _pipes: list[asyncio.ReadTransport] = field(default_factory=list)

    @property
    def log(self) -> str:
        return "".join(self.lines)

    async def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        said, stdout = await self._open_pipe()
        log, stderr = await self._open_pipe()
        self.process = start(
            ("-v", "serve", "--only", self.only, "--json"),
            folder=ROOT,
            environment={
                **environment,
                "JUBO_HOME": str(self.home),
                "LANG": "C.UTF-8",
                **self.settings,
            },
            streams=(stdout, stderr),
        )
        os.close(stdout)
        os.close(stderr)
        self._reader = asyncio.create_task(self._read_log(log))
        async with asyncio.timeout(START_WITHIN_S):
            line = await said.readline()
        assert line, self.log
        self.url = json.loads(line)["url"]

    async def _open_pipe(self) -> tuple[asyncio.StreamReader, int]:
        """Return what comes out, and where to write."""
        reader = asyncio.StreamReader()
        out, into = os.pipe()
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(out, "rb", 0)
        )
        self._pipes.append(transport)
        return reader, into

    async def kill(self) -> None:
        """End it as a power cut does."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        return await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await self.wait()

    async def wait(self) -> int:
        """Return with which code it ended."""
        assert self.process is not None
        code = await asyncio.to_thread(self.process.wait, STOP_WITHIN_S)
        if self._reader is not None:
            await self._reader
        while self._pipes:
            self._pipes.pop().close()
        return code

    async def _read_log(self, log: asyncio.StreamReader) -> None:
        while line := await log.readline():
            self.lines.append(line.decode("utf-8", "replace"))


def free_port() -> int:
    """Return a port to listen on, now and after a kill.

    None that the system gives out by itself: another process could get it meanwhile.
    """
    while True:
        port = random.choice(PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue


@asynccontextmanager
async def running_bot(
    home: Path, settings: Mapping[str, str], *, only: str
) -> AsyncIterator[RunningBot]:
    bot = RunningBot(home, settings, only)
    await bot.start()
    try:
        yield bot
    finally:
        if bot.process is not None and bot.process.returncode is None:
            await bot.kill()
