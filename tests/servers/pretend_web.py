"""The internet behind a proxy on loopback: sites answer under their own names, over TLS, too."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.servers.certificates import make_certificate
from tests.servers.local_web import HANG, Answer, answer

NOT_THERE = answer("<html><title>404</title><h1>Not here</h1></html>", status="404 Not Found")


@dataclass
class PretendWeb:
    """`answers` maps whole addresses to the bytes sent, or to those of one request after another.

    A site that has no answer at all does not exist. `untrusted`: hosts whose certificates nobody
    vouches for. `asked` keeps all addresses that were asked for, `unknown` those without answer.
    """

    answers: Mapping[str, Answer | list[bytes]]
    tls: ssl.SSLContext
    bad_tls: ssl.SSLContext
    untrusted: Collection[str] = ()
    asked: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    port: int = 0
    _ports: dict[ssl.SSLContext, int] = field(default_factory=dict)

    @property
    def proxy(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def speak_plainly(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Be the proxy."""
        async with _gone_is_fine(writer):
            head = await _head(reader)
            method, address, _ = head.split(" ", 2)
            host = address.rpartition(":")[0] if method == "CONNECT" else urlsplit(address).hostname
            if not any(urlsplit(each).hostname == host for each in self.answers):
                writer.write(answer("", status="502 Bad Gateway"))
            elif method != "CONNECT":
                await self._answer(address, reader, writer)
            else:
                port = self._ports[self.bad_tls if host in self.untrusted else self.tls]
                back, to = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
                await _join((reader, to), (back, writer))

    async def speak_tls(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Be the site that was asked for by its name."""
        async with _gone_is_fine(writer):
            request, *headers = (await _head(reader)).split("\r\n")
            named = (each.partition(":") for each in headers)
            host = next(value.strip() for name, _, value in named if name.lower() == "host")
            await self._answer(f"https://{host}{request.split()[1]}", reader, writer)

    async def _answer(
        self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.asked.append(address)
        said = self.answers.get(address)
        if said is None:
            self.unknown.append(address)
            said = NOT_THERE
        if isinstance(said, list):
            said = said.pop(0) if len(said) > 1 else said[0]
        for piece in [said] if isinstance(said, bytes) else said:
            if piece == HANG:
                await reader.read()  # until the reader gives up
                break
            writer.write(piece)
            await writer.drain()


async def _head(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")


@asynccontextmanager
async def _gone_is_fine(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
        try:
            yield
        finally:
            writer.close()


async def _join(
    *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter],
) -> None:
    pumps = [asyncio.create_task(_pump(*way)) for way in ways]
    await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
    for pump in pumps:
        pump.cancel()
    for _, writer in ways:
        writer.close()
    await asyncio.gather(*pumps, return_exceptions=True)


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()


@asynccontextmanager
async def open_pretend_web(
    answers: Mapping[str, Answer | list[bytes]], folder: Path, *, untrusted: Collection[str] = ()
) -> AsyncIterator[tuple[PretendWeb, Path]]:
    """Yield the web and the file of whom to trust for its certificates."""
    hosts = sorted({urlsplit(each).hostname or "" for each in answers} - set(untrusted))
    tls, trusted = make_certificate(folder, hosts[0], others=hosts[1:])
    bad_tls, _ = make_certificate(folder, "somebody-else.example")
    web = PretendWeb(answers, tls, bad_tls, untrusted)
    async with contextlib.AsyncExitStack() as stack:
        for context in (tls, bad_tls):
            site = await asyncio.start_server(web.speak_tls, "127.0.0.1", 0, ssl=context)
            stack.callback(site.close)
            web._ports[context] = site.sockets[0].getsockname()[1]
        proxy = await asyncio.start_server(web.speak_plainly, "127.0.0.1", 0)
        stack.callback(proxy.close)
        web.port = proxy.sockets[0].getsockname()[1]
        yield web, trusted
