"""The path of headings to a part of a document, as one text: "MLOps › Serving"."""

from __future__ import annotations

from collections.abc import Iterable

_STEP = "›"


def join_headings(steps: Iterable[str]) -> str:
    """Return the path from the outermost heading to the innermost; empty ones are passed over."""
    return f" {_STEP} ".join(filter(None, steps))


def split_headings(path: str) -> list[str]:
    """Return the steps of a path, never none: the empty path has one empty step."""
    return [step.strip() for step in path.split(_STEP)]
