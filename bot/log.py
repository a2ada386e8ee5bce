"""Logs for operators: one line a record on stderr, never a token, never what somebody wrote.

What is under way, such as an event or a job, is told once with `log_context`; every record made
meanwhile carries it, so that one id leads from an event to the post that answers it.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_NOTHING: Mapping[str, str] = MappingProxyType({})
_context: ContextVar[Mapping[str, str]] = ContextVar("log_context", default=_NOTHING)


class LogForm(StrEnum):
    TEXT = "text"
    JSON = "json"


@contextmanager
def log_context(**fields: str) -> Iterator[None]:
    """Add these fields to every record that is made inside, also in tasks begun there."""
    token = _context.set({**_context.get(), **fields})
    try:
        yield
    finally:
        _context.reset(token)


def set_form(form: LogForm) -> None:
    """Write what follows in this form, as the settings wish once they are read."""
    for handler in logging.getLogger().handlers:
        handler.setFormatter(_Json() if form is LogForm.JSON else _Fields())


def set_up_logging(*, verbose: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Fields())
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING, handlers=[handler], force=True
    )
    for noisy in ("httpx", "matplotlib", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


class _Fields(logging.Formatter):
    """A line for people: the record's own fields follow as name=value."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        return " ".join([line, *(f"{key}={value}" for key, value in _fields(record).items())])


class _Json(logging.Formatter):
    """A line for machines: one JSON object, the instant in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            told["trace"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def _fields(record: logging.LogRecord) -> dict[str, object]:
    own = {key: value for key, value in vars(record).items() if key not in _STANDARD}
    return {**_context.get(), **own}
