"""Slack's signed requests over HTTP, served apart from the web chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.errors import ConfigError

PATH = "/slack/events"
# An edited message of 40,000 characters comes four times over, each letter as a \uXXXX escape.
MAX_BODY_BYTES = 4 * 1024 * 1024
STOP_WITHIN_S = 5.0


class CannotListen(ConfigError):
    message_key = "slack.cannot_listen"


@asynccontextmanager
async def open_http(app: AsyncApp, *, listen: str) -> AsyncIterator[None]:
    """Answer at `host:port`; at the end take nothing new and finish what was taken.

    Raises:
        ConfigError: the port is taken or the address is not of this machine.

    """

    async def receive(request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", errors="replace")
        try:
            asked = make_bolt_request(body, request.headers)
        except (ValueError, RecursionError, AttributeError):  # only a stranger sends such
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        return await to_aiohttp_response(await app.async_dispatch(asked))

    site = web.Application(client_max_size=MAX_BODY_BYTES)
    site.router.add_post(PATH, receive)
    runner = web.AppRunner(
        site, access_log=None, handle_signals=False, shutdown_timeout=STOP_WITHIN_S
    )
    await runner.setup()
    try:
        host, _, port = listen.rpartition(":")
        await _start(web.TCPSite(runner, host.strip("[]"), int(port)), listen)
        yield
    finally:
        await runner.cleanup()


def make_bolt_request(body: str, headers: Mapping[str, str]) -> AsyncBoltRequest:
    """Bolt 1.30 takes a form in which the word payload occurs for an interaction, and loses it."""
    is_command = not body.startswith(("payload=", "{"))
    readable = body.replace("payload", "p%61yload") if is_command else body
    request = AsyncBoltRequest(body=readable, headers={**headers})
    request.raw_body = body  # which is what was signed
    return request


async def _start(site: web.TCPSite, listen: str) -> None:
    try:
        await site.start()
    except OSError as error:
        raise CannotListen(listen=listen) from error
