"""JSON from outside: of the type that is asked for, or nothing, wherever it is looked into."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.fetching.wanted import Wanted
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

JSON = Wanted(
    "application/json,*/*;q=0.1",
    re.compile(r"application/([\w.-]+\+)?(json|javascript)|text/(json|javascript|plain)"),
)

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


class Answer:
    """A place in a document. What is not there, or of another type, is empty and never an error."""

    __slots__ = ("value",)

    def __init__(self, value: object = None) -> None:
        self.value = value

    def __getitem__(self, key: str | int) -> Answer:
        if isinstance(key, str):
            return Answer(self.value.get(key)) if isinstance(self.value, dict) else Answer()
        is_there = isinstance(self.value, list) and 0 <= key < len(self.value)
        return Answer(self.value[key]) if is_there and isinstance(self.value, list) else Answer()

    def __iter__(self) -> Iterator[Answer]:
        return iter([Answer(each) for each in self.value] if isinstance(self.value, list) else ())

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.value) if isinstance(self.value, dict) else ()

    @property
    def text(self) -> str:
        """The text with its lines as they are, without what no text needs."""
        return clean_text(self.value) if isinstance(self.value, str) else ""

    @property
    def verbatim(self) -> str:
        """The text as it stands there: for pieces of one, and for what is parsed again."""
        return self.value if isinstance(self.value, str) else ""

    @property
    def line(self) -> str:
        return " ".join(self.text.split())

    @property
    def number(self) -> float | None:
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            return None
        return float(self.value) if math.isfinite(self.value) and abs(self.value) < 1e15 else None

    @property
    def is_true(self) -> bool:
        return self.value is True

    @property
    def instant(self) -> datetime | None:
        """A day and hour as ISO 8601 writes it, or as seconds since 1970."""
        if self.number is not None:
            return _from_seconds(self.number)
        return parse_instant(self.line)


def clean_text(text: str) -> str:
    """Return the text without what no text needs and no database takes."""
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def read_json(download: Download) -> Answer:
    """Take a download for JSON.

    Raises:
        FetchFailed: it is something else; servers send such pages when they are out of order.
    """
    try:
        return Answer(json.loads(download.body))
    except (ValueError, RecursionError) as error:
        raise FetchFailed("server_error", may_pass=True, detail="no JSON") from error


def parse_instant(text: str) -> datetime | None:
    """Return the instant; a day without an hour or a zone is taken as UTC's."""
    try:
        found = datetime.fromisoformat(text)
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None


def _from_seconds(seconds: float) -> datetime | None:
    try:
        found = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if _FIRST_YEAR <= found.year <= _LAST_YEAR else None
