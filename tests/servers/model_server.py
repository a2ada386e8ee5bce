"""A server on loopback that speaks as OpenAI's does, and answers what it is told to, in order."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

HANG = b"<hang>"
Answering = Callable[[dict[str, Any]], bytes]  # what to answer to that very body
AT_ONCE = {"retry-after-ms": "1"}  # so that nobody waits for a client's back-off


def said(
    text: str | None,
    *,
    finish: str = "stop",
    tokens: tuple[int, int] | None = (100, 20),
    thought: int = 0,
    **message: object,
) -> bytes:
    """Return a good answer with this text."""
    body: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text, **message},
            }
        ],
    }
    if tokens:
        details = {"reasoning_tokens": thought}
        body["usage"] = {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "completion_tokens_details": details,
        }
    return raw(200, json.dumps(body).encode())


def refused(status: int, message: str, *, code: str = "", **headers: str) -> bytes:
    """Return an error; a client that tries again does so at once."""
    error = {"message": message, "type": "error", "code": code}
    named = {name.replace("_", "-"): value for name, value in headers.items()} or AT_ONCE
    return raw(status, json.dumps({"error": error}).encode(), **named)


def raw(
    status: int, body: bytes, *, content_type: str = "application/json", **headers: str
) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Said",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass
class ModelServer:
    """`answers` are used up one by one; the last one stays. `asked` keeps the bodies.

    `forms`: the kinds of `response_format` that it takes, the others it complains of.
    `hold`: what it waits for before it answers. `at_once`: the most questions that it had open;
    `busy` is set when these are `full`.
    """

    answers: list[bytes | Answering] = field(default_factory=list)
    forms: frozenset[str] = frozenset({"json_schema", "json_object"})
    models: tuple[str, ...] = ("small-model", "large-model")
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    at_once: int = 0
    port: int = 0
    hold: asyncio.Event | None = None
    full: int = 0
    busy: asyncio.Event = field(default_factory=asyncio.Event)
    _open: int = 0
    _listening: asyncio.Server | None = None
    _handlers: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        self._listening = await asyncio.start_server(self._take, "127.0.0.1", 0)
        self.port = self._listening.sockets[0].getsockname()[1]

    def stop(self) -> None:
        if self._listening:
            self._listening.close()

    async def see_out(self) -> None:
        """Wait until every connection is closed."""
        self.stop()
        await asyncio.gather(*self._handlers)

    def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handler = asyncio.create_task(self._serve(reader, writer))
        self._handlers.add(handler)
        handler.add_done_callback(self._handlers.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            fields = dict(
                line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
            )
            self.keys.append(fields.get("authorization", ""))
            body = await reader.readexactly(int(fields.get("content-length", "0")))
            self._open += 1
            self.at_once = max(self.at_once, self._open)
            if self._open == self.full:
                self.busy.set()
            try:
                await self._answer(head.split()[1], body, reader, writer)
            finally:
                self._open -= 1
        with contextlib.suppress(ConnectionError):
            writer.close()
            await writer.wait_closed()

    async def _answer(
        self, path: str, body: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if self.hold is not None:
            await self.hold.wait()
        answer = self._models() if path.endswith("/models") else self._complete(json.loads(body))
        if answer == HANG:
            await reader.read()  # until the client gives up
            return
        writer.write(answer)
        await writer.drain()

    def _models(self) -> bytes:
        data = [{"id": each, "object": "model", "created": 0} for each in self.models]
        return raw(200, json.dumps({"object": "list", "data": data}).encode())

    def _complete(self, asked: dict[str, Any]) -> bytes:
        self.asked.append(asked)
        form = asked.get("response_format", {}).get("type")
        if form and form not in self.forms:
            return refused(400, f"response_format of type {form} is not supported")
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer if isinstance(answer, bytes) else answer(asked)


@asynccontextmanager
async def open_model_server(*answers: bytes | Answering) -> AsyncIterator[ModelServer]:
    server = ModelServer(list(answers))
    await server.start()
    try:
        yield server
    finally:
        await server.see_out()
