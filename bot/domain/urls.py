"""Links: finding them in what people write, and the one address that identifies each.

`canonicalise` gives an identity, not an address to fetch: the page is read at the
address that was shared, which may need its `www.` or its access token.
"""

from __future__ import annotations

import re
import unicodedata
from ipaddress import IPv6Address
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from bot.domain.url_rules import MOBILE_HOSTS, is_tracking, known_identity

MAX_URL_LENGTH = 8192  # longer ones are data, not links; browsers and servers give up near here

_BARE_HOSTS = (
    "arxiv.org|github.com|huggingface.co|openreview.net|aclanthology.org|doi.org|youtube.com"
    "|youtu.be|medium.com|velog.io|x.com|twitter.com|linkedin.com|reddit.com|blog.naver.com"
    "|n.news.naver.com|kaggle.com|gitlab.com|notion.so|brunch.co.kr"
).replace(".", r"\.")
_BARE = rf"(?:www\.(?:[a-z0-9-]+\.)+[a-z]{{2,}}|(?:{_BARE_HOSTS})/[^\s])"
_SCHEME = re.compile(r"https?://", re.IGNORECASE)
_BARE_START = re.compile(_BARE, re.IGNORECASE | re.ASCII)
_START = re.compile(rf"https?://|(?<![a-z0-9@./:_-]){_BARE}", re.IGNORECASE | re.ASCII)
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
_LABEL_OF_LINK = re.compile(rf"…?\]\(<?(?:https?://|{_BARE})", re.IGNORECASE | re.ASCII)

_PARTICLES = (
    "을|를|이|가|은|는|의|에|에서|에는|에서는|에도|에게|와|과|랑|이랑|로|으로|로는|도|만|까지|부터|처럼"
    "|보다|이나|나|이란|란|요|이요|임|이다|다|하고|이고|고|이며|며|에요|이에요|예요|인데|이라|라"
    "|(?:입니다|인데요|이네요|네요|라고|이라고|라는|이라는|참고|확인|공유|보세요|읽어)[가-힣]*"
)
_GLUED_PARTICLE = re.compile(rf"(?<=[\x21-\x7e])(?:{_PARTICLES})\Z")
_GLUED_TO_HOST = re.compile(r"(https?://[^/?#가-힣]*\.[a-z]{2,})[가-힣]+\Z", re.IGNORECASE)
_HANGUL = re.compile(r"[가-힣]")


class InvalidUrl(ValueError):
    """The text is not an address on the web that can be saved."""


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
        link = _trim(_with_scheme(text[start.start() : end]))
        if before == "_":
            link = link.rstrip("_")
        if _HAS_HOST.match(link):
            found.setdefault(_identity(link), link)
    return list(found.values())


def canonicalise(url: str) -> str:
    """Return the address that stands for every address of the same thing; idempotent.

    Raises:
        InvalidUrl: not http or https, no usable host, credentials, too long.

    """
    parts = _split(url)
    if identity := known_identity(parts.host, parts.path, parts.query):
        return identity
    host = "www.youtube.com" if parts.host == "youtube.com" else parts.host
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not is_tracking(parts.host, *pair.partition("=")[::2])
    )
    return f"https://{host}{parts.port}{parts.path or '/'}{'?' * bool(query)}{query}{fragment}"


def host_of(url: str) -> str:
    """Return the lower-case host without `www.`; raises `InvalidUrl` as `canonicalise` does."""
    return _split(url).host


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
    scheme = _SCHEME.match(text, start)
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
    return text[index - 1] not in _EMBEDDING and _SCHEME.match(text, index) is not None


def _trim(link: str) -> str:
    """Drop the punctuation, laughter and particles that Korean chat glues to an address."""
    link = _GLUED_TO_HOST.sub(r"\1", link.rstrip(_TRAILING))
    without_particle = _GLUED_PARTICLE.sub("", link)
    # Hangul elsewhere means a Korean address, where the ending may be a word of its own.
    return link if _HANGUL.search(without_particle) else without_particle.rstrip(_TRAILING)


def _with_scheme(link: str) -> str:
    return f"https://{link}" if _BARE_START.match(link) else link


def _identity(link: str) -> str:
    try:
        return canonicalise(link)
    except InvalidUrl:
        return link


# Identity


class _Parts(NamedTuple):
    host: str
    port: str
    path: str
    query: str
    fragment: str


def _split(url: str) -> _Parts:
    url = _with_scheme(url.strip().strip("\u200b\u200e\u200f\u2060\ufeff"))
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
    return _Parts(
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
    while name.startswith("www.") and "." in name[4:]:
        name = name[4:]
    return MOBILE_HOSTS.get(name) or name.replace(".m.wikipedia.org", ".wikipedia.org")


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
