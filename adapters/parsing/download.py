"""A document as it came from outside, and what its server says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Version:
    """What a server calls the state of a document: sent back, it answers whether it is the same."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        named = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in named.items() if value}


UNKNOWN = Version()


@dataclass(frozen=True, slots=True)
class Download:
    """`url` is where the redirects ended; `charset` is what the server says, else "".

    `content_type`: what its first bytes show it to be, else what the server says.
    `lasting_url`: the address to ask next time. A redirect that is for now does not change it.
    `is_same`: the server has the version that was asked about, and sent nothing else.
    `is_cut`: `body` is only the beginning: enough to say what it is.
    `length`: bytes of the whole thing as the server says, None if it does not.
    `filename`: the name that the server would have it saved under, without folders, else "".
    """

    url: str
    content_type: str
    charset: str
    body: bytes
    version: Version = UNKNOWN
    is_same: bool = False
    lasting_url: str = ""
    is_cut: bool = False
    length: int | None = None
    filename: str = ""
    last_modified: datetime | None = None
