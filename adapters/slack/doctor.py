"""Whether Slack will work with these settings: a line each, with what to click."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.client import SlackClients, open_clients
from adapters.slack.identity import SCHEME
from adapters.slack.manifest import manifest
from adapters.slack.reading import SlackRefused, ask_in_full, open_socket
from adapters.slack.tokens import token_troubles
from bot.errors import TransientError
from bot.ports import Finding
from bot.specs import CommandSpec

SCOPES_HEADER = "x-oauth-scopes"  # on every answer of the Web API


async def check_slack(
    *,
    bot_token: str,
    app_token: str,
    signing_secret: str,
    api_url: str,
    listen: str,
    specs: Sequence[CommandSpec],
) -> Sequence[Finding]:
    """Look at the tokens and ask Slack about them. Never raises for what is found."""
    troubles = list(token_troubles(bot_token, app_token, signing_secret, listen=listen))
    if troubles:
        return [_bad(key) for key in troubles]
    needed = manifest(specs)["oauth_config"]["scopes"]["bot"]
    async with open_clients(token=bot_token, api_url=api_url) as clients:
        return [
            each
            async for each in _ask_slack(clients, app_token=app_token, listen=listen, needed=needed)
        ]


async def _ask_slack(
    clients: SlackClients, *, app_token: str, listen: str, needed: Sequence[str]
) -> AsyncIterator[Finding]:
    try:
        async for finding in _check_bot(clients.posting, needed):
            yield finding
        if listen:
            yield _good("slack.doctor_http", listen=listen)
        else:
            await open_socket(clients.posting, app_token=app_token)
            yield _good("slack.doctor_socket")
    except SlackRefused as refused:
        yield _bad(refused.message_key, **refused.values)
    except TransientError as error:
        yield _bad(
            "doctor.unreachable", platform="Slack", problem=_problem(error), name="SLACK_API_URL"
        )


async def _check_bot(client: AsyncWebClient, needed: Sequence[str]) -> AsyncIterator[Finding]:
    told = await ask_in_full(client.auth_test())
    yield _good("slack.doctor_team", team=told.get("team") or told.get("team_id"))
    header = {key.lower(): value for key, value in told.headers.items()}.get(SCOPES_HEADER)
    if header is None:  # a server that does not tell
        return
    granted = {scope.strip() for scope in str(header).split(",")}
    missing = [scope for scope in needed if scope not in granted]
    if missing:
        yield _bad("slack.scope_missing", scopes=", ".join(missing))
    else:
        yield _good("slack.doctor_scopes")


def _problem(error: TransientError) -> str:
    """Return in one line why Slack was not reached, or how it answered."""
    cause = error.__cause__
    if cause is None or isinstance(cause, SlackApiError):
        return str(error)
    return str(cause) or type(cause).__name__


def _good(key: str, **values: Any) -> Finding:
    return Finding(SCHEME, is_ok=True, key=key, values=values)


def _bad(key: str, **values: Any) -> Finding:
    return Finding(SCHEME, is_ok=False, key=key, values=values)
