"""Addresses taken apart for readers that know a site by its paths. Bears whatever it is given."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bot.domain.url_rules import twin_host


@dataclass(frozen=True, slots=True)
class Address:
    """`host`: without `www.` and mobile names, "" for what is no address; `path`: decoded."""

    host: str = ""
    path: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)


@lru_cache(maxsize=64)  # each reader asks about each address
def split_address(url: str) -> Address:
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower().rstrip(".")
        query = dict(parse_qsl(parts.query))
    except ValueError:
        return Address()
    path = tuple(unquote(each) for each in parts.path.split("/") if each)
    # A step upwards would lead out of the folder of an API that an address is to be put into, also
    # one that only a server would decode.
    steps = (step for each in path for step in re.split(r"[/\\]", each))
    if parts.scheme.lower() not in {"http", "https"} or not {".", ".."}.isdisjoint(steps):
        return Address()
    return Address(twin_host(host), path, query)


def join_address(root: str, *path: str) -> str:
    """Put steps below a root, each encoded whole.

    >>> join_address("https://api.example/repos", "a", "b/c")
    'https://api.example/repos/a/b%2Fc'
    """
    return "/".join([root.rstrip("/"), *(quote(each, safe="@:+,=~") for each in path)])


def is_below(host: str, *domains: str) -> bool:
    """Say whether a host is one of the domains or lies in one."""
    return any(host == each or host.endswith(f".{each}") for each in domains)
