"""The body of an answer in pieces of bounded size, whatever a compressed one would grow to."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

from bot.errors import FetchFailed

# Only what can be unpacked in bounded steps: Brotli turns a kilobyte into gigabytes at one go.
ACCEPTED = "gzip"
_PIECE_BYTES = 64 * 1024


async def unpack(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body.

    Raises:
        FetchFailed: packed in a way that was not asked for, or damaged.

    """
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        async for piece in response.aiter_raw():
            yield piece
    elif encoding in {"gzip", "x-gzip", "deflate"}:
        inflater = zlib.decompressobj(wbits=32 + zlib.MAX_WBITS)  # 32: tell gzip and zlib apart
        async for packed in response.aiter_raw():
            for piece in _inflate(inflater, packed):
                yield piece
    else:
        raise FetchFailed("unsupported_type", detail=f"encoding {encoding[:40]}")


def _inflate(inflater: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _PIECE_BYTES)
            packed = inflater.unconsumed_tail
    except zlib.error as error:
        raise FetchFailed("unreachable", may_pass=True, detail=f"broken body: {error}") from error
