"""Links: finding them in what people write, and the one address that identifies each.

`canonicalise` gives an identity, not an address to fetch: the page is read at the
address that was shared, which may need its `www.` or its access token.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from urllib.parse import quote, unquote

from bot.domain.url_parts import (
    BARE,
    CLONE,
    SCHEME,
    Parts,
    split_url,
    with_scheme,
)
from bot.domain.url_parts import MAX_URL_LENGTH as MAX_URL_LENGTH  # known to others from here
from bot.domain.url_parts import InvalidUrl as InvalidUrl
from bot.domain.url_rules import is_tracking, known_identity, twin_host
from bot.domain.url_wrappers import find_inner, is_amp, leads_on, without_amp

_START = re.compile(rf"https?://|(?<![a-z0-9@./:_-])(?:{CLONE}|{BARE})", re.IGNORECASE | re.ASCII)
_HAS_HOST = re.compile(r"https?://[^/?#]*\w", re.IGNORECASE)

# Never part of an address as people write it: white space, control and invisible characters,
# quotes and brackets of running text, arrows, symbols and emoji.
_STOP = re.compile(
    r"[\s\x00-\x1f\x7f-\x9f<>\"`|\\\u00ad\u200b-\u200f\u2018-\u201f\u2026\u2028-\u202e\u2060-\u2069"
    r"\u2190-\u21ff\u2600-\u27bf\u3000-\u3020\uff08\uff09\uff1c\uff1e\ufe00-\ufe0f\ufeff"
    r"\U0001f000-\U0001faff]"
)
_CLOSERS = {")": "(", "]": "[", "}": "{"}
_TRAILING = ".,;:!?'*~^·([{" + "".join(map(chr, range(0x3131, 0x3164)))  # ㅋㅋ, ㅠㅠ
# An address after one of these is an argument of the first (archives, proxies, ?url=...).
_EMBEDDING = "/=?&#:"
_ANGLE_LABEL = re.compile(r"[^<>\n]*>")
_LABEL_OF_LINK = re.compile(rf"…?\]\(<?(?:https?://|{BARE})", re.IGNORECASE | re.ASCII)

_PARTICLES = (
    "을|를|이|가|은|는|의|에|에서|에는|에서는|에도|에게|와|과|랑|이랑|로|으로|로는|도|만|까지|부터|처럼"
    "|보다|이나|나|이란|란|요|이요|임|이다|다|하고|이고|고|이며|며|에요|이에요|예요|인데|이라|라"
    "|(?:입니다|인데요|이네요|네요|라고|이라고|라는|이라는|참고|확인|공유|보세요|읽어)[가-힣]*"
)
_GLUED_PARTICLE = re.compile(rf"(?<=[\x21-\x7e])(?:{_PARTICLES})\Z")
_GLUED_TO_HOST = re.compile(r"(https?://[^/?#가-힣]*\.[a-z]{2,})[가-힣]+\Z", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")


def can_be_saved(url: str) -> bool:
    try:
        canonicalise(url)
    except InvalidUrl:
        return False
    return True


def find_urls(text: str) -> list[str]:
    """Return the links of a message in order, one per identity, written as they stand.

    Known hosts are links without a scheme too and get `https://`. The label of a
    Markdown or angle-bracket link is not a link of its own. Takes linear time.
    """
    found: dict[str, str] = {}
    position = 0
    while start := _START.search(text, position):
        end = _end_of_link(text, start.start())
        position = max(end, start.end())
        before = text[max(start.start() - 1, 0) : start.start()]
        if before != "(" and _LABEL_OF_LINK.match(text, end):
            continue
        if before == "<" and text.startswith("|", end):
            label = _ANGLE_LABEL.match(text, end)
            position = label.end() if label else position
        link = _trim(with_scheme(text[start.start() : end]))
        if before == "_":
            link = link.rstrip("_")
        if _HAS_HOST.match(link):
            found.setdefault(_identity(link), link)
    return list(found.values())


@lru_cache(maxsize=1_024)  # of one address, reading and storing ask a dozen times
def canonicalise(url: str) -> str:
    """Return the address that stands for every address of the same thing; idempotent.

    Raises:
        InvalidUrl: not http or https, no usable host, credentials, too long.

    """
    parts, before = split_url(url), None
    while parts != before:
        parts, before = _without_detours(_unwrap(parts)), parts
    if identity := known_identity(parts.host, parts.path, parts.query):
        return identity
    host = "www.youtube.com" if parts.host == "youtube.com" else parts.host
    route = parts.fragment.partition(":~:")[0]  # what a browser is to mark is no part of it
    fragment = f"#{route}" if route.startswith(("!", "/")) else ""
    query = f"?{parts.query}" if parts.query else ""
    return f"https://{host}{parts.port}{parts.path or '/'}{query}{fragment}"


def address_to_read(url: str) -> str:
    """Return where the page is found: what a link shim or a cache carries, else the address."""
    found = url
    for _ in range(_MOST_WRAPPERS):
        try:
            outer = split_url(found)
            inner = find_inner(outer.host, outer.path, outer.query)
            if inner is None or not leads_on(outer.host):
                break
            split_url(inner)
        except InvalidUrl:
            break
        found = inner
    return found


def host_of(url: str) -> str:
    """Return the lower-case host without `www.`; raises `InvalidUrl` as `canonicalise` does."""
    return split_url(url).host


def display_url(url: str) -> str:
    """Return the address as people like to read it: letters decoded, everything risky encoded.

    White space, control, bidirectional and look-alike characters stay (or become) percent
    escapes, so the result is one visible word and leads to the same place. Never raises.
    """
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if not separator or any(ord(character) < 33 for character in host):
        return _readable(url)
    host = ".".join(_readable_label(label) for label in host.split("."))
    return f"{_readable(scheme)}://{_readable(host)}{slash}{_readable(path)}"


# Finding


def _end_of_link(text: str, start: int) -> int:
    """Return where the address ends: a stop, a bracket it did not open, or the next address."""
    scheme = SCHEME.match(text, start)
    opened = dict.fromkeys(_CLOSERS.values(), 0)
    for index in range(scheme.end() if scheme else start, len(text)):
        character = text[index]
        if _STOP.match(character):
            return index
        if character in opened:
            opened[character] += 1
        elif opener := _CLOSERS.get(character):
            if not opened[opener]:
                return index
            opened[opener] -= 1
        elif character in "hH" and _is_glued(text, index):
            return index
    return len(text)


def _is_glued(text: str, index: int) -> bool:
    return text[index - 1] not in _EMBEDDING and SCHEME.match(text, index) is not None


def _trim(link: str) -> str:
    """Drop the punctuation, laughter and particles that Korean chat glues to an address."""
    link = _GLUED_TO_HOST.sub(r"\1", link.rstrip(_TRAILING))
    without_particle = _GLUED_PARTICLE.sub("", link)
    # Hangul elsewhere means a Korean address, where the ending may be a word of its own.
    return link if _HANGUL.search(without_particle) else without_particle.rstrip(_TRAILING)


def _identity(link: str) -> str:
    try:
        return canonicalise(link)
    except InvalidUrl:
        return link


# Identity

_MOST_WRAPPERS = 8


def _unwrap(parts: Parts) -> Parts:
    """Return the address that others were wrapped around, unless there is no end of them."""
    found = parts
    for _ in range(_MOST_WRAPPERS):
        inner = find_inner(found.host, found.path, found.query)
        try:
            unwrapped = split_url(inner) if inner is not None else None
        except InvalidUrl:
            return found
        if unwrapped is None:
            return found
        fragment = unwrapped.fragment or found.fragment
        found = unwrapped._replace(fragment=fragment)
    return parts


def _without_detours(parts: Parts) -> Parts:
    """Drop what says how a page is reached or shown, until nothing of that is left."""
    host, path = without_amp(parts.host, parts.path)
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _is_detour(host, pair))
    is_known = known_identity(host, path, query) is not None
    if not (query or is_known) and _FILES.isdisjoint(path.split("/")):
        path = _INDEX.sub("", path)
    return parts._replace(host=twin_host(host), path=path.rstrip("/"), query=query)


def _is_detour(host: str, pair: str) -> bool:
    name, _, value = pair.partition("=")
    return is_tracking(host, name, value) or is_amp(name, value)


# The front of a folder, but for those that show the file of that name by its path.
_INDEX = re.compile(r"/index\.html?\Z")
_FILES = {"blob", "raw", "src", "source", "tree", "files"}


# Display

_ESCAPES = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_UNREADABLE = re.compile(r"[^\x21-\x7e]|[<>\"`\\|^{}]")


def _readable(text: str) -> str:
    decoded = _ESCAPES.sub(lambda escapes: _decode_letters(escapes[0]), text)
    return _UNREADABLE.sub(
        lambda character: (
            character[0]
            if _is_letter(character[0])
            else quote(character[0], safe="", errors="replace")
        ),
        decoded,
    )


def _decode_letters(escapes: str) -> str:
    try:
        return unquote(escapes, errors="strict")
    except UnicodeDecodeError:
        return escapes


def _is_letter(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character)[0] in "LN"


def _readable_label(label: str) -> str:
    """Decode a host label only into Hangul: other alphabets hold doubles of Latin letters."""
    if not label.lower().startswith("xn--"):
        return label
    try:
        decoded = label.encode("ascii").decode("idna")
    except UnicodeError:
        return label
    return decoded if re.fullmatch(r"[a-z0-9가-힣-]+", decoded) else label
