"""Texts of others inside of prompts: numbered, between fences that they cannot close themselves."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from bot.text.token_counts import count_tokens, cut_to_tokens

TOKENS_ASIDE = 45  # of a source's fences
_LETTERS = 8  # of a fence


class Quotable(Protocol):
    """`number`: by which an answer names it."""

    @property
    def number(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def text(self) -> str: ...


Source = TypeVar("Source", bound=Quotable)


def quote_sources(sources: Sequence[Quotable], *, tokens_each: int) -> str:
    """Return the sources one after the other, each cut to so many tokens."""
    texts = [(each.number, *_parts(each, tokens_each)) for each in sources]
    fence = _fence(texts)
    return "\n".join(
        f"[source {number} {fence}]\n{title}\n\n{text}\n[end {number} {fence}]"
        for number, title, text in texts
    )


def pack_sources(
    sources: Sequence[Source], *, tokens_each: int, tokens: int
) -> Iterator[list[Source]]:
    """Return them in their order, as many at a time as these tokens hold; never none."""
    packed: list[Source] = []
    left = tokens
    for source in sources:
        needed = count_quoted(source, tokens_each=tokens_each)
        if packed and needed > left:
            yield packed
            packed, left = [], tokens
        packed.append(source)
        left -= needed
    if packed:
        yield packed


def count_quoted(source: Quotable, *, tokens_each: int) -> int:
    title, text = _parts(source, tokens_each)
    return count_tokens(title) + count_tokens(text) + TOKENS_ASIDE


def _parts(source: Quotable, tokens: int) -> tuple[str, str]:
    title = cut_to_tokens(" ".join(source.title.split()), tokens // 4)
    return title, cut_to_tokens(source.text.strip(), tokens - count_tokens(title))


def _fence(texts: Sequence[tuple[int, str, str]]) -> str:
    """Return letters that none of the texts holds.

    They follow from all the texts together: the same question is the same again, so that its
    answer need not be paid for twice.
    """
    seed = repr(texts).encode("utf-8", "surrogatepass")
    while True:
        seed = hashlib.sha256(seed).digest()
        fence = seed.hex()[:_LETTERS]
        if not any(fence in title or fence in text for _, title, text in texts):
            return fence
