"""What a model wrote, as a value: fences, talk around it and thoughts are left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from pydantic import ValidationError

from bot.domain.asking_models import Wanted
from bot.errors import NoAnswer

# Longer than any answer that is paid for; what a broken server sends beyond that is not looked at.
_MOST_CHARACTERS = 400_000
_MOST_OBJECTS = 50

# Open models write their thoughts between such marks; some servers cut the opening one off.
_THOUGHTS = re.compile(r"\A.*</(?:think|thinking|reasoning)>", re.DOTALL | re.IGNORECASE)
_UNENDED_THOUGHT = re.compile(r"\A\s*<(?:think|thinking|reasoning)>", re.IGNORECASE)


def read_answer(text: str, wanted: type[Wanted]) -> tuple[Wanted, str]:
    """Return the value, and the JSON that it is of.

    Where a model wrote several that fit, the last is what it came to.

    Raises:
        NoAnswer: `empty`, `cut` within thoughts, or `malformed`.

    """
    said = _THOUGHTS.sub("", text[:_MOST_CHARACTERS]).strip()
    if _UNENDED_THOUGHT.match(said):
        raise NoAnswer("cut", text=text)
    if not said:
        raise NoAnswer("empty", text=text)
    found: tuple[Wanted, str] | None = None
    for value in _objects(said):
        plain = _plain(value)
        try:
            found = wanted.model_validate_json(plain), plain
        except ValidationError:
            continue
    if found is None:
        raise NoAnswer("malformed", text=text)
    return found


def _objects(text: str) -> Iterator[object]:
    """Return the JSON objects in a text, one after the other, not those inside of others."""
    decoder = json.JSONDecoder()
    at = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if at < 0:
            return
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            yield value
        at = text.find("{", end)


def _plain(value: object) -> str:
    """Write it as JSON of whole characters: models and servers send halves of pairs, and NUL."""
    text = json.dumps(value, ensure_ascii=False).replace("\\u0000", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
