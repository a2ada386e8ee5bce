"""Downloads over HTTP within bounds on time, size and redirects. Does not look into pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from importlib import metadata

import httpx

from adapters.fetching.facts import (
    charset_of,
    check_status,
    content_type_of,
    filename_of,
    last_modified_of,
    length_of,
    version_of,
)
from adapters.fetching.guard import AddressGuard
from adapters.fetching.hosts import LONGEST_ON_THE_WAY_S, LONGEST_WAIT_S, Caller, Hosts
from adapters.fetching.refusals import EXPLAINED, Refused
from adapters.fetching.sniffing import sniff_type
from adapters.fetching.transport import PinnedTransport, is_insecure
from adapters.fetching.unpacking import ACCEPTED, unpack
from adapters.fetching.wanted import PAGES, UNKNOWN, Version, Wanted
from adapters.parsing.download import Download as Download
from bot.errors import FetchFailed

_TEXT = re.compile(r"text/.+|application/(.+[+-])?(xml|json|yaml|javascript)|application/x-ndjson")
_LARGE = re.compile(
    r"application/(pdf|(epub|hwp)\+zip|vnd\.(openxmlformats|oasis|ms-|hancom).+|msword)"
)

# More than are read in the background at once: slow sites must leave room for who looks on.
_PARALLEL_DOWNLOADS = 12
_EXPLAINED_WITHIN_S = 3.0  # a page that nobody asked for is not waited for

# Source: RFC 9110, 15.4.2 and 15.4.9: links ought to be changed to the new address.
_FOR_GOOD = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes are counted after unpacking; which of them holds, the type of the document says."""

    connect_s: float = 5.0
    total_s: float = 20.0
    size_bytes: int = 5_000_000  # of pages and other text
    large_bytes: int = 30_000_000  # of PDF and Office documents
    head_bytes: int = 64 * 1024  # of all else: enough to say what it is
    redirects: int = 5


def user_agent(contact: str = "") -> str:
    """Return who we are and, if the operator says so, whom to write to when we are a nuisance."""
    try:
        version = metadata.version("jubo")
    except metadata.PackageNotFoundError:  # started where it was never installed
        version = "0"
    told = f"; {contact}" if contact else ""
    return f"Jubo/{version} (reads links that people share in their chat{told})"


