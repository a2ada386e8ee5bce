"""What is asked of an embedding model, and where its vectors are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from bot.domain.embeddings import Embedded, Vector
from bot.domain.models import LinkId, PassageId, WorkspaceId
from bot.domain.visibility import Audience


class Embedder(Protocol):
    @property
    def name(self) -> str:
        """The model's name on its server; its vectors are kept under it."""

    async def embed(self, texts: Sequence[str], *, timeout_s: float) -> Embedded:
        """Return a vector of each text, within that time.

        Raises:
            ModelUnavailable: it does not answer now; later it may.
            ModelRefused: asking again changes nothing; the operator has to mend something.

        """


class VectorStore(Protocol):
    """Vectors of passages. A passage has one; it goes with the passage."""

    async def list_lacking(
        self, workspace: WorkspaceId, model: str, dimension: int | None, *, limit: int
    ) -> Sequence[tuple[PassageId, str]]:
        """Return passages without a vector of this model and length, newest first, as texts.

        No length: of any.
        """

    async def count_lacking(self, workspace: WorkspaceId | None, model: str) -> int:
        """Return how many passages have no vector of this model, of one workspace or all."""

    async def keep(
        self, workspace: WorkspaceId, model: str, vectors: Mapping[PassageId, Vector]
    ) -> None:
        """Keep vectors in place of what those passages had. Passages that are gone are left out."""

    async def list_of(
        self, workspace: WorkspaceId, model: str, links: Collection[LinkId], audience: Audience
    ) -> Mapping[LinkId, Vector]:
        """Return what links begin with, of those that have vectors of the model: all of one length.

        Of passages that this audience may see, the mean of the first few.
        """
