"""What an item is called in a post: by its title, or by the headline that a person gave it."""

from __future__ import annotations

import re

from bot.domain.digests import Digest, DigestItem
from bot.domain.models import Engine
from bot.domain.styles.prose import lines_of

_HEADLINE_CHARS = 60
_HANGUL = re.compile("[가-힣]")
_SENTENCE_END = re.compile(r"[다요][.!]?$|[.!]$")


def headline_of(item: DigestItem, *, language: str) -> tuple[str, list[str]]:
    """Return what the item is called, and what is left to say.

    A Korean post calls what has a foreign title by the Korean headline that a person gave it: the
    title stands in the reference.
    """
    lines = lines_of(item)
    is_foreign = language == "ko" and not _HANGUL.search(item.title)
    if is_foreign and len(lines) > 1 and _is_headline(lines[0], item):
        return lines[0], lines[1:]
    return item.title, lines


def _is_headline(line: str, item: DigestItem) -> bool:
    return (
        is_by_person(item)
        and len(line) <= _HEADLINE_CHARS
        and _HANGUL.search(line) is not None
        and not _SENTENCE_END.search(line)
    )


def is_by_person(item: DigestItem) -> bool:
    return item.summary is not None and item.summary.engine is Engine.IMPORTED


def headlines_of(digest: Digest) -> list[str]:
    """Return what the first item of each section is called, sections in their order."""
    return [
        headline_of(section.items[0], language=digest.language)[0]
        for section in digest.sections
        if section.items
    ]
