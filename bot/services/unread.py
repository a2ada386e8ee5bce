"""Use case: read in the background what was saved and nobody looks on, link by link, as jobs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from bot.domain.jobs import Job, NewJob
from bot.domain.models import LinkId, LinkRecord, PageState, WorkspaceId
from bot.domain.visibility import OPERATOR
from bot.errors import FetchFailed
from bot.ports import Clock, Jobs, LinkStore, WorkspaceStore
from bot.services.missing_jobs import enqueue_missing
from bot.services.reading import SETTLED, ReadingService
from bot.services.retrying import Retries, is_long_rest, is_show_job, read_job, show_job
from bot.services.settling import SettlingService

MOST_LISTED = 10_000  # what is beyond it is found as soon as some of these are read
# So long a page may be on its way to a member who looks on; who reads it has no job.
LOOKED_AT = timedelta(minutes=2)


class UnreadService:
    def __init__(
        self,
        workspaces: WorkspaceStore,
        links: LinkStore,
        jobs: Jobs,
        reading: ReadingService,
        *,
        retries: Retries,
        clock: Clock,
    ) -> None:
        self._workspaces = workspaces
        self._links = links
        self._jobs = jobs
        self._reading = reading
        self._retries = retries
        self._clock = clock
        self._settling: SettlingService | None = None
        self._has_looked = False

    def connect(self, settling: SettlingService) -> None:
        """Give it the platforms; without them nobody is shown how a link ended."""
        self._settling = settling

    async def ask(
        self, workspace: WorkspaceId, links: Iterable[LinkId], *, run_at: datetime | None = None
    ) -> None:
        """Have these links read; what is read already costs a look."""
        await self._jobs.enqueue(*(read_job(workspace, link, run_at=run_at) for link in links))

    async def show(self, workspace: WorkspaceId, links: Iterable[LinkId]) -> None:
        """Have messages show how these links stand by now, also of one that rests till later."""
        await self._jobs.enqueue(*(show_job(workspace, link) for link in links))

    async def ask_for_all(self, workspace: WorkspaceId, *, run_at: datetime | None = None) -> int:
        """Have all read that is unread there and has no job; return how many these are."""
        unread = await self._links.list_unread(workspace, limit=MOST_LISTED)
        wanted = [read_job(workspace, link, run_at=run_at) for link in unread]
        return await enqueue_missing(self._jobs, wanted)

    async def look(self) -> None:
        """Find what is unread everywhere and has no job. At a start nobody looks on yet."""
        run_at = self._clock.now() + LOOKED_AT if self._has_looked else None
        for workspace in await self._workspaces.list_workspaces():
            await self.ask_for_all(workspace, run_at=run_at)
        self._has_looked = True

    async def handle(self, job: Job) -> NewJob | None:
        """Read one link, unless it is only to be shown, and show how that ended where it was saved.

        What fails for now is tried again by the rule, then said to be unreadable. What was read
        before stays as it is, and is tried no more.

        Raises:
            FetchFailed: it may go better later.

        """
        workspace = WorkspaceId(job.arguments["workspace"])
        link = await self._find(workspace, LinkId(job.arguments["link"]))
        if link is None:
            return None
        is_anew = "anew" in job.arguments
        failure: FetchFailed | None = None
        retry_at: datetime | None = None
        is_to_read = link.page.state not in SETTLED or is_anew
        if is_to_read and not is_show_job(job):
            # Runs that tried nothing count for nothing: such a job is a new one.
            tries = job.tries + int(job.arguments.get("tries", "0"))
            again = partial(read_job, workspace, link.id, tries=tries - 1, is_anew=is_anew)
            told = link.page.retry_at
            if told is not None and told > self._clock.now():
                return again(run_at=told)
            failure = await self._reading.read_unseen(workspace, link, is_anew=is_anew)
            if failure is not None and not failure.was_asked:
                turn = await self._retries.wait_turn(workspace, link, failure)
                if is_long_rest(failure):
                    await self._settle(workspace, link)
                return again(run_at=turn)
            if failure is not None and link.page.state is not PageState.READ:
                retry_at = await self._retries.put_off(workspace, link, failure, tries=tries)
        await self._settle(workspace, link, kept_for=failure.reason if failure else "")
        if failure is not None and retry_at is not None:
            failure.retry_at = retry_at
            raise failure
        return None

    async def _settle(
        self, workspace: WorkspaceId, link: LinkRecord, *, kept_for: str = ""
    ) -> None:
        if self._settling is not None:
            await self._settling.settle(workspace, link.id, kept_for=kept_for)

    async def _find(self, workspace: WorkspaceId, link: LinkId) -> LinkRecord | None:
        try:
            return await self._links.get(workspace, link, audience=OPERATOR)
        except KeyError:
            return None  # its last save was taken back
