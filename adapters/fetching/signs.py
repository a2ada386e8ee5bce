"""By what a page is known that is shown in place of another: see signs.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Sign:
    """`reason`: a key of table `unreadable`.

    `in_lower_case`: for lines in lower case, which takes half the time of not minding the case.
    """

    reason: str
    weight: float
    pattern: re.Pattern[str]
    in_lower_case: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Signs:
    phrases: Sequence[Sign]
    marks: Sequence[Sign]
    needs_script: re.Pattern[str]
    loading: re.Pattern[str]
    paywall: re.Pattern[str]


def _pattern(alternatives: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{each})" for each in alternatives)
    for name, word in words.items():
        joined = joined.replace(f"{{{name}}}", word)
    return re.compile(joined, re.IGNORECASE)


def _signs(tables: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> tuple[Sign, ...]:
    patterns = [_pattern(table["any"], words) for table in tables]
    return tuple(
        Sign(table["reason"], table["weight"], pattern, re.compile(pattern.pattern))
        for table, pattern in zip(tables, patterns, strict=True)
    )


@cache
def known_signs() -> Signs:
    """Load them with the first page: the patterns take 30 ms."""
    said = tomllib.loads(Path(__file__).with_name("signs.toml").read_text(encoding="utf-8"))
    return Signs(
        _signs(said["phrases"], said["words"]),
        _signs(said["marks"], said["words"]),
        *(_pattern(said[name]["any"], {}) for name in ("needs_script", "loading", "paywall")),
    )
