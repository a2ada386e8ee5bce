"""The connection to one Slack workspace, over Socket Mode or signed HTTP."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from slack_bolt.async_app import AsyncApp

from adapters.slack.client import SlackClients
from adapters.slack.history import SlackHistory
from adapters.slack.http import open_http
from adapters.slack.identity import SCHEME, Identity, WhoWeAre
from adapters.slack.lookups import SlackLookups
from adapters.slack.receiving import Receiver
from adapters.slack.socket_mode import SlackSocket
from bot.errors import ConfigError, TransientError
from bot.ports import ChatHistory, ChatPlatform, Intake

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 60.0


class SlackConnection:
    """`listen` is host:port for HTTP, "" for Socket Mode; see `open_slack`."""

    scheme = SCHEME

    def __init__(
        self,
        intake: Intake,
        clients: SlackClients,
        *,
        platform: ChatPlatform,
        lookups: SlackLookups,
        me: WhoWeAre,
        app_token: str,
        signing_secret: str,
        listen: str,
        is_listening: bool = True,
        is_alone: bool = True,
    ) -> None:
        self._intake = intake
        self._clients = clients
        self._lookups = lookups
        self._me = me
        self._app_token = app_token
        self._signing_secret = signing_secret
        self._listen = listen
        self._is_listening = is_listening
        self._is_alone = is_alone
        self._refusal: ConfigError | None = None
        self._end = asyncio.Event()
        self.platform: ChatPlatform = platform
        self.history: ChatHistory | None = SlackHistory(clients.reading, me)

    async def run(self, stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            watching = group.create_task(self._end_with(stop))
            try:
                me = await self._introduce()
                if me is not None and self._is_listening:
                    await self._listen_as(me)
                await self._end.wait()
            except ConfigError as error:
                self.refuse(error)
            finally:
                watching.cancel()
        if self._refusal is not None:
            raise self._refusal

    async def _end_with(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._end.set()

    def refuse(self, error: ConfigError) -> None:
        """End the connection: an operator must act first."""
        self._refusal = self._refusal or error
        self._end.set()

    async def _introduce(self) -> Identity | None:
        """Find out who we are, however long Slack or the storage is away; None at a stop."""
        pause_s = FIRST_PAUSE_S
        while not self._end.is_set():
            try:
                me = await self._me.get()
                await self._intake.workspaces.ensure(me.workspace, name=me.workspace_name)
            except TransientError as error:
                log.warning("Slack not reached, will try again", extra={"reason": str(error)})
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause_s):
                        await self._end.wait()
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            else:
                return me
        return None

    async def _listen_as(self, me: Identity) -> None:
        receiver = Receiver(
            self._intake, me, clients=self._clients, lookups=self._lookups, refuse=self.refuse
        )
        app = receiver.make_app(
            token=self._clients.reading.token or "", signing_secret=self._signing_secret
        )
        if self._listen:
            async with open_http(app, listen=self._listen):
                self._intake.on_connected(me.workspace)
                await self._end.wait()
        else:
            await self._run_socket(app, me)

    async def _run_socket(self, app: AsyncApp, me: Identity) -> None:
        def on_hello(connections: int) -> None:
            if connections > 1 and self._is_alone:
                log.warning("%s", self._say("slack.other_connections", count=connections))
            self._intake.on_connected(me.workspace)

        socket = SlackSocket(
            app,
            app_token=self._app_token,
            web_client=self._clients.posting,
            on_hello=on_hello,
            refuse=self.refuse,
        )
        async with asyncio.TaskGroup() as group:
            connecting = group.create_task(socket.connect())  # type: ignore[no-untyped-call]  # slack-sdk's
            await self._end.wait()
            connecting.cancel()
            await socket.stop()

    def _say(self, key: str, **values: object) -> str:
        return self._intake.texts.get(self._intake.language, key, **values)
