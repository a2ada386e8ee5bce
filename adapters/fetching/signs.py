"""By what a page is known that is shown in place of another: see signs.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Sign:
    """`reason`: a key of table `unreadable`."""

    reason: str
    weight: float
    pattern: re.Pattern[str]


def _pattern(alternatives: Sequence[str], words: Mapping[str, str]) -> re.Pattern[str]:
    joined = "|".join(f"(?:{each})" for each in alternatives)
    for name, word in words.items():
        joined = joined.replace(f"{{{name}}}", word)
    return re.compile(joined, re.IGNORECASE)


def _signs(tables: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> tuple[Sign, ...]:
    return tuple(
        Sign(table["reason"], table["weight"], _pattern(table["any"], words)) for table in tables
    )


_SAID = tomllib.loads(Path(__file__).with_name("signs.toml").read_text(encoding="utf-8"))

PHRASES = _signs(_SAID["phrases"], _SAID["words"])
MARKS = _signs(_SAID["marks"], _SAID["words"])
NEEDS_SCRIPT = _pattern(_SAID["needs_script"]["any"], {})
LOADING = _pattern(_SAID["loading"]["any"], {})
PAYWALL = _pattern(_SAID["paywall"]["any"], {})
