"""Use case: forget what nothing can repeat any more, once a day."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import WorkspaceId
from bot.ports import (
    Clock,
    ExchangeStore,
    Inbox,
    Jobs,
    PostLedger,
    ReactionStore,
    WorkspaceStore,
)
from bot.services.missing_jobs import enqueue_missing

log = logging.getLogger(__name__)

EVERY = timedelta(days=1)
# What was handled is told again by two alone: platforms try an event again for minutes, Slack on
# wish for a day; and catching up, which tells how far back it looks. The rest of a month is for
# clocks that are wrong. Source: docs.slack.dev, "The Events API", on retries and delayed events.
KEPT = timedelta(days=30)

FindHorizon = Callable[[WorkspaceId], Awaitable[datetime | None]]


class SweepingService:
    """`find_horizon` tells how far back catching up would look; None where it has nothing to."""

    def __init__(
        self,
        workspaces: WorkspaceStore,
        inbox: Inbox,
        reactions: ReactionStore,
        ledger: PostLedger,
        exchanges: ExchangeStore,
        jobs: Jobs,
        *,
        find_horizon: FindHorizon,
        clock: Clock,
    ) -> None:
        self._workspaces = workspaces
        self._inbox = inbox
        self._reactions = reactions
        self._ledger = ledger
        self._exchanges = exchanges
        self._jobs = jobs
        self._find_horizon = find_horizon
        self._clock = clock

    async def look(self) -> None:
        """Begin with the workspaces that are new; every sweep orders the next."""
        found = await self._workspaces.list_workspaces()
        await enqueue_missing(self._jobs, [_job(workspace) for workspace in found])

    async def handle(self, job: Job) -> NewJob | None:
        """Sweep one workspace, and do so again a day later."""
        workspace = WorkspaceId(job.arguments["workspace"])
        if workspace not in await self._workspaces.list_workspaces():
            return None  # it became part of another
        await self._sweep(workspace)
        return _job(workspace, run_at=self._clock.now() + EVERY)

    async def _sweep(self, workspace: WorkspaceId) -> None:
        now = self._clock.now()
        horizon = await self._find_horizon(workspace) or now
        before = min(horizon, now) - KEPT
        emoji = (await self._workspaces.get_settings(workspace)).emoji
        swept = {
            "events": await self._inbox.forget(workspace, before=before),
            "reactions": await self._reactions.forget_reactions(
                workspace, keep=emoji.bare(), before=before
            ),
            "posts": await self._ledger.forget(workspace, before=before),
            "exchanges": await self._exchanges.forget(workspace, before=now - KEPT),
        }
        if any(swept.values()):
            log.info("swept", extra={"workspace": workspace, **swept})


def _job(workspace: WorkspaceId, *, run_at: datetime | None = None) -> NewJob:
    return NewJob(JobKind.SWEEP, f"sweep:{workspace}", {"workspace": workspace}, run_at=run_at)
