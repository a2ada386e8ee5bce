"""The bullets of a summary told as sentences, one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import ceil

from bot.domain.digests import DigestItem
from bot.domain.points import beyond_title

_ENDS = re.compile(r"[.!?…。][\"'”’)\]]*$")
_MARKS = "-*•·→⇒▶ "
_SENTENCES_A_PARAGRAPH = 3


def lines_of(item: DigestItem) -> list[str]:
    """Return what the summary says beyond the title, a line each, without what marks bullets."""
    if item.summary is None:
        return []
    lines = (line.lstrip(_MARKS) for line in beyond_title(item.title, item.summary))
    return [line for line in dict.fromkeys(lines) if line]


def paragraphs_of(lines: Sequence[str]) -> list[str]:
    """Return the lines as paragraphs of whole sentences, in their order."""
    sentences = [line if _ENDS.search(line) else f"{line.rstrip(' ,;:')}." for line in lines]
    paragraphs = max(1, ceil(len(sentences) / _SENTENCES_A_PARAGRAPH))
    length = ceil(len(sentences) / paragraphs)  # even ones: none of a single last sentence
    starts = range(0, len(sentences), length or 1)
    return [" ".join(sentences[start : start + length]) for start in starts]
