"""Addresses that only carry another one: link shims, caches, archives, and copies for phones."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qsl, unquote

# Where a link passes on its way out -> the parameter that carries it. A path that is not named
# may be any.
_SHIMS: dict[str, tuple[str, tuple[str, ...]]] = {
    "l.facebook.com": ("/l.php", ("u",)),
    "lm.facebook.com": ("/l.php", ("u",)),
    "l.instagram.com": ("", ("u",)),
    "l.messenger.com": ("/l.php", ("u",)),
    "l.threads.net": ("", ("u",)),
    "l.threads.com": ("", ("u",)),
    "facebook.com": ("/l.php", ("u",)),
    "slack-redir.net": ("/link", ("url",)),
    "out.reddit.com": ("", ("url",)),
    "t.umblr.com": ("/redirect", ("z",)),
    "youtube.com": ("/redirect", ("q",)),
    "linkedin.com": ("/safety/go", ("url",)),
    "steamcommunity.com": ("/linkfilter", ("u", "url")),
    "duckduckgo.com": ("/l", ("uddg",)),
    "vk.com": ("/away.php", ("to",)),
    "medium.com": ("/r", ("url",)),
    "link.zhihu.com": ("", ("target",)),
    "link.naver.com": ("/bridge", ("url",)),
}
_SAFE_LINKS = re.compile(r"[a-z0-9]+\.safelinks\.protection\.outlook\.com")

_INNER = r"(?P<inner>https?(?::|%3A)/.+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/.*)?)"
_ARCHIVES = {
    "web.archive.org": re.compile(rf"/web/\d{{4,14}}(?:[a-z]{{2}}_)?/{_INNER}", re.IGNORECASE),
    **dict.fromkeys(
        [f"archive.{end}" for end in ("ph", "is", "today", "li", "md", "vn", "fo")],
        re.compile(rf"/(?:newest|oldest|\d{{4}}[\d.-]*|o/\w+)/{_INNER}", re.IGNORECASE),
    ),
}
_GOOGLE = re.compile(r"google\.(?:com?\.)?[a-z]{2,3}")
_GOOGLE_AMP = re.compile(rf"/amp(?P<s>/s)?/{_INNER}", re.IGNORECASE)
_AMP_CACHE = re.compile(rf"/(?:c|v|wp/(?:c|v))(?P<s>/s)?/{_INNER}", re.IGNORECASE)
_AMP_CACHE_HOST = re.compile(r"(?:[a-z0-9-]+\.)?cdn\.ampproject\.org")
_GOOGLE_NEWS = re.compile(r"/(?:rss/)?(?:articles|read)/([\w-]{16,4000})", re.ASCII)

# Each of their names belongs to somebody else: a first label is never one for phones.
_HOMES_OF_MANY = re.compile(
    r"(?:github|gitlab|readthedocs|gitbook|ghost)\.io|(?:blogspot|wordpress|tistory|medium|substack"
    r"|tumblr|herokuapp|firebaseapp|wixsite|weebly|appspot|livejournal)\.com|(?:netlify|vercel|web"
    r"|fly|streamlit)\.app|(?:pages|workers|hashnode|deno)\.dev|hf\.space|notion\.site|surge\.sh"
)
_AMP_HOST = re.compile(r"amp\.(?P<site>[^.]+\.[^.].*)")
_AMP_PARAMETERS = {
    "amp": {"", "1", "true", "yes"},
    "outputtype": {"amp"},
    "_amp": {"", "1", "true"},
}
_AMP_TRACES = {"amp_js_v", "amp_gsa", "usqp", "amp_ct"}


def find_inner(host: str, path: str, query: str) -> str | None:
    """Return the address that this one carries, as it stands there; None if it carries none."""
    if rule := _SHIMS.get(host):
        where, names = rule
        return _parameter(query, names) if where in ("", path) else None
    if _GOOGLE.fullmatch(host):
        if path == "/url":
            return _parameter(query, ("q", "url"))
        return _in_path(_GOOGLE_AMP.fullmatch(path), query)
    if _SAFE_LINKS.fullmatch(host):
        return _parameter(query, ("url",))
    if pattern := _ARCHIVES.get(host):
        return _in_path(pattern.fullmatch(path), query)
    if _AMP_CACHE_HOST.fullmatch(host):
        return _in_path(_AMP_CACHE.fullmatch(path), query)
    if host == "news.google.com" and (found := _GOOGLE_NEWS.fullmatch(path)):
        return _in_token(found[1])
    return None


def leads_on(host: str) -> bool:
    """Whether the address that one of this host carries is to be read in its place.

    An archive keeps what may be gone where it was.
    """
    return host not in _ARCHIVES


def is_home_of_many(host: str) -> bool:
    """Whether each name below this one belongs to somebody else."""
    return _HOMES_OF_MANY.fullmatch(host) is not None


def without_amp(host: str, path: str) -> tuple[str, str]:
    """Return host and path of the page that this one is a copy of for phones."""
    found = _AMP_HOST.fullmatch(host)
    if found and not is_home_of_many(found["site"]):
        host = found["site"]
    page = path
    while page.endswith("/amp"):
        page = page.removesuffix("/amp")
    if page != path and _is_article(page):
        return host, page
    while page.startswith("/amp/"):
        page = page.removeprefix("/amp")
    if page != path and _has_number(page):
        return host, page
    if path.endswith((".amp", ".amp.html")):
        return host, path.removesuffix(".html").removesuffix(".amp") + (
            ".html" if path.endswith(".html") else ""
        )
    return host, path


def _is_article(path: str) -> bool:
    """Whether it ends in an article: the copy of one, where a lone word may be about AMP."""
    return _has_number(path) or path.rpartition("/")[2].count("-") > 1


def _has_number(path: str) -> bool:
    return any("0" <= character <= "9" for character in path)


def is_amp(name: str, value: str) -> bool:
    """Whether a parameter only asks for the copy for phones."""
    name = name.lower()
    return name in _AMP_TRACES or value.lower() in _AMP_PARAMETERS.get(name, ())


def _parameter(query: str, names: tuple[str, ...]) -> str | None:
    values = dict(reversed(parse_qsl(query)))
    found = (values.get(name, "") for name in names)
    return next((value for value in found if value.startswith(("http://", "https://"))), None)


def _in_path(match: re.Match[str] | None, query: str) -> str | None:
    if match is None:
        return None
    inner = match["inner"]
    if re.match(r"https?%3A", inner, re.IGNORECASE):
        inner = unquote(inner)
    found = re.match(r"(https?):/+", inner, re.IGNORECASE)
    groups = match.groupdict()
    scheme = found[1].lower() if found else "https" if groups.get("s") else "http"
    rest = inner[found.end() :] if found else inner
    return f"{scheme}://{rest}{'?' * bool(query)}{query}"


def _in_token(token: str) -> str | None:
    """Return what Google News wrote into an address itself, as it did until 2024."""
    try:
        told = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    if not told.startswith(b'\x08\x13"') or len(told) < 5:
        return None
    length, begin = told[3], 4
    if length >= 0x80:
        length, begin = (length & 0x7F) | told[4] << 7, 5
    url = told[begin : begin + length]
    is_whole = len(url) == length and url.startswith((b"http://", b"https://"))
    return url.decode("ascii", "ignore") if is_whole and url.isascii() else None
