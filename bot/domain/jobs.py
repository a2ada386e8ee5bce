"""Background work as values: what waits, what runs, what was set aside, and how often it is tried.

A job carries ids, never texts or tokens: what it has paid for is kept under those ids elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.errors import FetchFailed, RateLimited, StorageUnavailable

JobId = NewType("JobId", int)

# Reasons of ours; table `job_reason` of bot/texts has their sentences.
TOOK_TOO_LONG = "took_too_long"
PROCESS_ENDED = "process_ended"


class JobKind(StrEnum):
    DELIVER = "deliver"  # one digest for one subscription and period
    PREPARE = "prepare"  # the same digest, before it is due
    READ = "read"  # the page behind one link
    POLL = "poll"  # one feed
    BACKFILL = "backfill"  # a channel's past, a page of it at a time
    REINDEX = "reindex"  # a workspace's search index, some passages at a time
    EMBED = "embed"  # vectors of a workspace's passages, some at a time
    SWEEP = "sweep"  # what is kept too long


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    FAILED = "failed"  # set aside: tried too often


@dataclass(frozen=True, slots=True)
class NewJob:
    """`key` names the work, of whatever kind: of one key one job waits at most, and one runs.

    `run_at`: not before then; None: now.
    """

    kind: JobKind
    key: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    run_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """`tries` counts the runs that began, this one too; `run_at`: when it is or was due.

    `reason`: why the last run failed: one of those above, or the name of an error's type.
    """

    id: JobId
    kind: JobKind
    key: str
    arguments: Mapping[str, str]
    state: JobState
    tries: int
    run_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """How jobs of a kind are run by one node.

    `at_once`: how many side by side. After the n-th failure a job rests for about
    `first_pause` · 2ⁿ⁻¹, `longest_pause` at most; after `most_tries` it is set aside.
    `most_s`: what takes longer has failed.
    """

    at_once: int
    most_tries: int
    first_pause: timedelta
    longest_pause: timedelta
    most_s: float


STORAGE_PAUSE = timedelta(seconds=5)

_SECOND, _MINUTE, _DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)

RULES: Mapping[JobKind, Rule] = {
    # Most of a delivery is waiting for its channel, which takes a message a second: in so many
    # channels things move at once. A platform may be away for a morning; how late a digest may
    # be is the delivery's own matter.
    JobKind.DELIVER: Rule(256, 200, 2 * _SECOND, 5 * _MINUTE, 300.0),
    JobKind.PREPARE: Rule(1, 3, _MINUTE, 5 * _MINUTE, 300.0),
    # A site that is down is back in an hour, or next morning; after a week it is another's.
    JobKind.READ: Rule(4, 12, 30 * _MINUTE, _DAY, 180.0),
    JobKind.POLL: Rule(2, 5, _MINUTE, 30 * _MINUTE, 120.0),
    JobKind.BACKFILL: Rule(2, 50, 2 * _SECOND, 10 * _MINUTE, 300.0),
    JobKind.REINDEX: Rule(1, 10, 10 * _SECOND, 5 * _MINUTE, 300.0),
    # A server of embeddings may be away for a night; its timer orders the work anew after that.
    JobKind.EMBED: Rule(1, 20, 20 * _SECOND, 10 * _MINUTE, 120.0),
    JobKind.SWEEP: Rule(1, 5, 5 * _MINUTE, 60 * _MINUTE, 600.0),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What becomes of a job whose run failed. `run_at`: when it runs again; None: it is set aside.

    `counts`: the run was one of its tries.
    """

    reason: str
    run_at: datetime | None
    counts: bool = True


def judge_failure(
    job: Job, error: Exception, *, rule: Rule, now: datetime, chance: float
) -> Failure:
    """Return what becomes of a job whose handler raised this. `chance`: 0..1, spreads retries."""
    reason = type(error).__name__
    if isinstance(error, StorageUnavailable):  # no fault of the job
        return Failure(reason=reason, run_at=now + STORAGE_PAUSE * (1 + chance), counts=False)
    failure = judge_end(job, reason, rule=rule, now=now, chance=chance)
    if failure.run_at is not None and isinstance(error, RateLimited):
        asked = now + timedelta(seconds=error.retry_after_s)
        return replace(failure, run_at=max(asked, failure.run_at))
    if failure.run_at is not None and isinstance(error, FetchFailed) and error.retry_at is not None:
        return replace(failure, run_at=error.retry_at)  # as people were told
    return failure


def judge_end(job: Job, reason: str, *, rule: Rule, now: datetime, chance: float) -> Failure:
    """Return what becomes of a job whose run did not end well for this reason."""
    if job.tries >= rule.most_tries:
        return Failure(reason=reason, run_at=None)
    return Failure(reason=reason, run_at=now + pause_after(rule, tries=job.tries, chance=chance))


def pause_after(rule: Rule, *, tries: int, chance: float) -> timedelta:
    """Return how long to rest after the last of so many tries. `chance`: 0..1, spreads retries.

    Half of the pause is fixed, half is chance, so that what failed together does not return
    together. Source: "Exponential Backoff and Jitter", AWS Architecture Blog ("equal jitter").
    """
    doubled = rule.first_pause * 2.0 ** min(tries - 1, 30)
    pause = min(doubled, rule.longest_pause)
    return pause * (0.5 + chance / 2)
