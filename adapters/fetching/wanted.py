"""What is asked of a server: which kind of document, and whether it is still the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from adapters.parsing.download import UNKNOWN as UNKNOWN  # asked about together
from adapters.parsing.download import Version as Version


@dataclass(frozen=True, slots=True)
class Wanted:
    """What kind of answer is asked for: `accept` as the header says it, `types` that are read."""

    accept: str
    types: re.Pattern[str]


# Whatever it is: of what cannot be read, the beginning says what it is.
PAGES = Wanted(
    "text/html,application/xhtml+xml,text/markdown;q=0.9,text/plain;q=0.8,application/pdf;q=0.7,"
    "*/*;q=0.1",
    re.compile(r".*", re.DOTALL),
)
