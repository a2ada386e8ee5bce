"""From what to what: the order of two ends, by number."""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
from collections.abc import Iterator

_NUMBER = r"[$£€₩¥]?\s?(?P<{name}>\d+(?:[.,]\d+)*)"
_UNIT = r"[ -]?(?:%|％|[A-Za-z가-힣]{1,12})?(?:\s(?!to\b|from\b)[A-Za-z]{1,12}){0,2}"
_TO = r"(?:으로|로|까지|가|이|이?\s?되|을|를)"


def _pattern(form: str) -> re.Pattern[str]:
    return re.compile(
        form.format(a=_NUMBER.format(name="a"), b=_NUMBER.format(name="b"), unit=_UNIT)
    )


_FORMS = (
    _pattern(r"\bfrom (?:about |around |roughly |just |only )?{a}{unit} (?:up |down )?to (?:about |around |roughly |just |only |over )?{b}"),
    _pattern(r"\bto (?:about |around |roughly |just |only )?{b}{unit},? (?:up |down )?from (?:about |around |roughly |just |only )?{a}"),
    _pattern(r"{b}{unit},? (?:up|down|compared with|compared to|against) (?:from |with )?(?:about |around )?{a}"),
    _pattern(r"{a}\s?(?:%|％|[A-Za-z]{{1,5}}|[가-힣]{{1,6}}?)?(?:에서|→|->|➜)\s?(?:약 |올해 |현재 )?{b}"),
    _pattern(r"{a}\s?(?:%|％|[A-Za-z]{{1,5}}|[가-힣]{{1,6}}?)?\s(?:→|->|➜)\s?{b}"),
    _pattern(r"{b}\s?(?:%|％|[A-Za-z]{{1,5}}|[가-힣]{{1,6}}?)?(?:으로|로),?\s(?:작년|지난해|전년|이전|기존|종전)(?:의)?\s{a}\s?(?:%|％|[A-Za-z]{{1,5}}|[가-힣]{{1,6}}?)?(?:에서|보다|대비)"),
)  # fmt: skip
_HINT = re.compile(r"\bfrom\b|\b(?:up|down|compared|against)\b|에서|→|->|➜|보다|대비")
_MOST = 50


def find_ranges(text: str) -> frozenset[tuple[str, str]]:
    """Return what goes from one number to another, as (from, to)."""
    if _HINT.search(text) is None:
        return frozenset()
    return frozenset(pair for pair in _find(text) if pair[0] != pair[1])


def _find(text: str) -> Iterator[tuple[str, str]]:
    for form in _FORMS:
        for number, match in enumerate(form.finditer(text)):
            if number == _MOST:
                break
            yield _plain(match["a"]), _plain(match["b"])


def _plain(number: str) -> str:
    return number.replace(",", "").rstrip(".")
