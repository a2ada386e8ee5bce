"""Use case: make a workspace's search index anew, some passages at a time."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import WorkspaceId
from bot.ports import Jobs, SearchIndex

AT_ONCE = 200  # passages; others write in between


class ReindexingService:
    def __init__(self, search: SearchIndex, jobs: Jobs) -> None:
        self._search = search
        self._jobs = jobs

    async def ask(self, workspace: WorkspaceId) -> bool:
        """Have it done by a running bot; False if that was asked for already."""
        return await self._jobs.enqueue(_job(workspace, after=0)) == 1

    async def handle(self, job: Job) -> NewJob | None:
        """Do some, and order the next."""
        workspace = WorkspaceId(job.arguments["workspace"])
        after = await self._step(workspace, int(job.arguments["after"]))
        return None if after is None else _job(workspace, after=after)

    async def count_steps(self, workspace: WorkspaceId) -> int:
        """Return how many calls `reindex` makes of its `told`, if nothing is saved meanwhile."""
        passages = (await self._search.measure(workspace, ())).passages
        return passages // AT_ONCE + 1

    async def reindex(self, workspace: WorkspaceId, *, told: Callable[[], None]) -> None:
        """Do all of it now."""
        after: int | None = 0
        while after is not None:
            after = await self._step(workspace, after)
            told()

    async def _step(self, workspace: WorkspaceId, after: int) -> int | None:
        return await self._search.reindex(workspace, after=after, limit=AT_ONCE)


def _job(workspace: WorkspaceId, *, after: int) -> NewJob:
    arguments = {"workspace": workspace, "after": str(after)}
    return NewJob(JobKind.REINDEX, f"reindex:{workspace}", arguments)
