"""What the head of an answer says: how the request went, what is sent. Nothing is trusted."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import unquote

import httpx

from adapters.fetching.retry_after import parse_retry_after
from adapters.parsing.download import Version
from bot.errors import FetchFailed
from bot.text.printable import is_control

# Read by patterns: the mail parser behind httpx trips over the numbered parts of RFC 2231.
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE | re.ASCII)
_FILENAME = re.compile(r""";\s*filename\s*=\s*(?:"([^"]{1,400})"|([^\s;"]{1,400}))""", re.I)
_ENCODED_FILENAME = re.compile(r";\s*filename\*\s*=\s*UTF-8'[\w-]{0,20}'([^\s;]{1,800})", re.I)

_VERSION_CHARS = 500
_FILENAME_CHARS = 200
_LENGTH_DIGITS = 15

# What a status says to people, and whether the same request may go better later.
_REASONS = {
    HTTPStatus.UNAUTHORIZED: ("login", False),
    HTTPStatus.NOT_FOUND: ("not_found", False),
    HTTPStatus.GONE: ("not_found", False),
    HTTPStatus.REQUEST_TIMEOUT: ("timeout", True),
    HTTPStatus.TOO_EARLY: ("too_many_requests", True),
    HTTPStatus.TOO_MANY_REQUESTS: ("too_many_requests", True),
}


def check_status(response: httpx.Response) -> None:
    """Raise the `FetchFailed` that a status stands for."""
    status = response.status_code
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return
    if status in _REASONS:
        reason, may_pass = _REASONS[HTTPStatus(status)]
    elif HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        reason, may_pass = "forbidden", False
    else:
        reason, may_pass = "server_error", True
    retry_after_s = parse_retry_after(
        response.headers.get("Retry-After", ""), now=datetime.now(UTC)
    )
    raise FetchFailed(
        reason, may_pass=may_pass, retry_after_s=retry_after_s, detail=f"status {status}"
    )


def content_type_of(response: httpx.Response) -> str:
    said: str = response.headers.get("Content-Type", "")
    return said.partition(";")[0].strip().lower()[:100]


def charset_of(response: httpx.Response) -> str:
    found = _CHARSET.search(response.headers.get("Content-Type", ""))
    return found[1] if found else ""


def version_of(response: httpx.Response) -> Version:
    """Return what may be sent back: ASCII and short, for a header of ours is made of it."""
    named = (response.headers.get(name, "") for name in ("ETag", "Last-Modified"))
    return Version(
        *(each if each.isascii() and len(each) <= _VERSION_CHARS else "" for each in named)
    )


def length_of(response: httpx.Response) -> int | None:
    """Return the bytes of the thing itself, not those of its packed form."""
    said = response.headers.get("Content-Length", "")
    is_packed = response.headers.get("Content-Encoding", "identity") != "identity"
    is_number = said.isascii() and said.isdecimal() and len(said) <= _LENGTH_DIGITS
    return int(said) if is_number and not is_packed else None


def filename_of(response: httpx.Response) -> str:
    """Return a plain name: no folders, nothing that cannot be seen."""
    said = response.headers.get("Content-Disposition", "")
    if encoded := _ENCODED_FILENAME.search(said):
        name = unquote(encoded[1], errors="replace")
    elif found := _FILENAME.search(said):
        name = _as_utf8(found[1] or found[2])
    else:
        return ""
    shown = "".join(each for each in re.split(r"[/\\]", name)[-1] if not is_control(each))
    return shown.strip(" .")[:_FILENAME_CHARS]


def last_modified_of(response: httpx.Response) -> datetime | None:
    try:
        at = parsedate_to_datetime(response.headers.get("Last-Modified", ""))
        return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, IndexError, TypeError):  # whatever a hostile one ends in
        return None


def _as_utf8(name: str) -> str:
    """Headers are read as Latin letters, while many servers write names in UTF-8."""
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return name
