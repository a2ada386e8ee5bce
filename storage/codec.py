"""Values of the core as JSON and back: events, posts, points. Read strictly, by type.

A dataclass is an object tagged with its class name; fields at their default are left out, so rows
written before a field existed read as its default. Bytes are base64, instants microseconds, days as
ISO writes them.
"""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, NewType, TypeAlias, Union, get_args, get_origin, get_type_hints

Read: TypeAlias = Callable[[Any], Any]

_TAG = "is"
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode(value: Any) -> str:
    text = _write(_plain(value))
    # Half a character, which JSON may hold, is none that a database takes.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def decode(text: str, kind: Any) -> Any:
    """Return the value of type `kind`, which may be a union of dataclasses.

    Raises:
        ValueError: the text is no JSON, or not of this type.

    """
    return _reader(kind)(json.loads(text))


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | str():
            return value
        case tuple():
            return [_plain(item) for item in value]
        case bytes():
            return base64.b64encode(value).decode("ascii")
        case datetime():
            return (value - _EPOCH) // timedelta(microseconds=1)
        case date():
            return value.isoformat()
        case _ if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return _plain_fields(value)
        case _:
            raise TypeError(f"cannot be kept as JSON: {type(value).__name__}")


def _plain_fields(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    kept = {_TAG: kind.__name__}
    for name, default in _defaults(kind):
        item = getattr(value, name)
        if item != default:
            kept[name] = _plain(item)
    return kept


@cache
def _defaults(kind: Any) -> tuple[tuple[str, Any], ...]:
    return tuple((field.name, _default(field)) for field in dataclasses.fields(kind))


def _default(field: dataclasses.Field[Any]) -> Any:
    """Return `MISSING`, which equals nothing, where a field has none."""
    if field.default_factory is dataclasses.MISSING:
        return field.default
    return field.default_factory()


@cache
def _reader(kind: Any) -> Read:
    """Return what reads plain JSON values as `kind`; made once for each type."""
    if isinstance(kind, NewType):
        return _reader(kind.__supertype__)
    if get_origin(kind) in (Union, UnionType):
        return _union_reader(get_args(kind))
    if get_origin(kind) is tuple:
        return _tuple_reader(get_args(kind))
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    return _scalar_reader(kind)


def _scalar_reader(kind: Any) -> Read:
    if kind is bytes:
        return lambda value: base64.b64decode(_expect(str, value), validate=True)
    if kind is datetime:
        return lambda value: _EPOCH + timedelta(microseconds=_expect(int, value))
    if kind is date:
        return lambda value: date.fromisoformat(_expect(str, value))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return kind
    return lambda value: _expect(kind, value)


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:  # `isinstance` would take True for a number
        raise ValueError(f"expected {kind.__name__}, found {type(value).__name__}")
    return value


def _tuple_reader(kinds: tuple[Any, ...]) -> Read:
    if kinds[-1] is Ellipsis:

        def read_many(value: Any) -> tuple[Any, ...]:
            read = _reader(kinds[0])  # here, not outside: a value may hold its own kind
            return tuple([read(item) for item in _expect(list, value)])

        return read_many

    def read_each(value: Any) -> tuple[Any, ...]:
        items = zip(kinds, _expect(list, value), strict=True)
        return tuple([_reader(kind)(item) for kind, item in items])

    return read_each


def _union_reader(kinds: tuple[Any, ...]) -> Read:
    if NoneType in kinds:
        rest = [kind for kind in kinds if kind is not NoneType]
        read = _reader(rest[0]) if len(rest) == 1 else _union_reader(tuple(rest))
        return lambda value: None if value is None else read(value)
    by_name = {kind.__name__: kind for kind in kinds}

    def read_tagged(value: Any) -> Any:
        name = _expect(dict, value).get(_TAG)
        if name not in by_name:
            raise ValueError(f"unknown kind {name!r}")
        return _reader(by_name[name])(value)

    return read_tagged


def _dataclass_reader(kind: Any) -> Read:
    hints: Mapping[str, Any] = get_type_hints(kind)
    required = {
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    }

    def read(value: Any) -> Any:
        fields = dict(_expect(dict, value))
        if fields.pop(_TAG, None) != kind.__name__:
            raise ValueError(f"expected {kind.__name__}")
        if unknown := fields.keys() - hints.keys():
            raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}")
        if missing := required - fields.keys():
            raise ValueError(f"{kind.__name__} lacks {', '.join(sorted(missing))}")
        return kind(**{name: _reader(hints[name])(item) for name, item in fields.items()})

    return read
