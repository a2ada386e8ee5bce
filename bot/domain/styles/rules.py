"""What a style is: how it divides a period into sections, and how it lays a digest out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.domain.digests import Digest, DigestSection
from bot.domain.material import Material
from bot.posts import Post
from bot.texts import Say


class _CompilesSections(Protocol):
    def __call__(
        self, material: Material, say: Say, *, language: str
    ) -> tuple[DigestSection, ...]: ...


class _Writes(Protocol):
    def __call__(self, digest: Digest, say: Say, *, picture: bytes) -> Post: ...


@dataclass(frozen=True, slots=True)
class StyleRules:
    """`write_document` gives the whole in one post; `write_chat` a head and its thread."""

    compile_sections: _CompilesSections
    write_document: _Writes
    write_chat: _Writes
