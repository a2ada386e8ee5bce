"""What taking in Slack's events costs, and how soon they are acknowledged.

    python -m benchmarks.slack_events            both
    python -m benchmarks.slack_events cost       CPU an event beside a bare slack-bolt handler
    python -m benchmarks.slack_events bursts     500 commands and 5,000 reactions, slow work behind

The bare handler does one durable SQLite insert (`synchronous=FULL`) over the same signed HTTP,
in the same run. Jubo is `jubo serve --only slack` as operators run it; its Slack is a stub here.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import aiohttp
from aiohttp import web

SECRET = "benchmark-secret"
BURST = 200
EVENTS = 4000
COMMANDS, REACTIONS = 500, 5000
MESSAGES = 250  # that the reactions are about
SLOW_S = 2.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class StubSlack:
    """Enough of the Web API for a bot that reads and answers; every answer takes `slow_s`."""

    slow_s: float = 0.0
    origin: str = ""
    calls: dict[str, int] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        self.calls[method] = self.calls.get(method, 0) + 1
        if self.slow_s and method != "auth.test":
            await asyncio.sleep(self.slow_s)
        given: dict[str, object] = {**request.query, **(await request.post())}
        return web.json_response({"ok": True, **self._body(method, given)})

    async def page(self, request: web.Request) -> web.Response:
        await asyncio.sleep(self.slow_s)
        words = f"Page {request.match_info['name']} says what the others do not say. " * 20
        return web.Response(text=f"<title>A page</title><p>{words}</p>", content_type="text/html")

    def _body(self, method: str, given: dict[str, object]) -> dict[str, object]:
        ts = str(given.get("latest") or given.get("ts") or f"{time.time():.6f}")
        message = {"ts": ts, "user": "U1", "text": f"<{self.origin}/page/{ts}>"}
        user = str(given.get("user", "U1"))
        bodies: dict[str, dict[str, object]] = {
            "auth.test": {
                "team_id": "T1",
                "team": "Team",
                "user_id": "UBOT",
                "bot_id": "BBOT",
                "user": "jubo",
            },
            "users.info": {"user": {"id": user, "name": user, "locale": "en-US", "profile": {}}},
            "conversations.info": {"channel": {"id": "C1", "name": "general", "is_channel": True}},
            "conversations.history": {"messages": [message]},
            "conversations.replies": {"messages": [message]},
            "users.conversations": {"channels": []},
            "chat.postMessage": {"channel": "C1", "ts": ts, "message": message},
            "chat.postEphemeral": {"message_ts": ts},
        }
        return bodies.get(method, {})


@asynccontextmanager
async def stub_slack() -> AsyncIterator[tuple[StubSlack, str]]:
    stub = StubSlack()
    site = web.Application()
    site.router.add_route("*", "/api/{method}", stub.answer)
    site.router.add_get("/page/{name}", stub.page)
    runner = web.AppRunner(site, access_log=None)
    await runner.setup()
    port = free_port()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    stub.origin = f"http://127.0.0.1:{port}"
    try:
        yield stub, f"{stub.origin}/api/"
    finally:
        await runner.cleanup()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def reaction(number: int, *, name: str) -> bytes:
    event = {
        "type": "reaction_added",
        "user": f"U{number // MESSAGES}",
        "reaction": name,
        "item": {"type": "message", "channel": "C1", "ts": f"1700000000.{number % MESSAGES:06}"},
        "item_user": "U1",
        "event_ts": f"{1700001000 + number}.000100",
    }
    body = {
        "type": "event_callback",
        "event_id": f"Ev{number}",
        "event_time": 1700001000 + number,
        "team_id": "T1",
        "api_app_id": "A1",
        "event": event,
        "authorizations": [{"team_id": "T1", "user_id": "UBOT", "is_bot": True}],
    }
    return json.dumps(body).encode()


def command(number: int) -> bytes:
    fields = {
        "command": "/jubo",
        "text": "help",
        "user_id": f"U{number % 20}",
        "user_name": "someone",
        "team_id": "T1",
        "channel_id": "C1",
        "channel_name": "general",
        "trigger_id": f"{number}.1.a",
        "response_url": "",
        "api_app_id": "A1",
    }
    return urlencode(fields).encode()


def signed(body: bytes) -> dict[str, str]:
    now = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:%s:%s" % (now.encode(), body), hashlib.sha256)
    is_json = body.startswith(b"{")
    return {
        "Content-Type": "application/json" if is_json else "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": f"v0={digest.hexdigest()}",
    }


async def deliver(url: str, bodies: Sequence[bytes]) -> list[float]:
    """Send in bursts; return the seconds until each was acknowledged."""
    connector = aiohttp.TCPConnector(limit=BURST)
    waits: list[float] = []
    async with aiohttp.ClientSession(connector=connector) as session:

        async def send(body: bytes) -> None:
            start = time.perf_counter()
            async with session.post(url, data=body, headers=signed(body)) as answer:
                await answer.read()
                assert answer.status == 200, answer.status
            waits.append(time.perf_counter() - start)

        for start in range(0, len(bodies), BURST):
            await asyncio.gather(*map(send, bodies[start : start + BURST]))
    return waits


def cpu_s(process: subprocess.Popen[bytes]) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


async def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise TimeoutError("the server did not start")


@asynccontextmanager
async def jubo(home: Path, api_url: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    environment = {
        **os.environ,
        "JUBO_HOME": str(home),
        "SLACK_BOT_TOKEN": "xoxb-benchmark",
        "SLACK_SIGNING_SECRET": SECRET,
        "SLACK_API_URL": api_url,
        "JUBO_SLACK_HTTP": f"127.0.0.1:{port}",
        "JUBO_ALLOW_HOSTS": urlsplit(api_url).netloc,
    }
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
        [sys.executable, "-m", "bot", "serve", "--only", "slack", "--json"],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            await wait_for(port)
            yield process, f"http://127.0.0.1:{port}/slack/events"
        finally:
            process.terminate()


@asynccontextmanager
async def bare(folder: Path, api_url: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    with subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
        [sys.executable, "-m", "benchmarks.bare_bolt", str(port), str(folder / "bare.db"), api_url],
        env={**os.environ, "SECRET": SECRET},
    ) as process:
        try:
            await wait_for(port)
            yield process, f"http://127.0.0.1:{port}/slack/events"
        finally:
            process.terminate()


def count(path: Path, query: str) -> int:
    with sqlite3.connect(path) as connection:
        return int(connection.execute(query).fetchone()[0])


async def measure_cost(folder: Path) -> None:
    bodies = [reaction(number, name="thumbsup") for number in range(EVENTS)]
    warm = [reaction(EVENTS + number, name="thumbsup") for number in range(BURST)]
    results: dict[str, list[float]] = {"bare": [], "jubo": []}
    async with stub_slack() as (_, api_url):
        for run in range(3):
            for name, opening in (("bare", bare), ("jubo", jubo)):
                place = folder / f"{name}-{run}"
                place.mkdir()
                async with opening(place, api_url) as (process, url):
                    await deliver(url, warm)
                    await asyncio.sleep(1)
                    before = cpu_s(process)
                    await deliver(url, bodies)
                    if name == "jubo":
                        await drained(place / "jubo.db")
                    results[name].append((cpu_s(process) - before) / EVENTS * 1e6)
    for name, each in results.items():
        spread = f"({min(each):.0f}–{max(each):.0f})"
        print(f"{name}: {statistics.median(each):.0f} µs CPU an event {spread}")
    ratio = statistics.median(results["jubo"]) / statistics.median(results["bare"])
    print(f"jubo / bare, each event seen through to its end: {ratio:.2f}")


async def drained(database: Path, *, timeout_s: float = 600) -> None:
    deadline = time.monotonic() + timeout_s
    while count(database, "SELECT count(*) FROM inbox WHERE state = 'open'"):
        if time.monotonic() > deadline:
            raise TimeoutError("events are still open")
        await asyncio.sleep(0.2)


async def measure_bursts(folder: Path) -> None:
    commands = [command(number) for number in range(COMMANDS)]
    reactions = [reaction(number, name="bookmark") for number in range(REACTIONS)]
    # Commands come in between the reactions, as people call them.
    mixed = [
        *(body for n in range(COMMANDS) for body in (commands[n], *reactions[n * 10 : n * 10 + 10]))
    ]
    home = folder / "bursts"
    async with stub_slack() as (stub, api_url), jubo(home, api_url) as (_, url):
        stub.slow_s = SLOW_S
        start = time.monotonic()
        waits = sorted(await deliver(url, mixed))
        took_s = time.monotonic() - start
        kept = count(home / "jubo.db", "SELECT count(*) FROM inbox")
        stub.slow_s = 0
        await drained(home / "jubo.db")
        saves = count(home / "jubo.db", "SELECT count(*) FROM saves")
        failed = count(home / "jubo.db", "SELECT count(*) FROM inbox WHERE state = 'failed'")
    at = {
        share: waits[min(len(waits) - 1, int(len(waits) * share))] for share in (0.5, 0.99, 0.999)
    }
    shares = ", ".join(f"p{share * 100:g} {wait:.3f} s" for share, wait in at.items())
    print(f"acknowledged: {len(waits)} in {took_s:.1f} s; {shares}, largest {waits[-1]:.3f} s")
    print(f"inbox rows {kept} of {len(mixed)}; saves {saves} of {REACTIONS}; set aside {failed}")


async def main(what: str) -> None:
    with tempfile.TemporaryDirectory(prefix="jubo-slack-") as name:
        if what in ("cost", "both"):
            await measure_cost(Path(name))
        if what in ("bursts", "both"):
            await measure_bursts(Path(name))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "both"))
