"""`/healthz`, `/readyz` and `/metrics`, served apart from the web chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus

from aiohttp import web

from adapters.watching.prometheus import PrometheusMeter
from bot.domain.status import Status
from bot.errors import ConfigError, TransientError

_METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_STOP_WITHIN_S = 1.0

Look = Callable[[], Awaitable[Status]]


class CannotListen(ConfigError):
    message_key = "watch.cannot_listen"


@asynccontextmanager
async def open_watch(
    listen: str,
    *,
    meter: PrometheusMeter,
    look: Look,
    find_trouble: Callable[[], str],
) -> AsyncIterator[None]:
    """Answer at `host:port`. `find_trouble` returns why we are not ready, "" if we are.

    Raises:
        ConfigError: the port is taken or the address is not of this machine.

    """

    async def healthz(request: web.Request) -> web.Response:
        del request
        return web.Response(text="ok\n")

    async def readyz(request: web.Request) -> web.Response:
        del request
        problem = find_trouble()
        if not problem:
            try:
                await look()
            except TransientError:
                problem = "database"
        status = HTTPStatus.SERVICE_UNAVAILABLE if problem else HTTPStatus.OK
        return web.Response(text=f"{problem or 'ok'}\n", status=status)

    async def metrics(request: web.Request) -> web.Response:
        del request
        try:
            body = meter.write(await look())
        except TransientError:
            return web.Response(status=HTTPStatus.SERVICE_UNAVAILABLE, text="database\n")
        return web.Response(body=body, headers={"Content-Type": _METRICS_TYPE})

    site = web.Application()
    site.router.add_get("/healthz", healthz)
    site.router.add_get("/readyz", readyz)
    site.router.add_get("/metrics", metrics)
    runner = web.AppRunner(
        site, access_log=None, handle_signals=False, shutdown_timeout=_STOP_WITHIN_S
    )
    await runner.setup()
    try:
        host, _, port = listen.rpartition(":")
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port)).start()
        except OSError as error:
            raise CannotListen(listen=listen) from error
        yield
    finally:
        await runner.cleanup()
