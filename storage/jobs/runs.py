"""One run of a job, from whichever queue: its handler, its time limit, what becomes of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.domain.jobs import TOOK_TOO_LONG, Failure, Job, NewJob, Rule, judge_end, judge_failure
from bot.errors import FetchFailed, TransientError
from bot.ports import Clock, Handler

log = logging.getLogger(__name__)

STOP_WITHIN_S = 8.0  # a stop takes ten seconds at most; the rest is for writing down what is left


async def run_job(
    job: Job, handler: Handler, *, rule: Rule, clock: Clock, chance: Callable[[], float]
) -> NewJob | Failure | None:
    """Return the job that follows, or why this run failed; None: that was all."""
    limit = asyncio.timeout(rule.most_s)
    try:
        async with limit:
            return await handler(job)
    except Exception as error:
        now, spread = clock.now(), chance()
        if isinstance(error, TimeoutError) and limit.expired():
            failure = judge_end(job, TOOK_TOO_LONG, rule=rule, now=now, chance=spread)
        else:
            failure = judge_failure(job, error, rule=rule, now=now, chance=spread)
        is_ours = not isinstance(error, TransientError | TimeoutError)
        log.log(_level(error, failure), "job failed", extra=_fields(job, failure), exc_info=is_ours)
        return failure


def _level(error: Exception, failure: Failure) -> int:
    if not isinstance(error, TransientError | TimeoutError) or failure.run_at is None:
        return logging.ERROR
    # That some site is down is everyday, that a platform or the database is away is not.
    return logging.INFO if isinstance(error, FetchFailed) else logging.WARNING


def _fields(job: Job, failure: Failure) -> dict[str, object]:
    again = "set aside" if failure.run_at is None else failure.run_at.isoformat()
    return {
        "job": job.id,
        "kind": job.kind,
        "key": job.key,
        "try": job.tries,
        "reason": failure.reason,
        "again": again,
    }
