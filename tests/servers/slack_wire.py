"""Slack's deliveries made by the test itself: in any order, as often as it likes, until taken."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import httpx
from slack_sdk.signature import SignatureVerifier

from tests.servers.slack_server import SIGNING_SECRET, TEAM, SlackServer, until

TAKEN_WITHIN_S = 60.0
AGAIN_AFTER_S = 3.0


class Wire(ABC):
    async def deliver(self, kind: str, payload: Mapping[str, Any]) -> None:
        """Deliver, again and again until the bot acknowledges it.

        `kind` is Socket Mode's: events_api, slash_commands, interactive.
        """
        await until(lambda: self._is_taken(kind, payload), timeout_s=TAKEN_WITHIN_S)

    @abstractmethod
    async def _is_taken(self, kind: str, payload: Mapping[str, Any]) -> bool:
        """Deliver once."""


class SignedWire(Wire):
    """Requests to the bot's own address, as Slack signs them."""

    def __init__(self, http: httpx.AsyncClient, address: str) -> None:
        self._http = http
        self._address = address

    async def answer(self, kind: str, payload: Mapping[str, Any]) -> httpx.Response:
        """Deliver once; return what the bot answers."""
        body, content_type = _encode(kind, payload)
        now = str(int(time.time()))
        signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=now, body=body)
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": now,
            "X-Slack-Signature": signature or "",
        }
        return await self._http.post(self._address, content=body, headers=headers)

    async def _is_taken(self, kind: str, payload: Mapping[str, Any]) -> bool:
        try:
            return (await self.answer(kind, payload)).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False


class SocketWire(Wire):
    """Envelopes over whatever connection the bot has."""

    def __init__(self, slack: SlackServer) -> None:
        self._slack = slack

    async def _is_taken(self, kind: str, payload: Mapping[str, Any]) -> bool:
        envelope = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        await self._slack.socket(send={**envelope, "accepts_response_payload": True})
        with suppress(TimeoutError):
            async with asyncio.timeout(AGAIN_AFTER_S):
                return bool(await until(lambda: self._is_acknowledged(envelope["envelope_id"])))
        return False

    async def _is_acknowledged(self, envelope: object) -> bool:
        return any(each.get("envelope_id") == envelope for each in await self._slack.acks())


def _encode(kind: str, payload: Mapping[str, Any]) -> tuple[str, str]:
    match kind:
        case "events_api":
            return json.dumps(payload), "application/json"
        case "slash_commands":
            return urlencode(payload), "application/x-www-form-urlencoded"
        case _:
            form = {"payload": json.dumps(payload)}
            return urlencode(form), "application/x-www-form-urlencoded"


class Payloads:
    """What Slack would say: each call is one act of a member, with an identity of its own.

    `app` and `bot` are those of the Slack app that hears it.
    """

    def __init__(self, *, app: str, bot: str, channel: str) -> None:
        self._app = app
        self._bot = bot
        self._channel = channel
        self._start = time.time()
        self._count = 0

    def reaction(self, ts: str, name: str, by: str, *, is_on: bool = True) -> Delivery:
        return self._event(
            type="reaction_added" if is_on else "reaction_removed",
            user=by,
            reaction=name,
            item={"type": "message", "channel": self._channel, "ts": ts},
            event_ts=self._now(),
        )

    def message(
        self, ts: str, text: str, by: str, *, kind: str = "message", thread: str = ""
    ) -> Delivery:
        below = {"thread_ts": thread} if thread else {}
        said = {"user": by, "text": text, "ts": ts, "event_ts": ts, **below}
        return self._event(type=kind, channel=self._channel, channel_type="channel", **said)

    def edit(self, ts: str, before: str, after: str, by: str) -> Delivery:
        now = self._now()
        old = {"type": "message", "user": by, "text": before, "ts": ts}
        return self._event(
            type="message",
            subtype="message_changed",
            channel=self._channel,
            channel_type="channel",
            message={**old, "text": after, "edited": {"user": by, "ts": now}},
            previous_message=old,
            ts=now,
            event_ts=now,
        )

    def command(self, trigger: str, command: str, text: str, by: str) -> Delivery:
        called = {"command": command, "text": text, "trigger_id": trigger}
        where = {"channel_id": self._channel, "channel_name": "general", "response_url": ""}
        who = {"user_id": by, "user_name": by, "team_id": TEAM, "api_app_id": self._app}
        return "slash_commands", {**called, **where, **who}

    def shortcut(self, trigger: str, ts: str, text: str, by: str) -> Delivery:
        message = {"type": "message", "user": by, "text": text, "ts": ts}
        asked = {"type": "message_action", "callback_id": "save", "trigger_id": trigger}
        return "interactive", {**asked, "message": message, "message_ts": ts, **self._acted(by)}

    def press(self, trigger: str, ts: str, action_id: str, value: str, by: str) -> Delivery:
        action = {"type": "button", "action_id": action_id, "block_id": "b", "value": value}
        container = {"type": "message", "message_ts": ts, "channel_id": self._channel}
        asked = {"type": "block_actions", "trigger_id": trigger, "container": container}
        acts = [{**action, "action_ts": self._now()}]
        return "interactive", {**asked, "actions": acts, **self._acted(by)}

    def _acted(self, by: str) -> dict[str, Any]:
        return {
            "team": {"id": TEAM, "domain": "study"},
            "user": {"id": by, "username": by, "team_id": TEAM},
            "channel": {"id": self._channel, "name": "general"},
            "api_app_id": self._app,
            "response_url": "",
        }

    def _event(self, **event: Any) -> Delivery:
        named = {"type": "event_callback", "team_id": TEAM, "api_app_id": self._app}
        identity = {"event_id": f"Ev{self._count}", "event_time": int(time.time())}
        self._count += 1
        who = [{"team_id": TEAM, "user_id": self._bot, "is_bot": True}]
        return "events_api", {**named, **identity, "authorizations": who, "event": event}

    def _now(self) -> str:
        """Return a timestamp after all before: the acts are made in their order."""
        self._count += 1
        return f"{self._start + self._count / 1000:.6f}"


Delivery = tuple[str, dict[str, Any]]
