"""An embedding model whose vectors count words: texts of the same words mean the same."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.domain.asking_models import Usage
from bot.domain.embeddings import Embedded
from bot.errors import ModelFailed


class FakeEmbedder:
    """`meanings`: words that mean the same stand in one of them.

    `trouble`: raised instead. `hangs`: it never answers.
    """

    def __init__(self, *meanings: str, name: str = "fake-embedder") -> None:
        self.name = name
        self.meanings = [frozenset(each.split()) for each in meanings]
        self.trouble: ModelFailed | None = None
        self.hangs = False
        self.asked: list[tuple[str, ...]] = []

    async def embed(self, texts: Sequence[str], *, timeout_s: float) -> Embedded:
        self.asked.append(tuple(texts))
        if self.hangs:
            await asyncio.Event().wait()
        if self.trouble is not None:
            raise self.trouble
        vectors = [[0.1, *self._count(text.lower().split())] for text in texts]
        return Embedded(vectors, Usage(10 * len(texts)))

    def _count(self, words: Sequence[str]) -> list[float]:
        return [float(sum(word in each for word in words)) for each in self.meanings]
