"""An app may be installed in other workspaces too: what happens there is none of our business."""

from __future__ import annotations

import logging
import uuid
from typing import Any

import pytest

from adapters.slack.tenancy import is_of_team
from bot.events import CommandCalled
from tests.adapters.slack.slack_connecting import Joined, join
from tests.servers.slack_server import BOT, GENERAL, MINA, TEAM, SlackServer, until

OTHER = "T0OTHER"


@pytest.mark.parametrize(
    ("body", "is_ours"),
    [
        ({"authorizations": [{"team_id": TEAM}], "team_id": OTHER}, True),  # a shared channel
        ({"authorizations": [{"team_id": OTHER}, {"team_id": TEAM}], "team_id": OTHER}, True),
        ({"authorizations": [{"team_id": OTHER}], "team_id": OTHER}, False),
        ({"authorizations": [{"team_id": OTHER}], "team_id": TEAM}, False),
        ({"authorizations": [], "team_id": TEAM}, True),
        ({"authorizations": [], "team_id": OTHER}, False),
        ({"team_id": OTHER}, False),
        ({"team": {"id": TEAM}, "user": {"team_id": OTHER}}, True),
        ({"team": {"id": OTHER}, "user": {"team_id": TEAM}}, False),
        ({"team": None, "authorizations": None}, True),
        ({}, True),
    ],
)
def test_whose_it_is_says_who_it_was_delivered_for(body: dict[str, Any], is_ours: bool) -> None:
    assert is_of_team(body, TEAM) is is_ours


WHO = {"user_id": MINA, "user_name": "mina", "channel_id": GENERAL, "channel_name": "general"}
ACT = {"user": {"id": MINA}, "channel": {"id": GENERAL}, "trigger_id": "1.2.act"}
MENTION = {"type": "app_mention", "channel": GENERAL, "user": MINA, "ts": "1700000000.000100"}
THEIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "event": ("events_api", {"event": {**MENTION, "text": f"<@{BOT}> hello"}}),
    "uninstalled": ("events_api", {"event": {"type": "app_uninstalled"}}),
    "revoked": ("events_api", {"event": {"type": "tokens_revoked", "tokens": {"bot": [BOT]}}}),
    "command": (
        "slash_commands",
        {"command": "/ask", "text": "why?", "trigger_id": "1.2.c", "team_id": OTHER, **WHO},
    ),
    "bare command": (
        "slash_commands",
        {"command": "/digest", "text": "", "trigger_id": "1.2.d", "team_id": OTHER, **WHO},
    ),
    "press": (
        "interactive",
        {
            **ACT,
            "type": "block_actions",
            "team": {"id": OTHER},
            "container": {"channel_id": GENERAL, "message_ts": "1700000000.000100"},
            "actions": [{"type": "button", "action_id": "more#0", "block_id": "b", "value": "1"}],
        },
    ),
    "form": (
        "interactive",
        {
            **ACT,
            "type": "view_submission",
            "team": {"id": OTHER},
            "view": {
                "id": "V1",
                "type": "modal",
                "callback_id": "command",
                "private_metadata": '{"command": "digest", "channel": "C0GENERAL"}',
                "blocks": [{"block_id": "period"}],
                "state": {"values": {}},
            },
        },
    ),
}


def named(kind: str, payload: dict[str, Any]) -> dict[str, Any]:
    if kind != "events_api":
        return payload
    envelope = {"type": "event_callback", "team_id": OTHER, "event_id": f"Ev{uuid.uuid4()}"}
    return {**envelope, "authorizations": [{"team_id": OTHER}], **payload}


@pytest.mark.parametrize("what", THEIRS)
async def test_what_happens_in_another_workspace_is_acknowledged_and_left_alone(
    slack: SlackServer, what: str
) -> None:
    kind, payload = THEIRS[what]
    async with join(slack, "socket") as joined:
        await slack.deliver(kind, named(kind, payload))
        await until(slack.acks)
        await check_only_ours(joined)

    assert await slack.calls("views.open") == []


async def check_only_ours(joined: Joined) -> None:
    await joined.slack.command("/ask", "ours?", app=joined.app)
    await until(lambda: joined.events)
    [event] = joined.events
    assert isinstance(event, CommandCalled)
    assert event.arguments == "ours?"


async def test_another_workspace_is_logged_once(
    slack: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    kind, payload = THEIRS["event"]
    async with join(slack, "socket") as joined:
        with caplog.at_level(logging.WARNING, "adapters.slack"):
            for _ in range(3):
                await slack.deliver(kind, named(kind, payload))
            await check_only_ours(joined)

    told = [each for each in caplog.records if getattr(each, "team", "") == OTHER]
    assert len(told) == 1
