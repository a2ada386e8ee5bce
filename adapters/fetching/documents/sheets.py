"""Spreadsheets in Office Open XML (.xlsx): each sheet is a part, each row a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from adapters.fetching.documents.described import CELLS, Contents, clean, table
from adapters.fetching.documents.package import Element, Package, attribute, relation
from adapters.fetching.documents.word import with_properties
from bot.domain.models import PagePart

FILE = "xl/workbook.xml"

_SHEETS = 100
_ROWS = 20_000
# Numbers of the formats that every program has for days. Source: ECMA-376, 18.8.30.
_DAY_FORMATS = {*range(14, 18), 22, *range(27, 37), *range(50, 59)}
_OF_A_DAY = re.compile(r"[yY]{2}|년")
_EPOCH = datetime(1899, 12, 30, tzinfo=UTC)
_DAYS = 100_000


def read(package: Package) -> Contents:
    targets = package.targets(FILE)
    strings = _strings(package.find_xml("xl/sharedStrings.xml"))
    days = _day_styles(package.find_xml("xl/styles.xml"))
    parts = []
    for sheet in islice(package.xml(FILE).iter("{*}sheet"), _SHEETS):
        name = targets.get(relation(sheet), "")
        if name not in package.names or sheet.get("state") == "veryHidden":
            continue
        rows = _rows(package.xml(name), strings, days)
        parts.append(PagePart(clean(sheet.get("name", "")), clean(table(rows))))
    return with_properties(package, Contents(parts=tuple(each for each in parts if each.text)))


def _strings(shared: Element | None) -> list[str]:
    if shared is None:
        return []
    return ["".join(t.text or "" for t in each.iter("{*}t")) for each in shared.iter("{*}si")]


def _day_styles(styles: Element | None) -> set[str]:
    """Return the numbers of the cell styles that show days."""
    if styles is None:
        return set()
    own = {
        attribute(each, "numFmtId")
        for each in styles.iter("{*}numFmt")
        if _OF_A_DAY.search(attribute(each, "formatCode"))
    } | set(map(str, _DAY_FORMATS))
    cells = next(styles.iter("{*}cellXfs"), ())
    return {str(number) for number, each in enumerate(cells) if each.get("numFmtId") in own}


def _rows(sheet: Element, strings: Sequence[str], days: set[str]) -> Iterator[list[str]]:
    for row in islice(sheet.iter("{*}row"), _ROWS):
        yield [_value(cell, strings, days) for cell in islice(row.iterfind("{*}c"), CELLS)]


def _value(cell: Element, strings: Sequence[str], days: set[str]) -> str:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(each.text or "" for each in cell.iter("{*}t"))
    value = next((each.text or "" for each in cell.iterfind("{*}v")), "")
    if kind == "s":
        number = int(value) if value.isdecimal() else -1
        return strings[number] if 0 <= number < len(strings) else ""
    if kind == "n" and cell.get("s") in days:
        return _day(value)
    return value


def _day(value: str) -> str:
    try:
        days = float(value)
        return (_EPOCH + timedelta(days=days)).date().isoformat() if 0 < days < _DAYS else value
    except ValueError:
        return value
