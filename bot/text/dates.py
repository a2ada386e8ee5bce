"""Dates of Korean and English prose by what they say: a year, a month, a day, or some of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()  # noqa: SIM905 - reads better than quoted
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)"
_NUMERIC_MONTH = r"(?P<month>0?[1-9]|1[0-2])"

_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<!\d){_YEAR}(?P<mark>[-./])\s?{_NUMERIC_MONTH}(?P=mark)\s?{_DAY}(?!\d)",
        rf"(?<!\d){_YEAR}년\s*{_NUMERIC_MONTH}월(?:\s*{_DAY}일)?",
        rf"(?<!\d){_NUMERIC_MONTH}월(?:\s*{_DAY}일)?",
        rf"\b{_DAY}(?:st|nd|rd|th)?\s+(?:of\s+)?{_MONTH}(?:,?\s+{_YEAR}(?!\d))?",
        rf"\b{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?(?![\d.%])(?:,?\s+{_YEAR}(?!\d))?",
        rf"\b{_MONTH},?\s+(?:of\s+)?{_YEAR}(?!\d)",
        rf"(?<![\d.]){_NUMERIC_MONTH}/{_DAY}/{_YEAR}(?!\d)",
        rf"(?<![\d.]){_DAY}[./]{_NUMERIC_MONTH}[./]{_YEAR}(?!\d)",
        rf"(?<![\d.-]){_YEAR}-(?P<month>0[1-9]|1[0-2])(?![\d-])",
    )
)
# A month alone; "may" and "march" are verbs unless something of time stands before them.
_MONTH_ALONE = re.compile(
    r"\b(?P<month>January|February|April|June|July|August|September|October|November|December"
    r"|(?:(?<=in )|(?<=of )|(?<=by )|(?<=since )|(?<=until )|(?<=last )|(?<=this )|(?<=early )"
    r"|(?<=late )|(?<=next )|(?<=from ))(?:March|May))\b"
)


@dataclass(frozen=True, slots=True)
class PartialDate:
    text: str
    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        return tuple(part for part in (self.year, self.month, self.day) if part is not None)


def find_dates(text: str) -> list[PartialDate]:
    """Return the dates with a month, none inside another, in reading order.

    11/9/2024 may be read two ways and gives both, at the same place.
    """
    found: list[PartialDate] = []
    taken = bytearray(len(text))
    for form in (*_FORMS, _MONTH_ALONE):
        places = {(date.start, date.end) for date in found if "/" in date.text}
        fresh = [
            date
            for date in map(_read, form.finditer(text))
            if not any(taken[date.start : date.end]) or (date.start, date.end) in places
        ]
        for date in fresh:
            taken[date.start : date.end] = b"\1" * (date.end - date.start)
        found += fresh
    return sorted(found, key=lambda date: (date.start, date.numbers))


def _read(match: re.Match[str]) -> PartialDate:
    parts = match.groupdict()
    month = parts["month"]
    return PartialDate(
        match[0],
        match.start(),
        match.end(),
        year=_number(parts.get("year")),
        month=int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1,
        day=_number(parts.get("day")),
    )


def _number(written: str | None) -> int | None:
    return int(written) if written else None


def iterate_without(text: str, dates: list[PartialDate]) -> Iterator[str]:
    """Yield the text between the dates, and blanks of the same length in their place."""
    at = 0
    for date in dates:
        if date.start >= at:
            yield text[at : date.start]
            yield " " * (date.end - date.start)
            at = date.end
    yield text[at:]
