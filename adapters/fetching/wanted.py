"""What is asked of a server: which kind of document, and whether it is still the same."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer is asked for: `accept` as the header says it, `types` that are read."""

    accept: str
    types: re.Pattern[str]


PAGES = Wanted(
    "text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.8,*/*;q=0.1",
    re.compile(r"text/(html|plain|(x-)?markdown)|application/xhtml\+xml"),
)


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
