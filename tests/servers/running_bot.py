"""`jubo serve` as a process of its own, as operators run it: it can be stopped and killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

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
    process: asyncio.subprocess.Process | None = None
    lines: list[str] = field(default_factory=list)
    _reader: asyncio.Task[None] | None = None

    @property
    def log(self) -> str:
        return "".join(self.lines)

    async def start(self) -> None:
        environment = {k: v for k, v in os.environ.items() if not k.startswith(_OURS)}
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "-v", "serve", "--only", self.only, "--json"),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=Path(__file__).parents[2],
            env={**environment, "JUBO_HOME": str(self.home), "LANG": "C.UTF-8", **self.settings},
        )
        self._reader = asyncio.create_task(self._read_log())
        assert self.process.stdout is not None
        async with asyncio.timeout(START_WITHIN_S):
            line = await self.process.stdout.readline()
        assert line, self.log
        self.url = json.loads(line)["url"]

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
        async with asyncio.timeout(STOP_WITHIN_S):
            code = await self.process.wait()
        if self._reader is not None:
            await self._reader
        return code

    async def _read_log(self) -> None:
        assert self.process is not None
        assert self.process.stderr is not None
        while line := await self.process.stderr.readline():
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
