"""What a number in prose measures: milliseconds, dollars, percentage points, in either language."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

_BEFORE = re.compile(r"(?P<sign>[$€£¥₩￦]|\b(?:usd|eur|gbp|jpy|krw|cny|rmb)\b)\s?$", re.IGNORECASE)
_AFTER = re.compile(
    r"[\s-]?(?P<points>percentage[\s-]points?|(?:%|％|퍼센트)[\s-]?(?:points?\b|p\b|포인트))"
    r"|\s?(?P<percent>[%％])|\s?(?P<sign>[€£₩])|[\s-]?(?P<unit>per\s?cent\b|[A-Za-zµμ]+|[가-힣㎞]{1,7})",
    re.IGNORECASE,
)
# What may stand behind a Korean unit.
_BEHIND = re.compile(
    r"(?:을|를|이|가|은|는|의|에|에서|에게|로|으로|와|과|도|만|까지|부터|보다|씩|간|간의|동안|동안은|이나|나|짜리|이다|임|가량"
    r"|정도|이상|이하|미만|넘|대|당|어치|인|이며|이고|이면|이라|이었|였|입니|쯤|만에|만의|내|안|안에|뒤|후|전|마다|차|때)?"
)
_LONGEST_SIGN = 5
_DECADE = re.compile(r"(?:\d\d)?\d0s")


def measure_around(text: str, start: int, end: int, *, further: int = 0) -> str:
    """Return what the number between two places measures; "" if nothing says so.

    `further`: where a list that it begins ends, and the measure of all stands: 5 to 7 ms.
    """
    if sign := _BEFORE.search(text, max(0, start - _LONGEST_SIGN), start):
        return _measures().get(sign["sign"].casefold(), "")
    found = _AFTER.match(text, further or end)
    if found is None:
        return ""
    if found["points"]:
        return _measures()["percentage-point"]
    if found["percent"]:
        return _measures()["%"]
    if found["sign"]:
        return _measures()[found["sign"]]
    unit = found["unit"].casefold()
    if unit[0] >= "가":
        return _korean(unit)
    if unit == "s" and _DECADE.match(text, start):
        return ""
    return _measures().get(re.sub(r"\s", "-", unit), "")


def _korean(word: str) -> str:
    for size in range(len(word), 0, -1):
        measure = _measures().get(word[:size])
        if measure and _BEHIND.fullmatch(word, size):
            return measure
    return ""


@cache
def _measures() -> Mapping[str, str]:
    text = resources.files("bot.text").joinpath("measures.toml").read_text(encoding="utf-8")
    return {
        spelling: measure
        for measures in tomllib.loads(text).values()
        for measure, others in measures.items()
        for spelling in (measure, *others.split())
    }
