"""Use case: tell people how the bot stands."""

from __future__ import annotations

from time import monotonic

from bot.domain.models import PageText, WorkspaceId
from bot.domain.status import Status, Worker
from bot.errors import FetchFailed
from bot.events import Event
from bot.ports import (
    SOMEBODY,
    Asker,
    Clock,
    EventSink,
    Jobs,
    Meter,
    NodeStore,
    PageFetcher,
    VectorStore,
    WatchStore,
)
from bot.services.posting import scheme_of
from bot.services.spending import Accounts


class WatchingService:
    def __init__(
        self,
        store: WatchStore,
        jobs: Jobs,
        nodes: NodeStore,
        *,
        accounts: Accounts,
        vectors: VectorStore,
        embedding_model: str = "",
        clock: Clock,
    ) -> None:
        self._vectors = vectors
        self._embedding_model = embedding_model
        self._accounts = accounts
        self._store = store
        self._jobs = jobs
        self._nodes = nodes
        self._clock = clock

    async def look(self, workspace: WorkspaceId | None = None) -> Status:
        """Return how things stand; jobs and processes are those of all workspaces."""
        nodes = await self._nodes.list_nodes()
        model = self._embedding_model
        return Status(
            workers=tuple(
                Worker(each.name, each.parts, each.age_s, each.is_alive) for each in nodes
            ),
            counts=await self._store.count(self._clock.now(), workspace=workspace),
            jobs=await self._jobs.count(),
            spending=await self._accounts.look(workspace),
            embedding_model=model,
            lacking_vectors=await self._vectors.count_lacking(workspace, model) if model else 0,
        )


class MeteredFetcher:
    """Tells the meter what became of each page that was tried."""

    def __init__(self, fetcher: PageFetcher, meter: Meter) -> None:
        self._fetcher = fetcher
        self._meter = meter

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        try:
            page = await self._fetcher.fetch(url, asker=asker)
        except FetchFailed as failure:
            if failure.was_asked:
                self._meter.page_read(failure.reason)
            raise
        self._meter.page_read("")
        return page


class MeteredInbox:
    """Tells the meter how long it takes to write an event down: the platform waits for that."""

    def __init__(self, inbox: EventSink, meter: Meter) -> None:
        self._inbox = inbox
        self._meter = meter

    async def put(self, event: Event) -> bool:
        began = monotonic()
        is_new = await self._inbox.put(event)
        self._meter.acknowledged(scheme_of(event.workspace), seconds=monotonic() - began)
        return is_new
