"""When a page that could not be read for now is tried again, whoever tried it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.jobs import RULES, Job, JobKind, NewJob, pause_after
from bot.domain.models import LinkId, LinkRecord, WorkspaceId
from bot.errors import FetchFailed
from bot.ports import Clock, Jobs, LinkStore

_RULE = RULES[JobKind.READ]
_LONG_S = 60.0


@dataclass(frozen=True, slots=True)
class Retries:
    links: LinkStore
    jobs: Jobs
    clock: Clock
    chance: Callable[[], float] = random.random  # spreads what failed together

    async def put_off(
        self, workspace: WorkspaceId, link: LinkRecord, failure: FetchFailed, *, tries: int
    ) -> datetime | None:
        """Keep why a try failed, the last of so many, and return when the next one is.

        None: there is none, the page is unreadable.
        """
        if not failure.may_pass or tries >= _RULE.most_tries:
            await self.links.mark_unreadable(workspace, link.id, failure.reason)
            return None
        retry_at = self._turn_of(failure)
        if failure.was_asked:
            pause = pause_after(_RULE, tries=tries, chance=self.chance())
            retry_at = max(retry_at, self.clock.now() + pause)
        await self.links.mark_waiting(workspace, link.id, reason=failure.reason, retry_at=retry_at)
        return retry_at

    async def wait_turn(
        self, workspace: WorkspaceId, link: LinkRecord, failure: FetchFailed
    ) -> datetime:
        """Leave the link as it was, for its site was not asked; return when it may be.

        Why a site is left alone for long is kept: whoever looks at its mark is told.
        """
        turn = self._turn_of(failure)
        reason = failure.reason if is_long_rest(failure) else link.page.reason
        retry_at = turn if reason else None
        await self.links.mark_waiting(workspace, link.id, reason=reason, retry_at=retry_at)
        return turn

    def _turn_of(self, failure: FetchFailed) -> datetime:
        return self.clock.now() + timedelta(seconds=failure.retry_after_s)

    async def order(
        self,
        workspace: WorkspaceId,
        link: LinkId,
        *,
        at: datetime,
        tries: int = 0,
        is_anew: bool = False,
    ) -> None:
        """Have it read then, by whoever works."""
        job = read_job(workspace, link, run_at=at, tries=tries, is_anew=is_anew)
        await self.jobs.enqueue(job)


def is_long_rest(failure: FetchFailed) -> bool:
    """Whether its site asks for it; that many others are read before it is no news to anybody."""
    return failure.reason != "crowded" and failure.retry_after_s > _LONG_S


def read_job(
    workspace: WorkspaceId,
    link: LinkId,
    *,
    run_at: datetime | None = None,
    tries: int = 0,
    is_anew: bool = False,
) -> NewJob:
    """Return the job that reads one link. `tries`: those that other jobs, or people, made.

    `is_anew`: also if it is read.
    """
    arguments = {"workspace": workspace, "link": link}
    if tries:
        arguments["tries"] = str(tries)
    if is_anew:
        arguments["anew"] = "yes"
    return NewJob(JobKind.READ, f"read:{workspace}:{link}", arguments, run_at=run_at)


def show_job(workspace: WorkspaceId, link: LinkId) -> NewJob:
    """Return the job that shows how one link stands, whenever that is to be read."""
    arguments = {"workspace": workspace, "link": link, "only": "show"}
    return NewJob(JobKind.READ, f"show:{workspace}:{link}", arguments)


def is_show_job(job: Job) -> bool:
    return job.arguments.get("only") == "show"
