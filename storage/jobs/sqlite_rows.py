"""The table of jobs on SQLite: every change that a queue makes to it, as functions in transactions.

Of one key one waits, one runs and one is set aside at most.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    Select,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
    update,
)

from bot.domain.jobs import (
    PROCESS_ENDED,
    Failure,
    Job,
    JobId,
    JobKind,
    JobState,
    NewJob,
    Rule,
)
from storage.columns import Instant
from storage.rows import batches, insert_new
from storage.schema import jobs

# As literals: an index on some rows only is used where the query shows that it is about those.
_is_waiting = jobs.c.state == literal_column(f"'{JobState.WAITING}'")
_is_running = jobs.c.state == literal_column(f"'{JobState.RUNNING}'")
_is_failed = jobs.c.state == literal_column(f"'{JobState.FAILED}'")

# Made once: building a statement costs more than running it.
_INSERT = insert_new(jobs)
_HURRY = (
    update(jobs)
    .where(
        _is_waiting,
        jobs.c.key == bindparam("of"),
        jobs.c.tries == 0,
        jobs.c.run_at > bindparam("at", type_=Instant),
    )
    .values(run_at=bindparam("at", type_=Instant))
)
_BRING_FORWARD = (
    update(jobs)
    .where(_is_waiting, jobs.c.run_at > bindparam("now", type_=Instant))
    .values(
        run_at=type_coerce(
            type_coerce(jobs.c.run_at, BigInteger) - bindparam("by_us", type_=BigInteger), Instant
        )
    )
)
_DROP_FAILED = delete(jobs).where(_is_failed, jobs.c.key == bindparam("of"))
_END = delete(jobs).where(_is_running, jobs.c.id == bindparam("row"))
_DROP = delete(jobs).where(jobs.c.id == bindparam("row"))
_DROP_WAITING = delete(jobs).where(_is_waiting, jobs.c.key == bindparam("of"))
_FAIL = (
    update(jobs)
    .where(_is_running, jobs.c.id == bindparam("row"))
    .values(
        state=bindparam("next"),
        run_at=bindparam("at", type_=Instant),
        tries=jobs.c.tries - bindparam("forgiven"),
        reason=bindparam("why"),
    )
)
_REVIVE = (
    update(jobs)
    .where(_is_failed, jobs.c.id == bindparam("row"))
    .values(state=JobState.WAITING, run_at=bindparam("at", type_=Instant), tries=0)
)
_IS_RUNNING = select(jobs.c.id).where(_is_running, jobs.c.id == bindparam("row"))
_KEY = select(jobs.c.key).where(_is_failed, jobs.c.id == bindparam("row"))
_RUNNING = select(jobs).where(_is_running)


def _due(kind: JobKind) -> Select[Any]:
    other = jobs.alias()
    runs = other.c.state == literal_column(f"'{JobState.RUNNING}'")
    first = (
        select(jobs.c.id)
        .where(
            _is_waiting,
            jobs.c.kind == kind,
            jobs.c.run_at <= bindparam("now", type_=Instant),
            ~exists().where(runs, other.c.key == jobs.c.key),
        )
        .order_by(jobs.c.run_at, jobs.c.id)
        .limit(bindparam(f"most_{kind}", type_=jobs.c.id.type))
    )
    return select(first.subquery().c.id)


_TAKE = (
    update(jobs)
    .where(jobs.c.id.in_(union_all(*(_due(kind) for kind in JobKind))))
    .values(state=JobState.RUNNING, tries=jobs.c.tries + 1)
    .returning(*jobs.c)
)
# For each kind on its own, which an index answers.
_NEXT = union_all(
    *(
        select(func.min(jobs.c.run_at)).where(
            _is_waiting,
            jobs.c.kind == kind,
            jobs.c.run_at > bindparam("now", type_=Instant),
        )
        for kind in JobKind
    )
)


def keep_jobs(connection: Connection, new: Sequence[NewJob], *, now: datetime) -> int:
    """Return how many are new, see `Jobs.enqueue`."""
    added = 0
    for some in batches(new):
        rows = [
            {
                "kind": job.kind,
                "key": job.key,
                "arguments": json.dumps(dict(job.arguments)),
                "state": JobState.WAITING,
                "run_at": job.run_at or now,
            }
            for job in some
        ]
        count = connection.execute(_INSERT, rows).rowcount
        named = [{"of": row["key"], "at": row["run_at"]} for row in rows]
        connection.execute(_DROP_FAILED, named)
        if count < len(rows):
            connection.execute(_HURRY, named)
        added += count
    return added


def take_due(
    connection: Connection, *, now: datetime, slots: Mapping[JobKind, int]
) -> Sequence[Job]:
    """Take what is due for as many as there are slots of each kind, the longest due first."""
    most = {f"most_{kind}": slots.get(kind, 0) for kind in JobKind}
    taken = connection.execute(_TAKE, {"now": now, **most}).all()
    return sorted(map(as_job, taken), key=lambda job: (job.run_at, job.id))


def follow_clock(connection: Connection, *, now: datetime, back: timedelta) -> None:
    """Let what waits for an instant wait no longer because the clock was set back so much."""
    connection.execute(_BRING_FORWARD, {"now": now, "by_us": back // timedelta(microseconds=1)})


def find_next(connection: Connection, *, now: datetime) -> datetime | None:
    """Return when the next job is due that is not due yet."""
    later = [each for each in connection.scalars(_NEXT, {"now": now}) if each is not None]
    return min(later, default=None)


def end_job(connection: Connection, job: Job, follow: NewJob | None, *, now: datetime) -> None:
    """One that was dropped meanwhile is followed by nothing."""
    is_ours = connection.execute(_END, {"row": job.id}).rowcount == 1
    if is_ours and follow is not None:
        keep_jobs(connection, [follow], now=now)


def fail_job(connection: Connection, job: Job, failure: Failure) -> None:
    """Let it wait for its next run, or set it aside; nothing if it was dropped meanwhile."""
    if connection.scalar(_IS_RUNNING, {"row": job.id}) is None:
        return
    if failure.run_at is not None:
        # Of the same key: that work is this work, and this one knows how often it failed.
        connection.execute(_DROP_WAITING, {"of": job.key})
    else:
        connection.execute(_DROP_FAILED, {"of": job.key})
    values = {
        "row": job.id,
        "next": JobState.FAILED if failure.run_at is None else JobState.WAITING,
        "at": failure.run_at or job.run_at,
        "forgiven": 0 if failure.counts else 1,
        "why": failure.reason,
    }
    connection.execute(_FAIL, values)


def take_back(connection: Connection, rules: Mapping[JobKind, Rule]) -> int:
    """Let what a dead process ran wait again; return how many that were."""
    ran = [as_job(row) for row in connection.execute(_RUNNING)]
    for job in ran:
        is_spent = job.tries >= rules[job.kind].most_tries
        failure = Failure(reason=PROCESS_ENDED, run_at=None if is_spent else job.run_at)
        fail_job(connection, job, failure)
    return len(ran)


def list_running(connection: Connection) -> frozenset[JobId]:
    return frozenset(JobId(row.id) for row in connection.execute(_RUNNING))


def revive_job(connection: Connection, job: JobId, *, now: datetime) -> bool:
    key = connection.scalar(_KEY, {"row": job})
    if key is None:
        return False
    connection.execute(_DROP_WAITING, {"of": key})
    return connection.execute(_REVIVE, {"row": job, "at": now}).rowcount == 1


def drop_job(connection: Connection, job: JobId) -> bool:
    return connection.execute(_DROP, {"row": job}).rowcount == 1


def as_job(row: Row[Any]) -> Job:
    return Job(
        id=JobId(row.id),
        kind=JobKind(row.kind),
        key=row.key,
        arguments=json.loads(row.arguments),
        state=JobState(row.state),
        tries=row.tries,
        run_at=row.run_at,
        reason=row.reason,
    )
