"""Slack hangs up in every way it has: the bot comes back and misses nothing, or says what to do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.texts import Texts
from tests.servers.kept import is_idle
from tests.servers.local_web import answer, open_web
from tests.servers.running_bot import RunningBot, running_bot
from tests.servers.slack_server import (
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    SlackServer,
    slack,
    slack_url,
    until,
)

__all__ = ["slack", "slack_url"]

pytestmark = pytest.mark.timeout(300)  # processes on a busy machine

PAGE = answer(
    "<!doctype html><html lang=en><title>A page</title><article><h1>A page</h1><p>Overlapping "
    "pairs of syllables find the stem of a Korean word in any text.</p></article></html>"
)
HANG_UPS: list[dict[str, Any]] = [
    {"disconnect": "warning"},
    {"disconnect": "refresh_requested"},
    {"close": 1000},
    {"close": 1011},
]
TOKENS = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT]}}
CONFIG_ERROR = 78


@pytest.fixture
async def bot(tmp_path: Path, slack: SlackServer) -> AsyncIterator[RunningBot]:
    async with open_web() as web:
        web.add("/page", PAGE)
        settings = {
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "SLACK_API_URL": slack.api_url,
            "JUBO_ALLOW_HOSTS": f"127.0.0.1:{web.port}",
            "PAGE": web.url("/page"),
        }
        async with running_bot(tmp_path / "home", settings, only="slack") as running:
            await until(lambda: slack.socket(), timeout_s=60)
            yield running


async def is_marked(slack: SlackServer, ts: str) -> bool:
    (found,) = [each for each in await slack.messages() if each["ts"] == ts]
    return any(
        each["name"] == "white_check_mark" and BOT in each["users"]
        for each in found.get("reactions", [])
    )


async def test_what_is_said_while_it_hangs_up_is_heard(slack: SlackServer, bot: RunningBot) -> None:
    said, asked = [], []
    for act in HANG_UPS:
        await until(lambda: slack.socket(), timeout_s=60)
        await slack.socket(**act)
        said.append(await slack.say(f"see {bot.settings['PAGE']}"))
        await slack.react(said[-1], "bookmark")
        asked.append(await slack.say("a thread"))
        await slack.say(f"<@{BOT}> what is known?", thread=asked[-1])
    await until(lambda: slack.socket(), timeout_s=60)
    await slack.fault("apps.connections.open", status=503, times=2)
    await slack.fault("apps.connections.open", status=429, headers={"Retry-After": "1"})
    await slack.socket(close=1001)
    said.append(await slack.say(f"see {bot.settings['PAGE']}"))
    await slack.react(said[-1], "bookmark")

    async def are_marked() -> bool:
        return all([await is_marked(slack, ts) for ts in said])

    async def are_answered() -> bool:
        return await answers() == asked

    async def answers() -> list[str]:
        ours = [each for each in await slack.messages() if each["user"] == BOT]
        return sorted(each["thread_ts"] for each in ours)

    await until(are_marked, timeout_s=60)
    await until(are_answered, timeout_s=60)
    await until(lambda: is_idle(bot.home), timeout_s=60)
    assert await are_answered(), bot.log
    assert "Traceback" not in bot.log, bot.log


@pytest.mark.parametrize(
    ("act", "event", "key"),
    [
        ({"disconnect": "link_disabled"}, None, "slack.socket_mode_off"),
        (None, TOKENS, "slack.uninstalled"),
        (None, {"type": "app_uninstalled"}, "slack.uninstalled"),
        ({"close": 1000}, None, "slack.app_token_refused"),
    ],
)
async def test_being_shown_the_door_ends_in_one_sentence(
    slack: SlackServer,
    bot: RunningBot,
    act: dict[str, Any] | None,
    event: dict[str, Any] | None,
    key: str,
) -> None:
    if event:
        await slack.deliver_event(event)
    if act:
        refusal = {"ok": False, "error": "invalid_auth"}
        await slack.fault("apps.connections.open", body=refusal, times=9)
        await slack.socket(**act)

    assert await bot.wait() == CONFIG_ERROR
    said = [line for line in bot.log.splitlines() if Texts.load().get("en", key) in line]
    assert len(said) == 1, bot.log
    assert "Traceback" not in bot.log


async def test_what_is_asked_of_a_revoked_token_is_answered_with_the_next(
    slack: SlackServer, bot: RunningBot
) -> None:
    revoked = {"ok": False, "error": "token_revoked"}
    await slack.fault("users.info", body=revoked, times=9)
    await slack.fault("conversations.history", body=revoked, times=9)

    ts = await slack.say(f"see {bot.settings['PAGE']}")
    await slack.react(ts, "bookmark")
    code = await bot.wait()
    log = bot.log
    await slack.settings(faults=[])
    await bot.start()

    await until(lambda: is_marked(slack, ts), timeout_s=60)
    assert code == CONFIG_ERROR
    assert log.count(Texts.load().get("en", "slack.token_revoked")) == 1, log
    assert "Traceback" not in log, log
