"""One download over HTTP within bounds on time, size and redirects. Does not look into pages."""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http import HTTPStatus

import httpx

from adapters.fetching.guard import AddressGuard
from adapters.fetching.retry_after import parse_retry_after
from adapters.fetching.wanted import PAGES, UNKNOWN, Version, Wanted
from bot.errors import FetchFailed

USER_AGENT = "Jubo/0.1 (+self-hosted link reader)"
_HEADERS = {
    "User-Agent": USER_AGENT,
    # Only what can be unpacked in bounded steps: Brotli turns a kilobyte into gigabytes at one go.
    "Accept-Encoding": "gzip",
}
_UNPACKED_CHUNK_BYTES = 64 * 1024
_VERSION_CHARS = 500

# Read by a pattern: the mail parser behind httpx trips over the numbered parts of RFC 2231.
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE | re.ASCII)

# What a status says to people, and whether the same request may go better later.
_REASONS = {
    HTTPStatus.UNAUTHORIZED: ("login", False),
    HTTPStatus.NOT_FOUND: ("not_found", False),
    HTTPStatus.GONE: ("not_found", False),
    HTTPStatus.REQUEST_TIMEOUT: ("timeout", True),
    HTTPStatus.TOO_EARLY: ("too_many_requests", True),
    HTTPStatus.TOO_MANY_REQUESTS: ("too_many_requests", True),
}


# Source: RFC 9110, 15.4.2 and 15.4.9: links ought to be changed to the new address.
_FOR_GOOD = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)


@dataclass(frozen=True, slots=True)
class Limits:
    connect_s: float = 5.0
    total_s: float = 20.0
    size_bytes: int = 5_000_000  # after unpacking
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Download:
    """`url` is where the redirects ended; `charset` is what the server says, else "".

    `lasting_url`: the address to ask next time. A redirect that is for now does not change it.
    `is_same`: the server has the version that was asked about, and sent nothing else.
    """

    url: str
    content_type: str
    charset: str
    body: bytes
    version: Version = UNKNOWN
    is_same: bool = False
    lasting_url: str = ""


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the very addresses that the guard has checked.

    The name is looked up once and never again by the HTTP library, so a name server that
    answers differently the second time gains nothing. `Host` and the certificate stay the name's.
    """

    def __init__(self, guard: AddressGuard) -> None:
        self._guard = guard
        # No connection is kept: a kept one would be found under its IP address by other names.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(limits=limits)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        addresses = await self._guard.check(request.url)
        for address in addresses[:-1]:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # a host may be down on one of its addresses, often the IPv6 one
        return await self._send(request, addresses[-1])

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # holds `Host` with the name
            extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
        )
        return await self._inner.handle_async_request(pinned)


class Downloader:
    """Asks the transport itself, without a client of httpx.

    A client would add cookies, log-ins and proxies from the environment, and a proxy
    looks names up behind the guard's back.
    """

    def __init__(self, guard: AddressGuard, *, limits: Limits) -> None:
        self._limits = limits
        self._timeout = httpx.Timeout(limits.total_s, connect=limits.connect_s).as_dict()
        self._transport = PinnedTransport(guard)

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, known: Version = UNKNOWN
    ) -> Download:
        """Follow an address to its end.

        Raises:
            FetchFailed: nothing readable came within the limits.
        """
        try:
            async with asyncio.timeout(self._limits.total_s):
                return await self._follow(httpx.URL(url), wanted, known)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchFailed("timeout", may_pass=True, detail=type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise FetchFailed("bad_address", detail=str(error)) from error
        except httpx.TransportError as error:
            raise FetchFailed("unreachable", may_pass=True, detail=str(error)) from error

    async def _follow(self, url: httpx.URL, wanted: Wanted, known: Version) -> Download:
        headers = {**_HEADERS, "Accept": wanted.accept, **known.headers}
        lasting, has_moved = url, True
        for _ in range(self._limits.redirects + 1):
            async with self._open(url, headers) as response:
                if known.headers and response.status_code == HTTPStatus.NOT_MODIFIED:
                    return Download(str(url), "", "", b"", known, is_same=True)
                if not response.has_redirect_location:
                    return replace(await self._read(response, wanted), lasting_url=str(lasting))
                url = _join(url, response.headers["Location"])
                has_moved = has_moved and response.status_code in _FOR_GOOD
                lasting = url if has_moved else lasting
        raise FetchFailed("too_many_redirects", detail=str(url))

    @asynccontextmanager
    async def _open(
        self, url: httpx.URL, headers: Mapping[str, str]
    ) -> AsyncIterator[httpx.Response]:
        # Named here: httpx would spell the host in letters first, and emoji are none to it.
        headers = {**headers, "Host": url.netloc.decode("ascii")}
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": self._timeout})
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response, wanted: Wanted) -> Download:
        _check_status(response)
        header = response.headers.get("Content-Type", "")
        content_type = header.partition(";")[0].strip().lower()
        if content_type and not wanted.types.fullmatch(content_type):
            raise FetchFailed("unsupported_type", detail=content_type)
        body = await self._read_body(response)
        if _is_binary(body):
            raise FetchFailed("unsupported_type", detail="binary data")
        charset = _CHARSET.search(header)
        return Download(
            str(response.url),
            content_type or "text/html",
            charset[1] if charset else "",
            body,
            _version(response),
        )

    async def _read_body(self, response: httpx.Response) -> bytes:
        pieces, size = [], 0
        async for piece in _unpack(response):
            size += len(piece)
            if size > self._limits.size_bytes:
                raise FetchFailed("too_large", detail=f"over {self._limits.size_bytes} bytes")
            pieces.append(piece)
        return b"".join(pieces)


def _version(response: httpx.Response) -> Version:
    """Return what may be sent back: ASCII and short, for a header of ours is made of it."""
    named = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    return Version(
        *(each if each.isascii() and len(each) <= _VERSION_CHARS else "" for each in named)
    )


def _join(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except ValueError as error:  # of the standard library, which it asks first
        raise FetchFailed("bad_address", detail=str(error)) from error


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in _REASONS:
        reason, may_pass = _REASONS[HTTPStatus(status)]
    elif HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        reason, may_pass = "forbidden", False
    else:
        reason, may_pass = "server_error", True
    retry_after_s = parse_retry_after(
        response.headers.get("Retry-After", ""), now=datetime.now(UTC)
    )
    raise FetchFailed(
        reason, may_pass=may_pass, retry_after_s=retry_after_s, detail=f"status {status}"
    )


async def _unpack(response: httpx.Response) -> AsyncIterator[bytes]:
    """Yield the body in pieces of bounded size, whatever a compressed one would grow to."""
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
        raise FetchFailed("unsupported_type", detail=f"encoding {encoding}")


def _inflate(inflater: zlib._Decompress, packed: bytes) -> Iterator[bytes]:
    try:
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _UNPACKED_CHUNK_BYTES)
            packed = inflater.unconsumed_tail
    except zlib.error as error:
        raise FetchFailed("unreachable", may_pass=True, detail=f"broken body: {error}") from error


def _is_binary(body: bytes) -> bool:
    is_utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.startswith(b"%PDF-") or (b"\0" in body[:4096] and not is_utf16)
