"""Connections to the very addresses that the guard has checked, or through the operator's proxy."""

from __future__ import annotations

import ssl
from http import HTTPStatus

import httpx

from adapters.fetching.guard import AddressGuard
from bot.errors import FetchFailed


class PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the very addresses that the guard has checked.

    The name is looked up once and never again by the HTTP library, so a name server that
    answers differently the second time gains nothing. `Host` and the certificate stay the name's.

    A proxy is told names, and looks them up itself: it sees a web that is hidden from here. Inside
    hosts that are allowed are not asked through it.
    """

    def __init__(self, guard: AddressGuard, *, proxy: str = "") -> None:
        self._guard = guard
        # No connection is kept: a kept one would be found under its IP address by other names.
        limits = httpx.Limits(max_keepalive_connections=0)
        trusted = httpx.create_ssl_context()  # of SSL_CERT_FILE, else of the package certifi
        self._inner = httpx.AsyncHTTPTransport(limits=limits, verify=trusted)
        self._proxied = (
            httpx.AsyncHTTPTransport(limits=limits, verify=trusted, proxy=httpx.Proxy(proxy))
            if proxy
            else None
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        addresses = await self._guard.check(request.url)
        if self._proxied is not None and not self._guard.is_allowed(request.url):
            return await _ask_proxy(self._proxied, request)
        for address in addresses[:-1]:
            try:
                return await self._send(request, address)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue  # a host may be down on one of its addresses, often the IPv6 one
        return await self._send(request, addresses[-1])

    async def aclose(self) -> None:
        await self._inner.aclose()
        if self._proxied is not None:
            await self._proxied.aclose()

    async def _send(self, request: httpx.Request, address: str) -> httpx.Response:
        pinned = httpx.Request(
            request.method,
            request.url.copy_with(host=address),
            headers=request.headers,  # holds `Host` with the name
            extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
        )
        return await self._inner.handle_async_request(pinned)


def is_insecure(error: BaseException) -> bool:
    """Say whether a connection failed for want of a good certificate, or of TLS at all."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


async def _ask_proxy(proxied: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
    try:
        response = await proxied.handle_async_request(request)
    except httpx.ProxyError as error:
        if str(error).startswith("5"):  # it is well, and could not reach the site
            raise FetchFailed("unreachable", may_pass=True, detail=f"proxy: {error}") from error
        raise FetchFailed("proxy", detail=str(error)) from error
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        if is_insecure(error):
            raise
        raise FetchFailed("proxy", may_pass=True, detail=str(error)) from error
    if response.status_code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        await response.aclose()
        raise FetchFailed("proxy", detail="it asks for another name or password")
    return response
