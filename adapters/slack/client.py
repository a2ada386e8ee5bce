"""The two Slack clients: one that may ask again, and one that must not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, ClientTimeout
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

# A post that took longer counts as unsure. The session holds it: slack-sdk ignores a client's own
# `timeout` where a session is given (slack_sdk/web/async_internal_utils.py).
TIMEOUT_S = 8
CONNECT_TIMEOUT_S = 4
READ_RETRIES = 3


@dataclass(frozen=True, slots=True)
class SlackClients:
    """`reading` repeats what failed. `posting` tries once: a repeat could post twice.

    slack-sdk sends a `chat.postMessage` again by itself when the connection drops after Slack
    took it, so its handlers are off there.
    """

    reading: AsyncWebClient
    posting: AsyncWebClient
    session: ClientSession


@asynccontextmanager
async def open_clients(*, token: str, api_url: str) -> AsyncIterator[SlackClients]:
    """Open both over one pool of connections; `api_url` "" is Slack itself."""
    base_url = api_url or AsyncWebClient.BASE_URL
    timeout = ClientTimeout(total=TIMEOUT_S, sock_connect=CONNECT_TIMEOUT_S)
    async with ClientSession(timeout=timeout) as session:
        yield SlackClients(
            reading=AsyncWebClient(
                token=token,
                base_url=base_url,
                session=session,
                retry_handlers=[
                    AsyncConnectionErrorRetryHandler(max_retry_count=READ_RETRIES),
                    AsyncRateLimitErrorRetryHandler(max_retry_count=READ_RETRIES),
                    AsyncServerErrorRetryHandler(max_retry_count=READ_RETRIES),
                ],
            ),
            posting=AsyncWebClient(
                token=token, base_url=base_url, session=session, retry_handlers=[]
            ),
            session=session,
        )
