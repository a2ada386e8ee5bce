"""An address taken apart, with its parts spelled the one way in which equal ones are equal."""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from bot.domain.url_rules import twin_host

MAX_URL_LENGTH = 8192  # longer ones are data, not links; browsers and servers give up near here

_BARE_HOSTS = (
    "arxiv.org|github.com|huggingface.co|openreview.net|aclanthology.org|doi.org|youtube.com"
    "|youtu.be|medium.com|velog.io|x.com|twitter.com|linkedin.com|reddit.com|blog.naver.com"
    "|n.news.naver.com|kaggle.com|gitlab.com|notion.so|brunch.co.kr"
).replace(".", r"\.")
BARE = rf"(?:www\.(?:[a-z0-9-]+\.)+[a-z]{{2,}}|(?:{_BARE_HOSTS})/[^\s])"
SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BARE_START = re.compile(BARE, re.IGNORECASE | re.ASCII)
# What forges offer to clone from names the page of the repository. Others may have none.
_FORGES = "github.com|gitlab.com|bitbucket.org|codeberg.org|hf.co".replace(".", r"\.")
CLONE = rf"(?:ssh://)?git@(?P<forge>{_FORGES})[:/](?:[0-9]+/)?(?=[\w.-]+/)"
_CLONE_START = re.compile(CLONE, re.IGNORECASE | re.ASCII)


class InvalidUrl(ValueError):
    """The text is not an address on the web that can be saved."""


def with_scheme(link: str) -> str:
    """Return the web address that is meant by one without a scheme, or one to clone from."""
    if clone := _CLONE_START.match(link):
        return f"https://{clone['forge']}/{link[clone.end() :]}"
    return f"https://{link}" if _BARE_START.match(link) else link


class Parts(NamedTuple):
    host: str
    port: str
    path: str
    query: str
    fragment: str


def split_url(url: str) -> Parts:
    url = with_scheme(url.strip().strip("\u200b\u200e\u200f\u2060\ufeff"))
    if len(url) > MAX_URL_LENGTH:
        raise InvalidUrl(f"longer than {MAX_URL_LENGTH} characters")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in url):
        raise InvalidUrl("control characters in the address")
    try:
        parts = urlsplit(url)
        port, hostname = parts.port, parts.hostname
    except ValueError as error:
        raise InvalidUrl(str(error)) from error
    if parts.scheme not in ("http", "https"):
        raise InvalidUrl(f"not a web address: {url[:80]!r}")
    if "@" in parts.netloc:
        raise InvalidUrl("the address carries credentials")
    return Parts(
        host=_normalise_host(hostname or ""),
        # The scheme is no part of the identity, so neither is either scheme's own port.
        port="" if port in (None, 80, 443) else f":{port}",
        path=_normalise_path(parts.path),
        query=_encode(parts.query),
        fragment=_encode(parts.fragment),
    )


_HOST_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = re.compile(rf"{_HOST_LABEL}(?:\.{_HOST_LABEL})*")


def _normalise_host(host: str) -> str:
    if ":" in host:
        return f"[{_ipv6(host)}]"
    if len(host) > 253:
        raise InvalidUrl("the host is too long")
    try:
        name = host.rstrip(".").encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise InvalidUrl(f"no usable host: {host!r}") from error
    if not _HOST.fullmatch(name):
        raise InvalidUrl(f"no usable host: {host!r}")
    return twin_host(name)


def _ipv6(host: str) -> IPv6Address:
    try:
        address = IPv6Address(host)
    except ValueError as error:
        raise InvalidUrl(f"no usable host: {host!r}") from error
    if address.scope_id:
        raise InvalidUrl("an address of one machine's network card")
    return address


def _normalise_path(path: str) -> str:
    segments: list[str] = []
    for segment in _encode(path).split("/")[1:]:
        if segment == "..":
            del segments[-1:]
        elif segment != ".":
            segments.append(segment)
    return "".join(f"/{segment}" for segment in segments).rstrip("/")


_ESCAPE_OR_UNSAFE = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")


def _encode(text: str) -> str:
    """Give equal texts equal escapes: upper-case hex, none for unreserved characters."""
    return _ESCAPE_OR_UNSAFE.sub(_normal_escape, text)


def _normal_escape(match: re.Match[str]) -> str:
    piece = match[0]
    if len(piece) == 1:
        return quote(piece, safe="")
    character = chr(int(piece[1:], 16))
    return character if _UNRESERVED.fullmatch(character) else piece.upper()
