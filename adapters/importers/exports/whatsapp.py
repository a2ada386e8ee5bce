"""WhatsApp: the text of a conversation, dates as the phone writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from adapters.importers.exports.collecting import Collector
from adapters.importers.exports.opened import Opened
from bot.domain.archives import Archive, Form
from bot.domain.urls import find_urls

FORM = Form.WHATSAPP

_MESSAGE = re.compile(
    r"[\u200e\u200f]?\[?(\d{1,4})[./-]\s?(\d{1,2})[./-]\s?(\d{1,4})\.?,?\s[^\n:]{0,12}\d{1,2}:\d{2}"
    r"(?::\d{2})?(?:[\s\u202f]?[ap]\.?\s?m\.?)?\]?(?:\s-)?\s([^\n:]{1,80}):\s",
    re.IGNORECASE,
)
_LOOKED_AT = 20
_YEAR = 1000  # a first number as large is a year


def recognise(file: Opened) -> bool:
    lines = [line for line in file.head.split("\n")[:_LOOKED_AT] if line.strip()]
    return bool(lines) and sum(map(bool, map(_MESSAGE.match, lines))) * 2 > len(lines)


def parse(file: Opened) -> Archive:
    found = Collector(FORM)
    messages = list(_messages(file.text))
    is_day_first = any(numbers[0] > 12 for numbers, *_ in messages)
    for numbers, who, line, said in messages:
        for url in find_urls(said):
            found.add(url, line=line, who=who, day=_day(numbers, is_day_first=is_day_first))
    return found.archive()


def _messages(text: str) -> Iterator[tuple[Sequence[int], str, int, str]]:
    """Yield date, name, line and words; a line without a date belongs to the one before."""
    numbers: Sequence[int] = ()
    who = ""
    for number, line in enumerate(text.split("\n"), 1):
        match = _MESSAGE.match(line)
        if match:
            numbers, who = [int(match[group]) for group in (1, 2, 3)], match[4].strip()
        if numbers:
            yield numbers, who, number, line[match.end() :] if match else line


def _day(numbers: Sequence[int], *, is_day_first: bool) -> date | None:
    first, second, third = numbers
    if first >= _YEAR:
        year, month, day = first, second, third
    else:
        year = third if third >= _YEAR else 2000 + third
        month, day = (second, first) if is_day_first else (first, second)
    try:
        return date(year, month, day)
    except ValueError:
        return None
