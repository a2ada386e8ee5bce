"""Use case: an operator looks at the background work, tries again what failed, or drops it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.jobs import Job, JobId, JobKind, JobState
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.status import WORK
from bot.domain.visibility import OPERATOR
from bot.errors import UserError
from bot.ports import Storage
from bot.services.backfilling import BackfillingService
from bot.services.missing_jobs import MOST_LISTED
from bot.services.retrying import is_show_job

GIVEN_UP = "given_up"  # of a page, by an operator


@dataclass(frozen=True, slots=True)
class Overseen:
    """A job, and what it is about: an address, a feed, a channel; "" if that is gone."""

    job: Job
    about: str


class OverseeingService:
    def __init__(self, storage: Storage, backfilling: BackfillingService) -> None:
        self._storage = storage
        self._backfilling = backfilling

    async def list_jobs(
        self, workspace: WorkspaceId | None = None, *, limit: int
    ) -> Sequence[Overseen]:
        """Return those of one workspace or all: what was set aside, runs, then waits."""
        found = await self._storage.jobs.list_jobs(limit=MOST_LISTED if workspace else limit)
        wanted = [job for job in found if workspace in (None, job.arguments.get("workspace"))]
        return [Overseen(job, await self._find_subject(job)) for job in wanted[:limit]]

    async def is_worked_on(self) -> bool:
        """Return whether anybody runs who does jobs: who only listens does not."""
        nodes = await self._storage.nodes.list_nodes()
        return any(node.is_alive and WORK in node.parts for node in nodes)

    async def retry(self, job: JobId) -> Job:
        """Run a job that was set aside, as if it had never been tried.

        Raises:
            UserError: there is none, or it was not set aside.

        """
        found = await self._get(job)
        if found.state is not JobState.FAILED:
            raise UserError("jobs.not_failed", job=job)
        await self._storage.jobs.retry(job)
        return found

    async def cancel(self, job: JobId) -> Job:
        """Drop a job, and with it what would only order it again.

        Raises:
            UserError: there is none, or something else must be ended.

        """
        found = await self._get(job)
        workspace = WorkspaceId(found.arguments.get("workspace", ""))
        match found.kind:
            case JobKind.DELIVER | JobKind.PREPARE:
                raise UserError("jobs.end_subscription")
            case JobKind.BACKFILL if await self._stop_backfill(workspace, found):
                return found  # its next run shows people that it was stopped
            case JobKind.READ if not is_show_job(found):
                link = LinkId(found.arguments["link"])
                await self._storage.links.mark_unreadable(workspace, link, GIVEN_UP)
            case _:
                pass
        await self._storage.jobs.cancel(job)
        return found

    async def _stop_backfill(self, workspace: WorkspaceId, job: Job) -> bool:
        try:
            return await self._backfilling.stop(workspace, job.arguments["backfill"])
        except UserError:
            return False  # there is no such reading any more

    async def _get(self, job: JobId) -> Job:
        for each in await self._storage.jobs.list_jobs(limit=MOST_LISTED):
            if each.id == job:
                return each
        raise UserError("jobs.no_such", job=job)

    async def _find_subject(self, job: Job) -> str:
        workspace = WorkspaceId(job.arguments.get("workspace", ""))
        storage = self._storage
        try:
            match job.kind:
                case JobKind.READ:
                    page = LinkId(job.arguments["link"])
                    link = await storage.links.get(workspace, page, audience=OPERATOR)
                    return link.url_as_saved
                case JobKind.POLL:
                    feeds = {each.id: each for each in await storage.feeds.list_feeds(workspace)}
                    return feeds[job.arguments["feed"]].url
                case JobKind.BACKFILL:
                    backfill = await storage.backfills.get(workspace, job.arguments["backfill"])
                    return f"{workspace}/{backfill.place.channel}"
                case JobKind.PREPARE:
                    id_ = job.arguments["subscription"]
                    subscription = await storage.subscriptions.get(workspace, id_)
                    return f"{workspace}/{subscription.place.channel}"
                case JobKind.DELIVER:
                    delivery = await storage.deliveries.get(workspace, job.arguments["delivery"])
                    return f"{workspace}/{delivery.place.channel}"
                case JobKind.REINDEX | JobKind.EMBED | JobKind.SWEEP:
                    return workspace
        except KeyError:
            return ""
