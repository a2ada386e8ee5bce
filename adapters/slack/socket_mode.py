"""slack-sdk's Socket Mode client, told where it would go on for ever or lose something."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from slack_bolt.adapter.socket_mode.async_internals import (
    run_async_bolt_app,
    send_async_response,
)
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.reading import SlackRefused, open_socket
from bot.errors import ConfigError, RateLimited

log = logging.getLogger(__name__)

PING_EVERY_S = 5.0
# The address of a connection carries a ticket that Slack takes for a short time only; slack-sdk
# would try an old one again and again. Source: docs.slack.dev, "Using Socket Mode".
TICKET_GOOD_FOR_S = 20.0
TOO_MANY_PAUSE_S = 30.0  # others hold all ten connections of the app; one may end
STOP_WITHIN_S = 5.0


class SlackSocket(SocketModeClient):
    """`on_hello` gets how many connections Slack counts; `refuse` why there will be none."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        web_client: AsyncWebClient,
        on_hello: Callable[[int], None],
        refuse: Callable[[ConfigError], None],
    ) -> None:
        sdk_log = logging.getLogger("slack_sdk.socket_mode")
        sdk_log.setLevel(logging.WARNING)  # it writes down whole messages at DEBUG
        sdk_log.addFilter(_hide_ticket)
        self._ticket: tuple[float, str | None] = (0.0, None)
        super().__init__(
            app_token=app_token,
            web_client=web_client,
            logger=sdk_log,
            ping_interval=PING_EVERY_S,
        )
        self._app = app
        self._on_hello = on_hello
        self._refuse = refuse
        self._is_stopping = False
        self._running: set[asyncio.Task[Any] | None] = set()
        self.socket_mode_request_listeners.append(self._deliver)

    @property  # type: ignore[override]  # a plain attribute there
    def wss_uri(self) -> str | None:
        until, address = self._ticket
        return address if time.monotonic() < until else None

    @wss_uri.setter
    def wss_uri(self, address: str | None) -> None:
        self._ticket = (time.monotonic() + TICKET_GOOD_FOR_S, address)

    async def issue_new_wss_url(self) -> str:
        while True:
            try:
                return await open_socket(self.web_client, app_token=self.app_token)
            except RateLimited as limited:
                await asyncio.sleep(limited.retry_after_s)
            except ConfigError as error:
                self._refuse(error)
                self.closed = True  # else slack-sdk complains at length and tries again
                raise

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        if message.get("type") == "hello":
            self._on_hello(int(message.get("num_connections") or 1))
        elif message.get("type") == "disconnect":
            reason = str(message.get("reason") or "")
            if reason == "link_disabled":
                self._refuse(SlackRefused("slack.socket_mode_off"))
                return
            await self._before_reconnect(reason)
        await super().run_message_listeners(message, raw_message)

    async def stop(self) -> None:
        """Take nothing new, finish what was taken and tell Slack, then leave.

        What is not acknowledged Slack sends again, to another connection or the next start.
        """
        self._is_stopping = True
        if running := {task for task in self._running if task is not None}:
            await asyncio.wait(running, timeout=STOP_WITHIN_S)
        await self.close()  # type: ignore[no-untyped-call]  # slack-sdk types none of these

    async def _before_reconnect(self, reason: str) -> None:
        """Any other notice ends in a new connection, also the `warning` some seconds ahead."""
        log.info("Slack asks for a new connection", extra={"reason": reason})
        if reason == "too_many_websockets":
            log.warning("Slack counts too many connections of this app, will try again")
            self.auto_reconnect_enabled = False  # on again with the next connection
            await asyncio.sleep(TOO_MANY_PAUSE_S)

    async def _deliver(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        if self._is_stopping:
            return
        task = asyncio.current_task()
        self._running.add(task)
        try:
            answer = await run_async_bolt_app(self._app, request)
            await send_async_response(client, request, answer, time.time())
        finally:
            self._running.discard(task)


def _hide_ticket(record: logging.LogRecord) -> bool:
    """Leave out the address of a connection that failed: who has its ticket hears what we hear."""
    record.msg = re.sub(r"wss?://[^\s'\"]+", "wss://…", record.getMessage())
    record.args = ()
    record.exc_info = None  # its words stand in the message too
    return True
