"""How much a server may send before we hang up: an endless answer would fill the memory."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2  # what the client of OpenAI is made on
from openai import APIConnectionError

MOST_BYTES = 32 * 1024 * 1024  # vectors of a whole batch are some megabytes


class AnswerTooLong(APIConnectionError):
    def __init__(self, request: httpx2.Request) -> None:
        super().__init__(message=f"an answer of over {MOST_BYTES} bytes", request=request)


async def bound(response: httpx2.Response) -> None:
    """Watch over what is to be read of a response; a hook of the client."""
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Bounded(response.stream, response.request)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, request: httpx2.Request) -> None:
        self._stream = stream
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        taken = 0
        async for chunk in self._stream:
            taken += len(chunk)
            if taken > MOST_BYTES:
                raise AnswerTooLong(self._request)
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()
