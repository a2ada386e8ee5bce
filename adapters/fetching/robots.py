"""What a site asks of programs that come by themselves: its robots.txt (RFC 9309)."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from adapters.fetching.hosts import Caller
from adapters.fetching.wanted import Wanted
from adapters.fetching.web import Web
from adapters.parsing import Download, Parsers
from bot.errors import FetchFailed

OUR_NAME = "jubo"
_ROBOTS = Wanted("text/plain,*/*;q=0.1", re.compile(r".*", re.DOTALL))
_KEPT_S = 86_400.0
_SITES = 500
_LONGEST_DELAY_S = 10.0  # between two requests; some ask for hours

# RFC 9309, 2.5: at least 500 kibibytes are to be read.
_BYTES = 512 * 1024
_RULES = 2_000
_PATH_CHARS = 1_000
_UNQUOTED = "/*$?=&;:@,+!'()~#[]"


@dataclass(frozen=True, slots=True)
class Rule:
    path: str
    allows: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for us. `delay_s`: how long to wait between two requests."""

    rules: tuple[Rule, ...] = ()
    delay_s: float = 0.0


class Robots:
    """Asks each site once a day. What it allows is what a polite program may fetch unasked."""

    def __init__(
        self,
        web: Web,
        parsers: Parsers,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._web = web
        self._parsers = parsers
        self._monotonic = monotonic
        self._known: OrderedDict[str, tuple[float, Rules]] = OrderedDict()

    async def check(self, url: str, caller: Caller) -> None:
        """Return if it may be fetched, which the caller then does as slowly as its site asks.

        Raises:
            FetchFailed: `robots` if it may not; that it cannot be told now, which may pass.
            NoTurn: its site is not to be asked for long.

        """
        site = _site(url)
        if not site:
            return  # no address, which fetching it will say
        rules = await self._rules(site, caller)
        if not is_allowed(rules.rules, url):
            raise FetchFailed("robots", detail=f"disallowed by {site}/robots.txt")
        caller.keeps_delays = True
        if rules.delay_s:
            self._web.slow_down(site, rules.delay_s)

    async def _rules(self, site: str, caller: Caller) -> Rules:
        read_at, rules = self._known.get(site, (0.0, None))
        if rules is None or self._monotonic() - read_at > _KEPT_S:
            rules = await self._ask(site, caller)
            self._known[site] = (self._monotonic(), rules)
            self._known.move_to_end(site)
            if len(self._known) > _SITES:
                self._known.popitem(last=False)
        return rules

    async def _ask(self, site: str, caller: Caller) -> Rules:
        try:
            address = f"{site}/robots.txt"
            download = await self._web.download(address, wanted=_ROBOTS, caller=caller)
            return await self._parsers.parse(read_robots, download)
        except FetchFailed as failure:
            # RFC 9309, 2.3.1: what is not there forbids nothing; what cannot be had now may.
            if failure.may_pass:
                raise
            return Rules()


def read_robots(download: Download) -> Rules:
    """Return the rules of the groups that name us, else of those for everybody."""
    text = download.body[:_BYTES].decode("utf-8-sig", "replace")
    groups: dict[str, list[tuple[str, str]]] = {}
    names: list[str] = []
    is_open = False  # whether more names may join the group
    for line in text.splitlines():
        key, _, value = line.partition("#")[0].partition(":")
        key, value = key.strip().lower(), value.strip()
        if key == "user-agent":
            names = [*names, value.lower()] if is_open else [value.lower()]
            is_open = True
        elif key in ("allow", "disallow", "crawl-delay"):
            is_open = False
            for name in names:
                groups.setdefault(name, []).append((key, value))
        if is_open:
            groups.setdefault(names[-1], [])
    ours = next((said for name, said in groups.items() if _is_our_name(name)), None)
    return _rules_of(groups.get("*", []) if ours is None else ours)


def is_allowed(rules: Sequence[Rule], url: str) -> bool:
    """Say whether the longest rule that fits allows it; of two the one that does.

    >>> is_allowed([Rule("/", False), Rule("/feed", True)], "https://a.example/feed.xml")
    True
    """
    parts = urlsplit(url)
    path = _spelled(f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}")
    fitting = [rule for rule in rules if _fits(rule.path, path)]
    return max(fitting, key=lambda rule: (len(rule.path), rule.allows)).allows if fitting else True


def _is_our_name(name: str) -> bool:
    return re.split(r"[^\w-]", name, maxsplit=1)[0] == OUR_NAME


def _rules_of(said: Sequence[tuple[str, str]]) -> Rules:
    paths = [(key, value) for key, value in said if key != "crawl-delay"]
    delays = [value for key, value in said if key == "crawl-delay"]
    rules = [
        Rule(_spelled(path), key == "allow")
        for key, path in paths[:_RULES]
        if path and len(path) <= _PATH_CHARS
    ]
    return Rules(tuple(rules), _seconds(delays[0]) if delays else 0.0)


def _seconds(value: str) -> float:
    found = re.match(r"\d{1,6}(?:\.\d{1,6})?", value)
    return min(float(found[0]), _LONGEST_DELAY_S) if found else 0.0


def _fits(pattern: str, path: str) -> bool:
    """Match without a regular expression, whose time a hostile pattern could choose."""
    is_whole = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    for number, piece in enumerate(others, start=1):
        if is_whole and number == len(others):
            return path.endswith(piece) and len(path) - len(piece) >= at
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return not is_whole or at == len(path)


def _spelled(path: str) -> str:
    """Spell each character in one way: %7E is ~."""
    return quote(unquote(path), safe=_UNQUOTED)


def _site(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    is_site = parts.hostname and "@" not in parts.netloc
    return f"{parts.scheme}://{parts.netloc}" if is_site else ""
