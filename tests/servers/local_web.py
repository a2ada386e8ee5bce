"""A small web on loopback whose answers are raw bytes, so that broken servers can be played too."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Answer = bytes | Iterable[bytes]


@dataclass
class LocalWeb:
    """`pages` maps a path to the bytes sent for it, headers included; requests are kept as sent.

    An answer that is an iterator is sent as long as the reader stays; one that ends with `HANG`
    keeps the connection open and says nothing more. There is no page at other paths.
    """

    pages: dict[str, Callable[[], Answer]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    port: int = 0

    def add(self, path: str, answer: Answer) -> str:
        self.pages[path] = lambda: answer
        return self.url(path)

    def url(self, path: str, *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            request = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.requests.append(request)
            said = self.pages.get(request.split()[1], lambda: _NOT_FOUND)()
            for piece in [said] if isinstance(said, bytes) else said:
                if piece == HANG:
                    await reader.read()  # until the reader gives up
                    break
                writer.write(piece)
                await writer.drain()
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()


HANG = b"<hang>"
_NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@asynccontextmanager
async def open_web(tls: ssl.SSLContext | None = None) -> AsyncIterator[LocalWeb]:
    web = LocalWeb()
    server = await asyncio.start_server(web.serve, "127.0.0.1", 0, ssl=tls)
    web.port = server.sockets[0].getsockname()[1]
    try:
        yield web
    finally:
        server.close()


def answer(
    body: bytes | str,
    *,
    content_type: str = "text/html; charset=utf-8",
    status: str = "200 OK",
    headers: Sequence[str] = (),
) -> bytes:
    data = body.encode() if isinstance(body, str) else body
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(data)}", "Connection: close", *headers]
    if content_type:
        head.append(f"Content-Type: {content_type}")
    return "\r\n".join([*head, "", ""]).encode() + data


def redirect(location: str, *, status: str = "302 Found") -> bytes:
    return answer("", status=status, headers=[f"Location: {location}"])
