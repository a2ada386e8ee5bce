"""Asking Slack for something: what it refuses, in the core's words."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.errors import ConfigError, MessageGone, PlaceClosed, RateLimited, TransientError

# Source of the codes: the error tables of docs.slack.dev/reference/methods.
_TOKEN_TROUBLE = {
    "not_authed": "slack.token_invalid",
    "invalid_auth": "slack.token_invalid",
    "token_revoked": "slack.token_revoked",
    "token_expired": "slack.token_revoked",
    "account_inactive": "slack.token_revoked",
    "team_access_not_granted": "slack.token_revoked",
    "not_allowed_token_type": "slack.token_wrong_kind",
    "forbidden_team": "slack.token_revoked",
}
_PLACE_CLOSED = {
    "channel_not_found": "slack.not_in_channel",
    "not_in_channel": "slack.not_in_channel",
    "access_denied": "slack.not_in_channel",
    "no_permission": "slack.not_in_channel",
}
_GONE = {"message_not_found", "thread_not_found", "no_item_specified"}

RETRY_AFTER_S = 30.0  # where a rate limit names no time


class SlackRefused(ConfigError):
    """Slack does not let us in; `message_key` says what to click."""

    def __init__(self, message_key: str, **values: object) -> None:
        self.message_key = message_key
        super().__init__("", **values)


class SlackError(TransientError):
    """Any other refusal, by Slack's own word for it; "" where it sent no JSON."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack answered {code or 'nothing that can be read'}")
        self.code = code


async def ask(call: Awaitable[AsyncSlackResponse]) -> Mapping[str, Any]:
    """Return what Slack answered to a Web API call.

    Raises:
        SlackRefused: an operator must act.
        PlaceClosed: we are not in the channel.
        MessageGone: what was asked for was deleted.
        TransientError: anything else; later it may work.

    """
    data = (await ask_in_full(call)).data
    return data if isinstance(data, dict) else {}


async def open_socket(client: AsyncWebClient, *, app_token: str) -> str:
    """Return the address of a new Socket Mode connection; raises as `ask` does.

    It is the only call with the app's token: a refusal names that one.
    """
    try:
        return str((await ask(client.apps_connections_open(app_token=app_token)))["url"])
    except SlackRefused as refused:
        is_other_kind = refused.message_key == "slack.token_wrong_kind"
        key = "slack.app_token_kind" if is_other_kind else "slack.app_token_refused"
        raise SlackRefused(key) from refused


async def ask_in_full(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Return the answer with its headers; raises as `ask` does."""
    try:
        return await call
    except SlackApiError as error:
        raise translate_refusal(error) from error
    except (ClientError, SlackClientError, TimeoutError, OSError) as error:
        raise TransientError(f"Slack cannot be reached: {type(error).__name__}") from error


def translate_refusal(error: SlackApiError) -> Exception:
    code = error_code(error)
    if code in _TOKEN_TROUBLE:
        return SlackRefused(_TOKEN_TROUBLE[code])
    if code == "missing_scope":
        return SlackRefused("slack.scope_missing", scopes=error.response.get("needed") or "?")
    if code in _PLACE_CLOSED:
        return PlaceClosed(_PLACE_CLOSED[code])
    if code in _GONE:
        return MessageGone()
    if code == "ratelimited" or _status(error) == HTTPStatus.TOO_MANY_REQUESTS:
        return RateLimited(_retry_after_s(error))
    return SlackError(code)


def error_code(error: SlackApiError) -> str:
    """Return Slack's own word for what went wrong; "" where it sent no JSON."""
    data = getattr(error.response, "data", error.response)
    return str(data.get("error") or "") if isinstance(data, dict) else ""


def _status(error: SlackApiError) -> int:
    """Return the HTTP status; where the body was no JSON, slack-sdk hands out aiohttp's answer."""
    response = error.response
    return int(getattr(response, "status_code", 0) or getattr(response, "status", 0))


def _retry_after_s(error: SlackApiError) -> float:
    headers = {key.lower(): value for key, value in error.response.headers.items()}
    try:
        return max(float(headers["retry-after"]), 0.0)
    except (KeyError, ValueError):
        return RETRY_AFTER_S
