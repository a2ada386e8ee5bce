"""What a style is: how it divides a period into sections, and how it lays a digest out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.digests import Digest, DigestItem, DigestSection, Period
from bot.domain.material import Material
from bot.posts import Post
from bot.texts import Say


class _NamesDigest(Protocol):
    def __call__(self, period: Period, say: Say) -> str: ...


class _CompilesSections(Protocol):
    def __call__(
        self, material: Material, say: Say, *, language: str
    ) -> tuple[DigestSection, ...]: ...


class _Writes(Protocol):
    def __call__(self, digest: Digest, say: Say, *, picture: bytes) -> Post: ...


def highlights_of(digest: Digest) -> Sequence[DigestItem]:
    return [item for section in digest.sections for item in section.items]


@dataclass(frozen=True, slots=True)
class StyleRules:
    """`write_document` gives the whole in one post; `write_chat` a head and its thread.

    `has_topic_sections`: the chart counts the sections, and notes that one tells are not repeated.
    `in_head`: what the head post names.
    """

    title: _NamesDigest
    compile_sections: _CompilesSections
    write_document: _Writes
    write_chat: _Writes
    has_topic_sections: bool = False
    in_head: Callable[[Digest], Sequence[DigestItem]] = highlights_of
