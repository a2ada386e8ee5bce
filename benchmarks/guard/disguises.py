"""Addresses that a reader, or the program that shows a text, takes for what they stand for."""

from __future__ import annotations

import random
from collections.abc import Callable
from urllib.parse import urlsplit

_CYRILLIC = str.maketrans("aeopcx", "аеорсх")
_FULL_WIDTH = {ord(each): ord(each) + 0xFEE0 for each in "abcdefghijklmnopqrstuvwxyz."}


def _between(mark: str) -> Callable[[str], str]:
    return lambda host: mark.join(host.split("."))


def _look_alike(host: str) -> str:
    name, _, domain = host.rpartition(".")
    return f"{name.translate(_CYRILLIC)}.{domain}"


# Every other one is kept for the held-out half.
DISGUISES: tuple[Callable[[str], str], ...] = (
    _between("。"),
    _between("\u200b."),
    _between("[.]"),
    _between(" dot "),
    _between("\uff0e"),
    _between("(.)"),
    _between("\u2024"),
    _between("[dot]"),
    _between("\uff61"),
    _between(".\u00ad"),
    lambda host: host.translate(_FULL_WIDTH),
    lambda host: f"hxxps://{host}",
    _look_alike,
    _between("\u2060."),
    lambda host: f"hxxp://{_between('[.]')(host)}/get",
    _between(" (dot) "),
    _between("{.}"),
    _between("\u3002\u200d"),
)


def host_of(link: str) -> str:
    bare = link if "://" in link else f"https://{link}"
    return urlsplit(bare).hostname or ""


def disguise(link: str, half: int, chance: random.Random) -> str:
    return chance.choice(DISGUISES[half::2])(host_of(link))
