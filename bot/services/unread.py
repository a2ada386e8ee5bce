"""Use case: read in the background what was saved and nobody looks on, link by link, as jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.domain.jobs import RULES, Job, JobKind, NewJob
from bot.domain.models import LinkId, LinkRecord, PageState, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.ports import Clock, Jobs, LinkStore, WorkspaceStore
from bot.services.hosts import Hosts, host_of
from bot.services.missing_jobs import enqueue_missing
from bot.services.reading import ReadingService

MOST_LISTED = 10_000  # what is beyond it is found as soon as some of these are read
# So long a page may be on its way to a member who looks on; who reads it has no job.
LOOKED_AT = timedelta(minutes=2)
_SETTLED = (PageState.READ, PageState.UNREADABLE)


class UnreadService:
    def __init__(
        self,
        workspaces: WorkspaceStore,
        links: LinkStore,
        jobs: Jobs,
        reading: ReadingService,
        *,
        hosts: Hosts,
        clock: Clock,
    ) -> None:
        self._workspaces = workspaces
        self._links = links
        self._jobs = jobs
        self._reading = reading
        self._hosts = hosts
        self._clock = clock
        self._has_looked = False

    async def ask(
        self, workspace: WorkspaceId, links: Iterable[LinkId], *, run_at: datetime | None = None
    ) -> None:
        """Have these links read; what is read already costs a look."""
        await self._jobs.enqueue(*map(partial(_job, workspace, run_at), links))

    async def ask_for_all(self, workspace: WorkspaceId, *, run_at: datetime | None = None) -> int:
        """Have all read that is unread there and has no job; return how many these are."""
        unread = await self._links.list_unread(workspace, limit=MOST_LISTED)
        wanted = [_job(workspace, run_at, link) for link in unread]
        return await enqueue_missing(self._jobs, wanted)

    async def look(self) -> None:
        """Find what is unread everywhere and has no job. At a start nobody looks on yet."""
        run_at = self._clock.now() + LOOKED_AT if self._has_looked else None
        for workspace in await self._workspaces.list_workspaces():
            await self.ask_for_all(workspace, run_at=run_at)
        self._has_looked = True

    async def handle(self, job: Job) -> NewJob | None:
        """Read one link. What fails for now is tried again by the rule, then said to be unreadable.

        Raises:
            FetchFailed: it may go better later.

        """
        workspace = WorkspaceId(job.arguments["workspace"])
        link = await self._find(workspace, LinkId(job.arguments["link"]))
        if link is None or link.state in _SETTLED:
            return None
        # Runs that only found the host busy count for nothing: such a job is a new one.
        tries = job.tries + int(job.arguments.get("tries", "0"))
        turn = self._hosts.find_turn(job.key, host_of(link.url_as_saved))
        if turn is not None:
            spent = {**job.arguments, "tries": str(tries - 1)}
            return NewJob(JobKind.READ, job.key, spent, run_at=turn)
        failure = await self._reading.read_unseen(workspace, link)
        if failure is not None:
            await self._note(workspace, link, failure, is_last=tries >= _MOST_TRIES)
        return None

    async def _note(
        self, workspace: WorkspaceId, link: LinkRecord, failure: FetchFailed, *, is_last: bool
    ) -> None:
        if failure.retry_after_s:
            self._hosts.let_rest(host_of(link.url_as_saved), failure.retry_after_s)
        if failure.may_pass and not is_last:
            await self._links.mark_waiting(workspace, link.id)
            raise failure
        await self._links.mark_unreadable(workspace, link.id, failure.reason)

    async def _find(self, workspace: WorkspaceId, link: LinkId) -> LinkRecord | None:
        try:
            return await self._links.get(workspace, link, audience=OPERATOR)
        except KeyError:
            return None  # its last save was taken back


_MOST_TRIES = RULES[JobKind.READ].most_tries


def _job(workspace: WorkspaceId, run_at: datetime | None, link: LinkId) -> NewJob:
    arguments = {"workspace": workspace, "link": link}
    return NewJob(JobKind.READ, f"read:{workspace}:{link}", arguments, run_at=run_at)
