"""Use case: find by meaning, too, where an embedding model is set up; without it nothing stops."""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from bot.domain.alike import Alike, find_alike
from bot.domain.asking_models import Stage, Usage
from bot.domain.embeddings import Embedded, Meaning, Vector
from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import (
    EVERYTHING,
    LinkFilter,
    LinkId,
    PassageId,
    SearchHit,
    Sharer,
    WorkspaceId,
)
from bot.errors import CapReached, ModelFailed, TransientError
from bot.text.queries import OtherName
from bot.text.ranking import Statistics
from bot.text.token_counts import count_tokens

if TYPE_CHECKING:
    from bot.domain.visibility import Audience
    from bot.ports import Embedder, Jobs, Meter, SearchIndex, VectorStore, WorkspaceStore
    from bot.services.spending import Accounts

log = logging.getLogger(__name__)

AT_ONCE = 32  # passages in one request
QUESTION_S = 2.0  # whoever asks waits no longer for it
PATIENCE_S = 5.0  # with the client, which the first question loads
_BATCH_S = 60.0
_REMEMBERED = 256  # questions: one is often searched for several times, ever wider
_MOST_CHARS = 1_000


class EmbeddingService:
    """Makes vectors of passages and questions, within what a workspace may spend."""

    def __init__(
        self,
        embedder: Embedder,
        vectors: VectorStore,
        workspaces: WorkspaceStore,
        jobs: Jobs,
        *,
        accounts: Accounts,
        meter: Meter,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._patience_s = patience_s
        self._embedder = embedder
        self._vectors = vectors
        self._workspaces = workspaces
        self._jobs = jobs
        self._accounts = accounts
        self._meter = meter
        self._known: OrderedDict[tuple[WorkspaceId, str], Vector] = OrderedDict()
        # What the server gave last: a model that changes its length is a new one.
        self._dimension: int | None = None

    async def understand(self, workspace: WorkspaceId, question: str) -> Meaning | None:
        """Return what a question means; None where that cannot be had now, which is logged."""
        text = question[:_MOST_CHARS]
        key = (workspace, text)
        if (vector := self._known.get(key)) is None:
            try:
                async with asyncio.timeout(self._patience_s):
                    embedded = await self._embed(workspace, [text], timeout_s=QUESTION_S)
            except (ModelFailed, TimeoutError) as failure:
                reason = str(failure) or "timeout"
                log.warning("searched by words alone", extra={"reason": reason})
                return None
            vector = self._known[key] = embedded.vectors[0]
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return Meaning(self._embedder.name, vector)

    async def find_alike(
        self, workspace: WorkspaceId, links: Collection[LinkId], *, audience: Audience
    ) -> Alike:
        """Return which links the model takes for one happening; none if that cannot be had now.

        Of vectors that are there: nothing is asked of the model.
        """
        try:
            vectors = await self._vectors.list_of(workspace, self._embedder.name, links, audience)
        except TransientError as failure:
            log.warning("stories grouped by words alone", extra={"reason": str(failure)})
            return ()
        return await asyncio.to_thread(find_alike, vectors)

    async def look(self) -> None:
        """Order the work for passages that lack a vector, as after a change of the model."""
        for workspace in await self._workspaces.list_workspaces():
            if await self._list_lacking(workspace, limit=1):
                await self._jobs.enqueue(_job(workspace))

    async def handle(self, job: Job) -> NewJob | None:
        """Do some, and order the next. At the cap nothing is done until the next look."""
        workspace = WorkspaceId(job.arguments["workspace"])
        lacking = await self._list_lacking(workspace, limit=AT_ONCE)
        if not lacking:
            return None
        try:
            texts = [text for _, text in lacking]
            embedded = await self._embed(workspace, texts, timeout_s=_BATCH_S)
        except CapReached:
            return None
        made = zip((passage for passage, _ in lacking), embedded.vectors, strict=True)
        await self._vectors.keep(workspace, self._embedder.name, dict(made))
        return _job(workspace)

    async def _list_lacking(
        self, workspace: WorkspaceId, *, limit: int
    ) -> Sequence[tuple[PassageId, str]]:
        return await self._vectors.list_lacking(
            workspace, self._embedder.name, self._dimension, limit=limit
        )

    async def _embed(
        self, workspace: WorkspaceId, texts: Sequence[str], *, timeout_s: float
    ) -> Embedded:
        cap = self._accounts.cap
        if cap:
            spent = await self._accounts.count_tokens(workspace)
            if spent + sum(map(count_tokens, texts)) > cap:
                raise CapReached(cap)
        embedded = await self._embedder.embed(texts, timeout_s=timeout_s)
        dimension = len(embedded.vectors[0])
        if dimension != self._dimension:
            self._known.clear()
            self._dimension = dimension
        await self._book(workspace, embedded.usage)
        return embedded

    async def _book(self, workspace: WorkspaceId, usage: Usage) -> None:
        await self._accounts.book_stage(
            workspace, Stage.SEARCH, usage, model=self._embedder.name, is_priced=False
        )
        self._meter.tokens_spent(Stage.SEARCH, usage)


class SearchByMeaning:
    """The port `SearchIndex`: one that is asked by words, and by what they mean."""

    def __init__(self, search: SearchIndex, embedding: EmbeddingService) -> None:
        self._search = search
        self._embedding = embedding

    async def search(
        self,
        workspace: WorkspaceId,
        query: str,
        *,
        limit: int,
        audience: Audience,
        which: LinkFilter = EVERYTHING,
        meaning: Meaning | None = None,
    ) -> Sequence[SearchHit]:
        if meaning is None and query.strip():
            meaning = await self._embedding.understand(workspace, query)
        return await self._search.search(
            workspace, query, limit=limit, audience=audience, which=which, meaning=meaning
        )

    async def list_sharers(self, workspace: WorkspaceId, *, audience: Audience) -> Sequence[Sharer]:
        return await self._search.list_sharers(workspace, audience=audience)

    async def measure(self, workspace: WorkspaceId, words: Collection[str]) -> Statistics:
        return await self._search.measure(workspace, words)

    async def find_other_names(
        self, workspace: WorkspaceId, query: str, *, audience: Audience
    ) -> Sequence[OtherName]:
        return await self._search.find_other_names(workspace, query, audience=audience)

    async def reindex(self, workspace: WorkspaceId, *, after: int, limit: int) -> int | None:
        return await self._search.reindex(workspace, after=after, limit=limit)


def _job(workspace: WorkspaceId) -> NewJob:
    return NewJob(JobKind.EMBED, f"embed:{workspace}", {"workspace": workspace})
