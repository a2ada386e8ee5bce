"""Runs the web chat inside the program's own event loop."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from adapters.web.hub import Hub
from bot.errors import ConfigError

_GRACE_S = 3  # for answers that are under way when the server stops


class PortTaken(ConfigError):
    message_key = "web.port_taken"


class AddressUnusable(ConfigError):
    message_key = "web.address_unusable"


class TokenNeeded(ConfigError):
    message_key = "web.token_needed"


async def serve(
    app: ASGIApp,
    *,
    hub: Hub,
    host: str,
    port: int,
    token: str,
    stop: asyncio.Event,
    ready: Callable[[str], None],
) -> None:
    """Serve until `stop` is set. `ready` gets the address once requests are answered.

    Port 0 takes a free one. Signals are left to the program. Stopping ends the live updates,
    lets requests under way finish, and returns.

    Raises:
        ConfigError: the port is taken, the address is not of this machine, or it can be
            reached from others and there is no token.

    """
    if not is_loopback(host) and not token:
        raise TokenNeeded(host=host)
    with _bind(host, port) as listener:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_S,
        )
        server = _Server(config, on_started=lambda: ready(_address(listener)))
        async with asyncio.TaskGroup() as tasks:
            stopping = tasks.create_task(_stop(server, hub, stop))
            await server.serve(sockets=[listener])
            stopping.cancel()


class _Server(uvicorn.Server):
    """Tells when it has started, and leaves signals to the program."""

    def __init__(self, config: uvicorn.Config, *, on_started: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_started = on_started

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_started()


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _stop(server: uvicorn.Server, hub: Hub, stop: asyncio.Event) -> None:
    await stop.wait()
    hub.close()
    server.should_exit = True


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        if error.errno in {errno.EADDRINUSE, errno.EACCES}:
            raise PortTaken(port=port) from error
        raise AddressUnusable(host=host) from error
    return listener


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
