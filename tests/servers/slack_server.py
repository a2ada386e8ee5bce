"""The npm package local-slack as Slack itself, on loopback, with what tests play through it.

`slack_preload.js` beside this says what it can be asked for.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest

from tests.servers.running_bot import free_port

PROGRAM = Path(__file__).parent / "node_modules/local-slack-linux-x64/bin/local-slack"
NEEDS_LOCAL_SLACK = "npm install --no-package-lock --prefix tests/servers"
PRELOAD = Path(__file__).parent / "slack_preload.js"
START_TIMEOUT_S = 60

TEAM, SOCKET_APP, HTTP_APP = "T0TEAM", "A0SOCKET", "A0HTTP"
BOT, HTTP_BOT = "U0BOT", "U0HTTPBOT"
BOT_TOKEN, APP_TOKEN = "xoxb-socket-token", "xapp-socket-token"
HTTP_TOKEN, SIGNING_SECRET = "xoxb-http-token", "http-signing-secret"
MINA, ALICE = "U0MINA", "U0ALICE"  # mina's Slack speaks Korean, alice's English
GENERAL, PRIVATE, ELSEWHERE = "C0GENERAL", "C0PRIVATE", "C0ELSEWHERE"  # we are not in the last

CONFIG: dict[str, Any] = {
    "workspace": {"name": "Study", "domain": "study", "teamId": TEAM},
    "apps": [
        {
            "appId": SOCKET_APP,
            "botUserId": BOT,
            "botName": "jubo",
            "botToken": BOT_TOKEN,
            "appToken": APP_TOKEN,
            "signingSecret": "socket-signing-secret",
            "mode": "socket",
        },
        {
            "appId": HTTP_APP,
            "botUserId": HTTP_BOT,
            "botName": "jubohttp",
            "botToken": HTTP_TOKEN,
            "appToken": "xapp-http-token",
            "signingSecret": SIGNING_SECRET,
            "mode": "events",
            "requestUrl": "http://bot.invalid/slack/events",
        },
    ],
    "users": [
        {"id": MINA, "name": "mina", "real_name": "미나", "tz": "Asia/Seoul"},
        {"id": ALICE, "name": "alice", "real_name": "Alice", "tz": "Europe/London"},
    ],
    "channels": [
        {"id": GENERAL, "name": "general", "members": [MINA, ALICE, BOT, HTTP_BOT]},
        {
            "id": PRIVATE,
            "name": "private",
            "is_private": True,
            "members": [MINA, BOT, HTTP_BOT],
        },
        {"id": ELSEWHERE, "name": "elsewhere", "members": [MINA, ALICE]},
    ],
}
TOKENS = {BOT_TOKEN: BOT, APP_TOKEN: BOT, HTTP_TOKEN: HTTP_BOT, "xapp-http-token": HTTP_BOT}

EVENT = {"type": "event_callback", "team_id": TEAM, "api_app_id": SOCKET_APP, "event_time": 0}

# How local-slack notes in its log that a bot answered, over Socket Mode and over HTTP.
_FORM_ANSWERS = ('"kind":"ack"', '"direction":"from_bot","kind":"interactive"')


class SlackServer:
    """Slack as a test sees it: members act, the server misbehaves as told, calls are kept."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self.url = url
        self.api_url = f"{url}/api/"
        self._http = http

    async def say(
        self, text: str, *, by: str = MINA, channel: str = GENERAL, thread: str | None = None
    ) -> str:
        """Post as a member; the timestamp is the message's id in its channel."""
        asked = {"channel": channel, "user": by, "text": text, "thread_ts": thread}
        answer = await self.control("message", **asked)
        return str(answer["message"]["ts"])

    async def open_direct(self, member: str, *, bot: str = BOT_TOKEN) -> str:
        """Return the channel of a member's direct messages with the bot."""
        headers = {"Authorization": f"Bearer {bot}"}
        asked = {"users": member}
        answer = await self._http.post("/api/conversations.open", data=asked, headers=headers)
        return str(answer.json()["channel"]["id"])

    async def edit(self, ts: str, text: str, *, by: str = MINA, channel: str = GENERAL) -> None:
        await self.control("edit-message", channel=channel, ts=ts, user=by, text=text)

    async def delete(self, ts: str, *, by: str = MINA, channel: str = GENERAL) -> None:
        await self.control("delete-message", channel=channel, ts=ts, user=by)

    async def react(
        self, ts: str, name: str, *, by: str = MINA, channel: str = GENERAL, present: bool = True
    ) -> None:
        await self.control("reaction", channel=channel, ts=ts, user=by, name=name, present=present)

    async def command(
        self,
        command: str,
        text: str = "",
        *,
        by: str = MINA,
        channel: str = GENERAL,
        app: str = SOCKET_APP,
    ) -> None:
        """Call a slash command; returns when the bot has acknowledged it, at most after 5 s."""
        await self.control(
            "command", channel=channel, user=by, command=command, text=text, appId=app
        )

    async def press(
        self, ts: str, action: dict[str, Any], *, by: str = MINA, channel: str = GENERAL
    ) -> None:
        """Press a button, or choose from a menu, of one of our messages."""
        await self.control("interact", channel=channel, messageTs=ts, user=by, action=action)

    async def upload(
        self, name: str, data: bytes, *, text: str = "", by: str = MINA, channel: str = GENERAL
    ) -> str:
        form = {"channel": channel, "user": by, "text": text}
        answer = await self._http.post("/_control/upload", data=form, files={"file": (name, data)})
        answer.raise_for_status()
        return str(answer.json()["message"]["ts"])

    async def messages(self, channel: str = GENERAL) -> list[dict[str, Any]]:
        """Return all that stands in a channel, replies and ephemeral messages too."""
        answer = await self._http.get(f"/_control/messages/{channel}")
        return list(answer.json()["messages"])

    async def fault(self, method: str, **how: Any) -> None:
        """Have the next call of a Web API method fail; `how` as in slack_preload.js."""
        await self._post("/_test/fault", method=method, **how)

    async def settings(self, **settings: Any) -> None:
        await self._post("/_test/settings", **settings)

    async def socket(self, **act: Any) -> int:
        """Do something to every Socket Mode connection; return how many there are."""
        return int((await self._post("/_test/socket", **act))["sockets"])

    async def calls(self, method: str | None = None) -> list[dict[str, Any]]:
        answer = await self._http.get("/_test/calls")
        return [each for each in answer.json() if method in (None, each["method"])]

    async def acks(self) -> list[dict[str, Any]]:
        return list((await self._http.get("/_test/acks")).json())

    async def submit(self, values: dict[str, Any], *, by: str = MINA) -> None:
        """Send the form that is open, as a browser does."""
        address = self.url.replace("http", "ws", 1) + "/ui"
        async with aiohttp.ClientSession() as session, session.ws_connect(address) as browser:
            await browser.send_json({"t": "view_submit", "user": by, "values": values})
            async for message in browser:
                if (
                    '"kind":"ack"' in message.data
                    or '"from_bot","kind":"interactive"' in message.data
                ):
                    return

    async def deliver(self, kind: str, payload: dict[str, Any]) -> None:
        """Send what local-slack cannot make by itself over Socket Mode."""
        envelope = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        await self.socket(send={**envelope, "accepts_response_payload": kind != "events_api"})

    async def deliver_event(self, event: dict[str, Any]) -> None:
        await self.deliver("events_api", {**EVENT, "event_id": f"Ev{uuid.uuid4()}", "event": event})

    async def control(self, what: str, **body: Any) -> dict[str, Any]:
        return await self._post(f"/_control/{what}", **body)

    async def _post(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self._http.post(path, json=body)
        answer.raise_for_status()
        return dict(answer.json())


async def until(find: Callable[[], Any], *, timeout_s: float = 30) -> Any:
    """Return what `find` finds as soon as it is true; a coroutine is awaited."""
    deadline = time.monotonic() + timeout_s
    while True:
        found = find()
        if asyncio.iscoroutine(found):
            found = await found
        if found:
            return found
        if time.monotonic() > deadline:
            pytest.fail("it did not happen in time")
        await asyncio.sleep(0.02)


@pytest.fixture(scope="module")  # of a session, those of all files would stay to its end
def slack_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start local-slack once a file of tests."""
    with run_slack(tmp_path_factory.mktemp("slack")) as url:
        yield url


@contextmanager
def run_slack(folder: Path, *, channels: Sequence[Mapping[str, Any]] = ()) -> Iterator[str]:
    """Start local-slack, with these channels beside the usual ones; yield its address."""
    if not PROGRAM.exists():
        pytest.skip(NEEDS_LOCAL_SLACK)
    config = folder / "config.json"
    has = {**CONFIG, "channels": [*CONFIG["channels"], *channels]}
    config.write_text(json.dumps(has), encoding="utf-8")
    port = free_port()
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [
                PROGRAM,
                *("--config", config, "--port", str(port)),
                *("--base-host", "127.0.0.1", "--files-dir", folder / "files"),
            ],
            stdout=log,
            stderr=log,
            env={
                **os.environ,
                "BUN_OPTIONS": f"--preload={PRELOAD}",
                "SLACK_TEST_TOKENS": json.dumps(TOKENS),
            },
        )
        try:
            _wait_until_it_answers(f"http://127.0.0.1:{port}/_control/state", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("local-slack did not start")


@pytest.fixture
async def slack(slack_url: str) -> AsyncIterator[SlackServer]:
    """Return Slack as at its first start: nothing said, nothing asked of it."""
    async with httpx.AsyncClient(base_url=slack_url, timeout=60) as http:
        await http.post("/_test/reset")
        yield SlackServer(slack_url, http)
