"""A local Discord for tests: npm discord-digital-twin behind discord_twin.mjs, one a file of tests.

`discord_server` plays what members do: `await discord_server.do("message", channel=…, user=…)`.
What it can do is in `verbs` of discord_twin.mjs. Each test starts without faults, log and commands;
its messages stay, so a test that reads a channel's past opens a channel of its own.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

HERE = Path(__file__).parent
TWIN = HERE / "discord_twin.mjs"
PACKAGE = HERE / "node_modules/discord-digital-twin"
NEEDS_NODE = "apt-get install nodejs npm"
NEEDS_PACKAGES = "npm install --no-package-lock --prefix tests/servers"


@dataclass(frozen=True)
class DiscordServer:
    """`channels`, `users` and `dms` hold ids by name; `dms` are the channels of each user with us.

    Alice and Bob are in both guilds, Carol in the first, Dave in none; `robot` is a bot.
    The channel `secret` is Alice's and ours.
    """

    origin: str
    rest: str
    gateway: str
    token: str
    bot: str
    application: str
    guild: str
    second_guild: str
    channels: dict[str, str]
    users: dict[str, str]
    dms: dict[str, str]

    async def do(self, verb: str, /, **body: Any) -> dict[str, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.origin}/_control/{verb}", json=body) as answer,
        ):
            result = await answer.json()
            assert answer.status == 200, result
            return dict(result) if isinstance(result, dict) else {"results": result}

    async def burst(self, verb: str, bodies: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        return list((await self.do("burst", verb=verb, bodies=list(bodies)))["results"])

    async def log(self) -> list[dict[str, Any]]:
        return list((await self.do("log"))["results"])

    async def requests(self, method: str, path: str) -> list[dict[str, Any]]:
        """Return the logged requests whose path ends like this."""
        return [
            each
            for each in await self.log()
            if each.get("method") == method and each["path"].endswith(path)
        ]

    async def hears_bot(self) -> bool:
        """Return whether the bot listens, and its commands are there to be called."""
        greetings = [each for each in await self.log() if each.get("gateway") == "IDENTIFY"]
        return bool(greetings and await self.requests("PUT", "/commands"))

    async def read(self, path: str) -> Any:
        """Ask the REST interface as the bot would."""
        headers = {"Authorization": f"Bot {self.token}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{self.rest}{path}") as answer,
        ):
            return await answer.json()


@contextmanager
def run_discord() -> Iterator[DiscordServer]:
    node = shutil.which("node")
    if node is None:
        pytest.skip(NEEDS_NODE)
    if not PACKAGE.exists():
        pytest.skip(NEEDS_PACKAGES)
    process = subprocess.Popen(
        [node, TWIN], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        yield DiscordServer(**json.loads(process.stdout.readline()))
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@pytest.fixture(scope="module")  # of a session, those of all files would stay to its end
def discord_process() -> Iterator[DiscordServer]:
    with run_discord() as server:
        yield server


@pytest.fixture
async def discord_server(discord_process: DiscordServer) -> DiscordServer:
    await discord_process.do("reset")
    return discord_process
