"""Why a post did not go out: Slack's refusals and lost connections in the core's words.

Reading has its own, in `reading.py`: what is only read may be asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from aiohttp import ClientConnectorError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError

from bot.errors import (
    BotError,
    MessageGone,
    PlaceClosed,
    RateLimited,
    SendUnsure,
    TransientError,
)

RETRY_AFTER_S = 1.0  # where a limit names no time: Slack's posts come about one a second a channel

RESTRICTED = "slack_post.restricted"

# Source of the codes: the error tables of docs.slack.dev/reference/methods/chat.postMessage,
# chat.postEphemeral, chat.update and conversations.open.
_CLOSED = {
    "not_in_channel": "slack_post.not_in_channel",
    "channel_not_found": "slack_post.not_in_channel",
    "user_not_in_channel": "slack_post.not_in_channel",
    "is_archived": "slack_post.archived",
    "restricted_action": RESTRICTED,
    "restricted_action_read_only_channel": RESTRICTED,
    "restricted_action_thread_only_channel": RESTRICTED,
    "restricted_action_non_threadable_channel": RESTRICTED,
    "restricted_action_thread_locked": RESTRICTED,
    "missing_scope": "slack_post.missing_scope",
    "not_authed": "slack_post.token_invalid",
    "invalid_auth": "slack_post.token_invalid",
    "token_revoked": "slack_post.token_invalid",
    "token_expired": "slack_post.token_invalid",
    "account_inactive": "slack_post.token_invalid",
    "messages_tab_disabled": "slack_post.no_direct_messages",
    "cannot_dm_bot": "slack_post.no_direct_messages",
    "user_not_found": "slack_post.no_direct_messages",
    "user_disabled": "slack_post.no_direct_messages",
}
_GONE = {
    "message_not_found",
    "thread_not_found",
    "cant_update_message",
    "edit_window_closed",
    "cannot_reply_to_message",
}
_LIMITED = {"ratelimited", "rate_limited", "message_limit_exceeded"}
# "It's possible some aspect of the operation succeeded before the error was raised."
_UNSURE = {"internal_error", "fatal_error"}
_PASSING = {"service_unavailable", "request_timeout", "team_added_to_org"}
_TOO_RICH = {
    "invalid_blocks",
    "invalid_blocks_format",
    "invalid_attachments",
    "msg_too_long",
    "msg_blocks_too_long",
    "no_text",
}


class BlocksRefused(TransientError):
    """Slack takes the post, but not as it was laid out."""


class Dropped(SendUnsure):
    """The connection ended after the request went out and before the answer came."""


def translate(error: Exception) -> BotError:
    """Return what a failed call means for the post."""
    if isinstance(error, SlackApiError):
        response = error.response
        # Where the body cannot be read, slack-sdk hands out aiohttp's response, not its own.
        status = getattr(response, "status_code", 0) or getattr(response, "status", 0)
        data = getattr(response, "data", None)
        body = data if isinstance(data, dict) else {}
        return translate_answer(status, response.headers, body)
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return TransientError(f"Slack cannot be reached: {type(error).__name__}")
    return Dropped(f"Slack did not answer: {type(error).__name__}")


def translate_answer(
    status: int, headers: Mapping[str, str], body: Mapping[str, object]
) -> BotError:
    """Return what an answer without success means; `body` is empty where it was no JSON."""
    code = str(body.get("error") or "")
    if status == HTTPStatus.TOO_MANY_REQUESTS or code in _LIMITED:
        return RateLimited(_retry_after_s(headers))
    if code in _TOO_RICH:
        return BlocksRefused(code)
    if code in _CLOSED:
        return PlaceClosed(_CLOSED[code], scopes=body.get("needed") or "?")
    if code in _GONE:
        return MessageGone()
    if code in _PASSING:
        return TransientError(code)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _UNSURE or not code:
        return SendUnsure(f"Slack answered {status} {code}")
    return PlaceClosed("slack_post.refused", code=code)


def _retry_after_s(headers: Mapping[str, str]) -> float:
    value = next((each for key, each in headers.items() if key.lower() == "retry-after"), "")
    try:
        return max(float(value), 0.0)
    except ValueError:
        return RETRY_AFTER_S
