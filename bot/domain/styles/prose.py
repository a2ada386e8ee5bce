"""The bullets of a summary told as sentences, one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from math import ceil

from bot.domain.digests import DigestItem
from bot.domain.points import beyond_title
from bot.posts import Block, Bullets, Item, Paragraph, Text

# A person's Korean sentence may do without its full stop, and a colon announces what follows.
_ENDS = re.compile(r"(?:[.!?…。:：]|[다요죠])[\"'”’)\]]*$")
_MARKS = "-*•·→⇒▶ "
_SENTENCES_A_PARAGRAPH = 3


def lines_of(item: DigestItem) -> list[str]:
    """Return what the summary says beyond the title, a line each, without what marks bullets."""
    if item.summary is None:
        return []
    lines = (line.lstrip(_MARKS) for line in beyond_title(item.title, item.summary))
    return [line for line in dict.fromkeys(lines) if line]


def first_lines(lines: Sequence[str], limit: int) -> Sequence[str]:
    """Return the first lines; a list that has begun is told to its end, up to twice as many."""
    end = min(limit, len(lines))
    while 0 < end < min(2 * limit, len(lines)) and not _is_sentence(lines[end]):
        end += 1
    return lines[:end]


def told_blocks(lines: Sequence[str]) -> list[Block]:
    """Return whole sentences as paragraphs, and what is none as a list, in their order.

    A list of notes set in a row, each with a full stop, reads like a telegram.
    """
    blocks: list[Block] = []
    for is_prose, group in groupby(lines, key=_is_sentence):
        told = list(group)
        if is_prose:
            blocks += [Paragraph((Text(each),)) for each in _paragraphs(told)]
        else:
            blocks.append(Bullets(tuple(Item((Text(each),)) for each in told)))
    return blocks


def _is_sentence(line: str) -> bool:
    return _ENDS.search(line) is not None


def _paragraphs(sentences: Sequence[str]) -> list[str]:
    """Return the sentences as paragraphs, in their order, each with its full stop."""
    sentences = [f"{each}." if "가" <= each[-1] <= "힣" else each for each in sentences]
    paragraphs = max(1, ceil(len(sentences) / _SENTENCES_A_PARAGRAPH))
    length = ceil(len(sentences) / paragraphs)  # even ones: none of a single last sentence
    starts = range(0, len(sentences), length or 1)
    return [" ".join(sentences[start : start + length]) for start in starts]
