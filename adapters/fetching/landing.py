"""Where an address led: to a log-in, a consent page or the front page instead of what it names.

Looks at addresses alone.
"""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

# By host and path, without the question mark and what follows.
_ELSEWHERE = (
    ("consent", r"consent\.(google|youtube|yahoo)\.[a-z.]+/.*"),
    ("consent", r"guce\.[\w.-]+/.*|[\w.-]+/(.+/)?(collectConsent|cookie-?wall)/?"),
    ("captcha", r"(www\.|ipv[46]\.)?google\.[a-z.]+/sorry/.*|validate\.perfdrive\.com/.*"),
    ("captcha", r"[\w.-]*captcha[\w.-]*/.*|[\w.-]+/(.+/)?(validate)?captcha/?"),
    ("login", r"(accounts\.google|accounts\.kakao|login\.microsoftonline|login\.live)\.com/.*"),
    ("login", r"nid\.naver\.com/.*|logins\.daum\.net/.*"),
    ("login", r"[\w.-]+/(.+/)?(log-?in|sign-?in|sign_in|authwall|sso|wp-login)(\.\w{2,5})?/?"),
    ("parked", r"[\w.-]+/cgi-sys/(suspendedpage|defaultwebpage)\.cgi"),
    ("maintenance", r"[\w.-]+/(.+/)?(maintenance|under-?construction)(\.\w{2,5})?/?"),
    ("not_found", r"[\w.-]+/(.+/)?((error/?)?404|(page-?)?not-?found)(\.\w{2,5})?/?"),
)
_PATTERNS = [(reason, re.compile(pattern, re.IGNORECASE)) for reason, pattern in _ELSEWHERE]
_FRONT = re.compile(
    r"/?((index|main|home|default)(\.\w{2,5})?|[a-z]{2}([-_][a-z]{2})?)?/?", re.IGNORECASE
)
# Not "fbclid" and its like, which are put behind any address.
_ID = re.compile(
    r"(^|&)(id|no|idx|idxno|seq|num|p|wr_id|ntt_?id|document_srl|(article|news|post)_?(id|no))=\w",
    re.IGNORECASE,
)
_LONG_NAME = 12


def landed_elsewhere(asked: str, ended: str) -> str:
    """Return the reason why this is not what was asked for, "" if it may be.

    >>> landed_elsewhere("https://a.example/2019/08/trees", "https://www.a.example/")
    'not_found'
    """
    if asked == ended:
        return ""
    try:
        before, after = urlsplit(asked), urlsplit(ended)
    except ValueError:
        return ""
    for reason, pattern in _PATTERNS:
        if pattern.fullmatch(_place(after)) and not pattern.fullmatch(_place(before)):
            return reason
    is_home = _host(before) == _host(after) and _FRONT.fullmatch(after.path) and not after.query
    return "not_found" if is_home and _is_deep(before) else ""


def _place(address: SplitResult) -> str:
    return f"{address.hostname or ''}{address.path or '/'}"


def _host(address: SplitResult) -> str:
    host = address.hostname or ""
    return re.sub(r"^(www|m|mobile|amp)\.", "", host)


def _is_deep(address: SplitResult) -> bool:
    """Say whether an address names one thing of many: short ones may be names of the front."""
    if _ID.search(address.query):
        return True
    if _FRONT.fullmatch(address.path):
        return False
    steps = [step for step in address.path.split("/") if step]
    names_number = any(re.search(r"\d{3}", step) for step in steps)
    return len(steps) >= 2 or names_number or any(len(step) >= _LONG_NAME for step in steps)
