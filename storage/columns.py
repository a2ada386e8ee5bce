"""Column types that SQLAlchemy lacks: texts, instants, and values kept as JSON."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import BigInteger, Dialect, Integer
from sqlalchemy.types import TypeDecorator, TypeEngine

from storage.codec import decode, encode

# SQLite gives row numbers only to a column that is called INTEGER exactly.
RowNumber: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

# PostgreSQL would order by the language of its host; SQLite orders by code point already.
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def clean(text: str) -> str:
    """Drop what is no part of any text: NUL and halves of characters, which not all take."""
    if "\0" in text:
        text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "ignore").decode()


class Text(TypeDecorator[str]):
    """What people and platforms write; ordered and compared by code point."""

    impl = _TEXT
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else clean(value)


class Instant(TypeDecorator[datetime]):
    """An aware datetime as whole microseconds since 1970 UTC: exact, and ordered everywhere."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy names it
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone means nothing")
        return (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(TypeDecorator[Any]):
    """A value of one Python type as JSON text, read back strictly as that type."""

    impl = _TEXT
    cache_ok = True

    def __init__(self, kind: Any) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else encode(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002 - SQLAlchemy names it
        return None if value is None else decode(value, self.kind)
