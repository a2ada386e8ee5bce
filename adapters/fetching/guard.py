"""Which addresses may be opened: the public web, and inside hosts that the operator names."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING, TypeAlias

from bot.errors import FetchFailed

if TYPE_CHECKING:
    import httpx

Resolver: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FIRST_FREE_PORT = (
    1024  # below it live mail, files and log-in, which a request could be made to speak
)

# Addresses that `ipaddress` calls global in some or all Python versions but that lead inside:
# the relays of 6to4, the protocols' own range (where one cloud tells its machines their secrets),
# and the host agent that every machine on Azure reaches.
_ALSO_INSIDE = tuple(
    map(ipaddress.ip_network, ("192.88.99.0/24", "192.0.0.0/24", "168.63.129.16/32"))
)
# IPv6-only networks reach IPv4 through this prefix (RFC 6052): what counts is the inner address.
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")

# What the C library would read as an IPv4 address: 2130706433, 0x7f.1, 127.1, 0177.0.0.1
_NUMERIC_HOST = re.compile(r"(?:[^.]*\.)*(?:\d+|0x[0-9a-f]*)\.?", re.IGNORECASE)

# Name servers say so; that none of them answers is no fault of the name. Not all systems tell the
# second, a name that is there without an address.
_NO_SUCH_NAME = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}

# Names that no public name server answers, whoever is asked. Source: RFC 6761, 6762, 8375, 9476.
_INSIDE_NAME = re.compile(r"[^.]*\.?|.*\.(localhost|local|internal|home\.arpa|lan|intranet|alt)\.?")


class AddressGuard:
    """Decides per request, so that each redirect is looked at like the first address.

    `allow_hosts` holds `host` or `host:port`: such a host may lie inside. It exempts only itself.
    `leaves_names`: a name that is not known here is no failure, for somebody else looks it up.
    """

    def __init__(
        self,
        allow_hosts: Collection[str] = frozenset(),
        *,
        resolve: Resolver | None = None,
        leaves_names: bool = False,
    ) -> None:
        self._allow_hosts = {host.strip().lower() for host in allow_hosts}
        self._resolve = resolve or resolve_host
        self._leaves_names = leaves_names

    async def check(self, url: httpx.URL) -> Sequence[str]:
        """Return the IP addresses to connect to; connecting to anything else undoes the check.

        None are returned for a name that is left to others.

        Raises:
            FetchFailed: the address is malformed, leads inside or has no host behind it.
        """
        host, port = _host(url), _checked_port(url)
        if self.is_allowed(url):
            return await self._addresses(host, port)
        _check_spelling(host)
        addresses = await self._addresses_or_none(host, port)
        # One inside answer among public ones is enough: whoever mixes them is not to be trusted.
        inside = [address for address in addresses if not is_public(address)]
        if inside:
            raise FetchFailed("private_address", detail=f"{host} is {inside[0]}")
        if port not in _DEFAULT_PORTS.values() and port < _FIRST_FREE_PORT:
            raise FetchFailed("bad_address", detail=f"port {port} is not for web pages")
        return addresses

    def is_allowed(self, url: httpx.URL) -> bool:
        host, port = _host(url), _checked_port(url)
        names = {host, f"[{host}]"} if ":" in host else {host}
        return any({name, f"{name}:{port}"} & self._allow_hosts for name in names)

    async def _addresses_or_none(self, host: str, port: int) -> Sequence[str]:
        try:
            return await self._addresses(host, port)
        except FetchFailed:
            if not self._leaves_names:
                raise
            if _INSIDE_NAME.fullmatch(host):
                raise FetchFailed(
                    "private_address", detail=f"{host} names an inside host"
                ) from None
            return ()

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if _is_ip(host):
            return (host,)
        try:
            addresses = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            is_known = isinstance(error, OSError) and error.errno not in _NO_SUCH_NAME
            reason = "unreachable" if is_known else "unknown_host"
            raise FetchFailed(reason, may_pass=True, detail=f"{host}: {error}") from error
        if not addresses:
            raise FetchFailed("unknown_host", may_pass=True, detail=f"{host} has no address")
        return addresses


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Return each address of a host once, in the order that the system prefers."""
    loop = asyncio.get_running_loop()
    answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(answer[4][0]) for answer in answers))


def is_public(address: str) -> bool:
    """Say whether an IP address belongs to the public internet; what is no IP address does not."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        return _is_public_v6(ip)
    return _is_public_v4(ip)


def _is_public_v4(ip: ipaddress.IPv4Address) -> bool:
    is_inside = ip.is_multicast or ip.is_reserved or any(ip in net for net in _ALSO_INSIDE)
    return ip.is_global and not is_inside


def _is_public_v6(ip: ipaddress.IPv6Address) -> bool:
    if ip in _NAT64:
        return _is_public_v4(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
    # 6to4 and Teredo are obsolete tunnels that carry an IPv4 address of the sender's choice.
    is_tunnel = ip.sixtofour is not None or ip.teredo is not None
    return ip in _GLOBAL_UNICAST and ip.is_global and not is_tunnel


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower()  # what goes over the wire, not how it is shown


def _checked_port(url: httpx.URL) -> int:
    if url.scheme not in _DEFAULT_PORTS:
        raise FetchFailed("bad_scheme", detail=url.scheme)
    if url.userinfo:
        raise FetchFailed("bad_address", detail="it carries a name or password")
    port = url.port if url.port is not None else _DEFAULT_PORTS[url.scheme]
    if not 0 < port < 1 << 16:
        raise FetchFailed("bad_address", detail=f"there is no port {port}")
    return port


def _check_spelling(host: str) -> None:
    if not host:
        raise FetchFailed("bad_address", detail="it has no host")
    if _NUMERIC_HOST.fullmatch(host) and not _is_ip(host):
        raise FetchFailed("bad_address", detail=f"{host} is a number in disguise")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
