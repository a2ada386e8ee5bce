"""A file that another program wrote, opened as what it is: JSON, a table, HTML or a zip."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from io import StringIO
from typing import Any

from adapters.importers.decoding import decode
from adapters.importers.exports.zipped import SIGNATURES, ZippedFolder
from bot.errors import UserError

# Ten thousand links with their pictures are some 15 MB; a whole reading list with its articles
# may have 50. As JSON in memory it takes up to ten times as much.
MAX_BYTES = 64 * 1024 * 1024
MAX_VALUES = 4_000_000  # of one JSON document: empty ones take fifty times their length

_JSON_START = re.compile(r'\s*(?:\{\s*"|\[\s*\{\s*"|\{\s*\}\s*$|\[\s*\]\s*$)')
_DELIMITERS = ",;\t"
_MAX_FIELD = 4 * 1024 * 1024
_CHARSET = re.compile(rb"""(?:charset|encoding)=["']?([\w-]{2,20})""", re.IGNORECASE)

Row = Mapping[str, str]


class Opened:
    """Each view is made when it is asked for, once; it is None where the file is no such thing."""

    def __init__(self, name: str, data: bytes) -> None:
        self.name = name
        self.data = data

    @cached_property
    def folder(self) -> ZippedFolder | None:
        """Raises `UserError` for a zip that is damaged or a bomb."""
        is_zip = self.data.startswith(SIGNATURES)
        return ZippedFolder(self.name, self.data) if is_zip else None

    @cached_property
    def text(self) -> str:
        """Raises `UserError`: too large, binary, or nothing in it."""
        if self.folder is not None:
            return ""
        declared = _CHARSET.search(self.data[:2048])
        if declared and not _is_utf8(self.data):
            try:
                return self.data.decode(declared[1].decode("ascii"))
            except (UnicodeDecodeError, LookupError):
                pass
        return decode(self.name, self.data, limit=MAX_BYTES).text.removeprefix("\ufeff")

    @cached_property
    def head(self) -> str:
        return self.text[:4096].lower()

    @cached_property
    def json(self) -> Any:
        """Raises `UserError` for what begins as JSON and is none."""
        return read_json(self.name, self.text) if _JSON_START.match(self.text[:4096]) else None

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Return the names in the first row of a table, in lower case."""
        first = self.text.lstrip("\n").partition("\n")[0]
        if not first or len(first) > _MAX_FIELD:
            return ()
        delimiter = max(_DELIMITERS, key=first.count)
        try:
            row = next(csv.reader([first], delimiter=delimiter), [])
        except csv.Error:
            return ()
        return tuple(name.strip().lower() for name in row)

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Yield the rows below the first by their columns, each with the line that it ends in.

        Raises:
            UserError: the table is broken there.

        """
        text = self.text.lstrip("\n")
        delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
        csv.field_size_limit(_MAX_FIELD)
        reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
        next(reader, None)
        try:
            for row in reader:
                if any(row):
                    yield reader.line_num, dict(zip(self.columns, row, strict=False))
        except csv.Error as error:
            raise UserError("import.broken_table", path=self.name, line=reader.line_num) from error


def read_json(name: str, text: str) -> Any:
    """Return the value.

    Raises:
        UserError: it is broken, too deep or too much.

    """
    if text.count(",") + text.count("[") + text.count("{") > MAX_VALUES:
        raise UserError("import.too_much", path=name)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UserError("import.broken_json", path=name, line=error.lineno) from error
    except (RecursionError, ValueError) as error:  # numbers of thousands of digits are refused, too
        raise UserError("import.broken_json", path=name, line=1) from error


def has_columns(file: Opened, names: Sequence[str]) -> bool:
    return set(names) <= set(file.columns)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