class Downloader:
    """Asks the transport itself, without a client of httpx.

    A client would add cookies, log-ins and proxies from the environment, and a proxy
    looks names up behind the guard's back: one is used only where the operator named it to us.
    """

    def __init__(
        self,
        guard: AddressGuard,
        *,
        limits: Limits,
        hosts: Hosts,
        proxy: str = "",
        contact: str = "",
    ) -> None:
        self._guard = guard
        self._hosts = hosts
        self._places = asyncio.Semaphore(_PARALLEL_DOWNLOADS)
        self._limits = limits
        self._timeout = httpx.Timeout(limits.total_s, connect=limits.connect_s).as_dict()
        self._transport = PinnedTransport(guard, proxy=proxy)
        self._headers = {"User-Agent": user_agent(contact), "Accept-Encoding": ACCEPTED}

    async def aclose(self) -> None:
        await self._transport.aclose()

    async def download(
        self,
        url: str,
        *,
        wanted: Wanted = PAGES,
        known: Version = UNKNOWN,
        headers: Mapping[str, str] | None = None,
        caller: Caller | None = None,
    ) -> Download:
        """Follow an address to its end. `headers` go no further than its own host.

        Its turn is waited for first; that of a host it leads to is part of its time.

        Raises:
            FetchFailed: nothing readable came within the limits.
            NoTurn: one of the hosts is not to be asked for long.
        """
        caller = caller or Caller()
        try:
            start = httpx.URL(url)
            async with AsyncExitStack() as turn:
                await turn.enter_async_context(self._turn(start, caller))
                async with self._places, asyncio.timeout(self._limits.total_s):
                    return await self._follow(start, wanted, known, headers or {}, caller, turn)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise FetchFailed("timeout", may_pass=True, detail=type(error).__name__) from error
        except httpx.InvalidURL as error:
            raise FetchFailed("bad_address", detail=str(error)) from error
        except httpx.TransportError as error:
            if is_insecure(error):
                raise FetchFailed("insecure", detail=str(error)) from error
            raise FetchFailed("unreachable", may_pass=True, detail=str(error)) from error

    async def _follow(
        self,
        url: httpx.URL,
        wanted: Wanted,
        known: Version,
        own: Mapping[str, str],
        caller: Caller,
        turn: AsyncExitStack,
    ) -> Download:
        lasting, has_moved, origin = url, True, _origin(url)
        for _ in range(self._limits.redirects + 1):
            headers = httpx.Headers({**self._headers, "Accept": wanted.accept, **known.headers})
            headers.update(own)
            async with self._open(url, headers) as response:
                if known.headers and response.status_code == HTTPStatus.NOT_MODIFIED:
                    return Download(str(url), "", "", b"", known, is_same=True)
                if not response.has_redirect_location:
                    return replace(await self._read(response, wanted), lasting_url=str(lasting))
                url = _join(url, response.headers["Location"])
                has_moved = has_moved and response.status_code in _FOR_GOOD
                lasting = url if has_moved else lasting
                own = own if _origin(url) == origin else {}
            await turn.aclose()
            next_turn = self._turn(url, caller, longest_s=LONGEST_ON_THE_WAY_S)
            await turn.enter_async_context(next_turn)
        raise FetchFailed("too_many_redirects", detail=str(url))

    def _turn(
        self, url: httpx.URL, caller: Caller, *, longest_s: float = LONGEST_WAIT_S
    ) -> AbstractAsyncContextManager[None]:
        is_own = self._guard.is_allowed(url)  # inside hosts are the operator's
        return self._hosts.asking(host_of(url), caller, is_paced=not is_own, longest_s=longest_s)

    @asynccontextmanager
    async def _open(self, url: httpx.URL, headers: httpx.Headers) -> AsyncIterator[httpx.Response]:
        # Named here: httpx would spell the host in letters first, and emoji are none to it.
        headers["Host"] = url.netloc.decode("ascii")
        request = httpx.Request("GET", url, headers=headers, extensions={"timeout": self._timeout})
        response = await self._transport.handle_async_request(request)
        response.request = request
        try:
            yield response
        finally:
            await response.aclose()

    async def _read(self, response: httpx.Response, wanted: Wanted) -> Download:
        try:
            check_status(response)
        except FetchFailed as failure:
            if failure.retry_after_s:
                self._hosts.let_rest(host_of(response.url), failure.retry_after_s)
            raise await self._with_page(failure, response) from failure
        said = content_type_of(response)
        if said and not wanted.types.fullmatch(said):
            raise FetchFailed("unsupported_type", detail=said)
        content_type, body, is_cut = await self._read_body(response, said)
        if not wanted.types.fullmatch(content_type):
            raise FetchFailed("unsupported_type", detail=f"{content_type} called {said}")
        return Download(
            str(response.url),
            content_type,
            charset_of(response),
            body,
            version_of(response),
            is_cut=is_cut,
            length=length_of(response),
            filename=filename_of(response),
            last_modified=last_modified_of(response),
        )

    async def _with_page(self, failure: FetchFailed, response: httpx.Response) -> FetchFailed:
        """Return the failure with the beginning of the page that explains it, if there is one."""
        content_type = content_type_of(response)
        if response.status_code not in EXPLAINED or content_type != "text/html":
            return failure
        body = bytearray()
        try:
            async with asyncio.timeout(_EXPLAINED_WITHIN_S):
                async for piece in unpack(response):
                    body += piece
                    if len(body) >= self._limits.head_bytes:
                        break
        except (TimeoutError, httpx.TransportError, FetchFailed):
            return failure
        page = bytes(body[: self._limits.head_bytes])
        return Refused(
            failure, Download(str(response.url), content_type, charset_of(response), page)
        )

    async def _read_body(self, response: httpx.Response, said: str) -> tuple[str, bytes, bool]:
        """Return the type that its beginning shows, the body, and whether more would follow."""
        body, content_type = bytearray(), ""
        async for piece in unpack(response):
            body += piece
            if len(body) < self._limits.head_bytes:
                continue
            content_type = content_type or sniff_type(said, bytes(body))
            if self._exceeds(content_type, len(body)):
                return content_type, bytes(body[: self._limits.head_bytes]), True
        content_type = content_type or sniff_type(said, bytes(body))
        return content_type, bytes(body), self._exceeds(content_type, len(body))

    def _exceeds(self, content_type: str, size_bytes: int) -> bool:
        """Say whether this is more than is needed; of what is read to its end it is too much."""
        is_text = _TEXT.fullmatch(content_type)
        if not is_text and not _LARGE.fullmatch(content_type):
            return size_bytes > self._limits.head_bytes
        most = self._limits.size_bytes if is_text else self._limits.large_bytes
        if size_bytes > most:
            raise FetchFailed("too_large", detail=f"over {most} bytes")
        return False


def host_of(url: httpx.URL) -> str:
    """Return the server that answers there, with its port if that is a special one."""
    return url.netloc.decode("ascii").lower()


def _origin(url: httpx.URL) -> tuple[str, bytes, int | None]:
    return url.scheme, url.raw_host, url.port


def _join(url: httpx.URL, location: str) -> httpx.URL:
    try:
        return url.join(location)
    except ValueError as error:  # of the standard library, which it asks first
        raise FetchFailed("bad_address", detail=str(error)) from error
