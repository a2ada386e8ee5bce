"""Where Slack shows us the door the connection ends with what to click; else it holds on."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier

from adapters.slack import open_slack
from bot.errors import ConfigError
from bot.events import ReactionAdded
from bot.texts import LANGUAGES, Texts
from tests.adapters.slack.slack_connecting import Joined, join, open_connection
from tests.servers.slack_server import (
    APP_TOKEN,
    BOT,
    BOT_TOKEN,
    SIGNING_SECRET,
    TEAM,
    SlackServer,
    until,
)

PLACE_OF_REQUESTS = "127.0.0.1:0"


async def run(slack: SlackServer, **settings: str) -> None:
    """Run the connection as the program does, for as long as Slack lets it."""
    tokens = {"bot_token": BOT_TOKEN, "app_token": APP_TOKEN, "signing_secret": "", "listen": ""}
    intake = Joined(slack, "socket").intake()
    chosen: dict[str, Any] = {**tokens, **settings}
    async with open_slack(**chosen, api_url=slack.api_url, intake=intake) as connection:
        await connection.run(asyncio.Event())


@pytest.mark.parametrize(
    ("settings", "key"),
    [
        ({"bot_token": "xoxb-unknown"}, "slack.token_invalid"),
        ({"app_token": "xapp-unknown"}, "slack.app_token_refused"),
        ({"bot_token": ""}, "slack.bot_token_missing"),
        ({"app_token": ""}, "slack.app_token_missing"),
        ({"listen": PLACE_OF_REQUESTS}, "slack.signing_secret_missing"),
        ({"listen": "192.0.2.1:1", "signing_secret": "secret"}, "slack.cannot_listen"),
    ],
)
async def test_settings_that_cannot_work_end_the_start(
    slack: SlackServer, settings: dict[str, str], key: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        await run(slack, **settings)

    assert refused.value.message_key == key
    for language in LANGUAGES:
        assert Texts.load().get(language, key, **refused.value.values)


@pytest.mark.parametrize(
    ("method", "error", "key"),
    [
        ("auth.test", "token_revoked", "slack.token_revoked"),
        ("auth.test", "account_inactive", "slack.token_revoked"),
        ("apps.connections.open", "missing_scope", "slack.app_token_refused"),
        ("apps.connections.open", "not_allowed_token_type", "slack.app_token_kind"),
    ],
)
async def test_each_refusal_has_its_sentence(
    slack: SlackServer, method: str, error: str, key: str
) -> None:
    await slack.fault(method, body={"ok": False, "error": error}, times=9)

    with pytest.raises(ConfigError) as refused:
        await run(slack)

    assert refused.value.message_key == key


REVOKED = {"type": "tokens_revoked", "tokens": {"bot": [BOT]}}


@pytest.mark.parametrize(
    ("frame", "key"),
    [
        (REVOKED, "slack.uninstalled"),
        ({"type": "app_uninstalled"}, "slack.uninstalled"),
        (None, "slack.socket_mode_off"),
    ],
)
async def test_being_sent_away_ends_the_connection(
    slack: SlackServer, frame: dict[str, Any] | None, key: str
) -> None:
    joined = Joined(slack, "socket")
    async with open_connection(joined) as connection:
        running = asyncio.ensure_future(connection.run(asyncio.Event()))
        await until(lambda: joined.connected)
        if frame is None:
            await slack.socket(disconnect="link_disabled")
        else:
            await slack.deliver_event(frame)
        with pytest.raises(ConfigError) as refused:
            await running

    assert refused.value.message_key == key


async def test_somebody_elses_token_is_not_ours(slack: SlackServer) -> None:
    async with join(slack, "socket") as joined:
        await slack.deliver_event({"type": "tokens_revoked", "tokens": {"oauth": ["U1"]}})
        ts = await slack.say("hello")
        await slack.react(ts, "bookmark")

        assert isinstance(await joined.only_event(), ReactionAdded)


async def test_a_slack_that_is_away_at_first_is_waited_for(slack: SlackServer) -> None:
    await slack.fault("auth.test", status=503, times=4)
    await slack.fault("apps.connections.open", status=429, headers={"Retry-After": "0"}, times=2)

    async with join(slack, "socket") as joined:
        assert len(joined.connected) == 1


async def test_a_connection_that_fails_does_not_log_its_ticket(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    address = slack.url.replace("http", "ws", 1) + "/nowhere?ticket=secret"
    await slack.fault("apps.connections.open", body={"ok": True, "url": address})
    joined, stop = Joined(slack, "socket"), asyncio.Event()
    async with open_connection(joined) as connection, asyncio.TaskGroup() as group:
        group.create_task(connection.run(stop))
        await until(lambda: "Failed to connect" in caplog.text)
        stop.set()

    assert "secret" not in caplog.text


async def test_connections_that_are_not_ours_are_told_of(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    async with join(slack, "socket") as joined:
        with caplog.at_level(logging.WARNING):
            await slack.socket(send={"type": "hello", "num_connections": 3})
            await until(lambda: len(joined.connected) == 2)

    assert "Slack counts 3 connections" in caplog.text


async def test_what_was_taken_is_finished_at_a_stop(slack: SlackServer) -> None:
    joined, stop = Joined(slack, "socket"), asyncio.Event()
    async with open_connection(joined) as connection, asyncio.TaskGroup() as group:
        group.create_task(connection.run(stop))
        await until(lambda: joined.connected)
        ts = await slack.say("hello")
        before = len(await slack.acks())
        joined.inbox.gate.clear()
        reacting = group.create_task(slack.react(ts, "bookmark"))
        await until(lambda: joined.inbox.puts)
        stop.set()
        joined.inbox.gate.set()
        await reacting

    assert len(await slack.acks()) == before + 1
    assert len(joined.events) == 1


async def test_dropped_events_are_made_good(slack: SlackServer) -> None:
    async with join(slack, "http") as joined, httpx.AsyncClient() as http:
        limited = await http.post(**signed(joined.url, '{"type": "app_rate_limited"}'))

        assert limited.status_code == 200
        assert len(joined.connected) == 2


@pytest.mark.parametrize("team", [TEAM, "T0OTHER"])
async def test_dropped_events_of_ours_are_made_good_over_a_socket_too(
    slack: SlackServer, team: str
) -> None:
    async with join(slack, "socket") as joined:
        await slack.deliver("events_api", {"type": "app_rate_limited", "team_id": team})
        await until(slack.acks)

        assert len(joined.connected) == (2 if team == TEAM else 1)


async def test_slack_may_check_the_address(slack: SlackServer) -> None:
    asked = '{"type": "url_verification", "challenge": "abc"}'
    async with join(slack, "http") as joined, httpx.AsyncClient() as http:
        checked = await http.post(**signed(joined.url, asked))

        assert checked.json() == {"challenge": "abc"}


def signed(url: str, body: str) -> dict[str, Any]:
    now = str(int(time.time()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=now, body=body)
    headers = {
        "Content-Type": "application/json",
        "X-Slack-Request-Timestamp": now,
        "X-Slack-Signature": signature or "",
    }
    return {"url": url, "content": body, "headers": headers}
