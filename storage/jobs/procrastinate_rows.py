"""Jobs as procrastinate keeps them, and what it has no words for: statements over its tables.

A kind is a queue. The key is the lock, so that one job of it runs, and the queueing lock, so that
one waits. The library's own way back from running to waiting breaks on a key that has a job
waiting already, counts every run as a try, and knows no reasons. Its way of giving jobs out reads
all that wait before the server's statistics know of them: half a second a job where 3,000 do.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from psycopg import AsyncConnection
from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from bot.domain.jobs import Failure, Job, JobId, JobKind, JobState, NewJob

TASK = "jubo"  # one for all kinds

_STATES = {
    "todo": JobState.WAITING,
    "doing": JobState.RUNNING,
    "failed": JobState.FAILED,
}
STATUSES = {state: status for status, state in _STATES.items()}

# Connections do not wait for the disk: what a power cut takes runs again, at no harm. This does.
_ON_DISK = "set_config('synchronous_commit', 'on', true)"
# As the library tells of new jobs: that some came is all that a worker wants to know.
_TELL = """
    pg_notify(
        'procrastinate_queue_v1#' || queue_name,
        json_build_object('type', 'job_inserted', 'job_id', max(id))::text
    )
"""

_ENQUEUE = f"""
    WITH new AS (
        SELECT DISTINCT ON (key) * FROM jsonb_to_recordset(%(jobs)s)
            AS (kind text, key text, args jsonb, run_at timestamptz, place int)
        ORDER BY key, coalesce(run_at, now()), place
    ), replaced AS (
        DELETE FROM procrastinate_jobs
        WHERE status = 'failed' AND queueing_lock IN (SELECT key FROM new)
    ), hurried AS (
        UPDATE procrastinate_jobs AS waiting SET scheduled_at = coalesce(new.run_at, now())
        FROM new
        WHERE status = 'todo' AND queueing_lock = new.key AND attempts = 0
            AND scheduled_at > coalesce(new.run_at, now())
        RETURNING waiting.id, waiting.queue_name
    ), added AS (
        INSERT INTO procrastinate_jobs
            (queue_name, task_name, lock, queueing_lock, args, scheduled_at)
        SELECT kind, '{TASK}', key, key, args, coalesce(run_at, now()) FROM new ORDER BY place
        ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING
        RETURNING id, queue_name
    ), told AS (
        SELECT {_TELL} FROM (TABLE hurried UNION ALL TABLE added) AS news GROUP BY queue_name
    )
    SELECT (SELECT count(*) FROM added) AS added, (SELECT count(*) FROM told), {_ON_DISK}
"""  # noqa: S608 - constants

# Since of one key one waits at most, only one that runs is in its way. Kind by kind, so that an
# index tells the first of each, however many wait.
_TAKE = """
    WITH first AS (
        SELECT due.id FROM unnest(%(kinds)s::text[], %(free)s::int[]) AS places (kind, free)
        CROSS JOIN LATERAL (
            SELECT id FROM procrastinate_jobs AS jobs
            WHERE status = 'todo' AND queue_name = kind AND scheduled_at <= now()
                AND NOT EXISTS (
                    SELECT FROM procrastinate_jobs AS running
                    WHERE running.status = 'doing' AND running.lock = jobs.lock
                )
            ORDER BY scheduled_at, id LIMIT free FOR UPDATE SKIP LOCKED
        ) AS due
    )
    UPDATE procrastinate_jobs SET status = 'doing', worker_id = %(worker)s
    WHERE id IN (SELECT id FROM first) RETURNING *
"""

# Only by whom it runs for: a worker that was given up finds its job with another, or done.
_OURS = "id = %(id)s AND status = 'doing' AND worker_id = %(worker)s"
_END = f"DELETE FROM procrastinate_jobs WHERE {_OURS} RETURNING abort_requested"  # noqa: S608 - constants
_END_ALL = """
    DELETE FROM procrastinate_jobs
    WHERE id = ANY(%(ids)s) AND status = 'doing' AND worker_id = %(worker)s
"""
_LOCK = f"SELECT abort_requested FROM procrastinate_jobs WHERE {_OURS} FOR UPDATE"  # noqa: S608 - constants
_DROP = "DELETE FROM procrastinate_jobs WHERE id = %(id)s"
_DROP_SAME = """
    DELETE FROM procrastinate_jobs WHERE queueing_lock = %(key)s AND status = %(status)s
"""
_LAY_BACK = f"""
    WITH back AS (
        UPDATE procrastinate_jobs
        SET status = %(status)s, attempts = %(tries)s, scheduled_at = %(run_at)s,
            abort_requested = false, worker_id = NULL,
            args = jsonb_set(args, '{{reason}}', to_jsonb(%(reason)s::text))
        WHERE id = %(id)s
        RETURNING id, queue_name, status
    )
    SELECT {_TELL} FROM back WHERE status = 'todo' GROUP BY queue_name
"""  # noqa: S608 - constants

_ORPHANS = """
    SELECT jobs.* FROM procrastinate_jobs AS jobs
    LEFT JOIN procrastinate_workers AS workers ON workers.id = jobs.worker_id
    WHERE jobs.status = 'doing' AND (
        workers.id IS NULL
        OR workers.last_heartbeat < clock_timestamp() - make_interval(secs => %(lease_s)s)
    )
    FOR UPDATE OF jobs SKIP LOCKED
"""
_UNHEARD = """
    SELECT * FROM procrastinate_jobs
    WHERE status = 'doing' AND worker_id = %(worker)s AND id <> ALL(%(held)s) FOR UPDATE
"""
_FORGET_WORKERS = """
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < clock_timestamp() - make_interval(secs => %(lease_s)s)
"""
_BEAT = """
    UPDATE procrastinate_workers SET last_heartbeat = clock_timestamp()
    WHERE id = %(worker)s RETURNING id
"""

LIST = """
    SELECT * FROM procrastinate_jobs WHERE status = ANY(%(statuses)s::procrastinate_job_status[])
    ORDER BY array_position(ARRAY['failed', 'doing', 'todo'], status::text), scheduled_at, id
    LIMIT %(limit)s
"""
COUNT = """
    SELECT queue_name, status, count(*) AS number FROM procrastinate_jobs
    WHERE status IN ('todo', 'doing', 'failed') GROUP BY queue_name, status
"""
_FIND_FAILED = """
    SELECT * FROM procrastinate_jobs WHERE id = %(id)s AND status = 'failed' FOR UPDATE
"""
_DROP_FAILED = """
    DELETE FROM procrastinate_jobs WHERE id = %(id)s AND status = 'failed' RETURNING id
"""
_CANCEL = "SELECT procrastinate_cancel_job_v1(%(id)s, true, true) AS id"

Rows = AsyncConnection[DictRow]


def as_job(row: DictRow) -> Job:
    state = _STATES[row["status"]]
    return Job(
        id=JobId(row["id"]),
        kind=JobKind(row["queue_name"]),
        key=row["queueing_lock"],
        arguments=row["args"].get("arguments", {}),
        state=state,
        tries=row["attempts"] + (state is JobState.RUNNING),  # the library counts ends
        run_at=row["scheduled_at"],
        reason=row["args"].get("reason", ""),
    )


async def keep_jobs(connection: Rows, new: Sequence[NewJob]) -> int:
    """Return how many are new, see `Jobs.enqueue`."""
    rows = [
        {
            "kind": job.kind,
            "key": job.key,
            "args": {"arguments": dict(job.arguments)},
            "run_at": job.run_at.isoformat() if job.run_at else None,
            "place": place,
        }
        for place, job in enumerate(new)
    ]
    told = await _ask(connection, _ENQUEUE, jobs=Jsonb(rows))
    return int(told["added"]) if told else 0


async def take_jobs(connection: Rows, free: Mapping[JobKind, int], *, worker: int) -> list[DictRow]:
    """Return what is due, as the library knows it: as many of each kind as have a free place."""
    values = {"kinds": list(free), "free": list(free.values()), "worker": worker}
    taken = await (await connection.execute(_TAKE, values)).fetchall()
    return sorted(taken, key=lambda row: (row["scheduled_at"], row["id"]))


async def end_jobs(connection: Rows, ended: Collection[JobId], *, worker: int) -> None:
    await connection.execute(_END_ALL, {"ids": list(ended), "worker": worker})


async def follow_job(connection: Rows, job: JobId, follow: NewJob, *, worker: int) -> None:
    """One that is to be dropped is followed by nothing, nor is one that another runs by now."""
    async with connection.transaction():
        ended = await _ask(connection, _END, id=job, worker=worker)
        if ended is not None and not ended["abort_requested"]:
            await keep_jobs(connection, [follow])


async def fail_job(connection: Rows, job: Job, failure: Failure, *, worker: int) -> None:
    """Let it wait for its next run, or set it aside; nothing if it is not ours any more."""
    async with connection.transaction():
        held = await _ask(connection, _LOCK, id=job.id, worker=worker)
        if held is None:
            return
        if held["abort_requested"]:
            await connection.execute(_DROP, {"id": job.id})
        else:
            await lay_back(connection, job, failure)


async def lay_back(connection: Rows, job: Job, failure: Failure) -> None:
    status = "failed" if failure.run_at is None else "todo"
    # Of the same key: that work is this work, and this one knows how often it failed.
    await connection.execute(_DROP_SAME, {"key": job.key, "status": status})
    values = {
        "id": job.id,
        "status": status,
        "tries": job.tries - (not failure.counts),
        "run_at": failure.run_at or job.run_at,
        "reason": failure.reason,
    }
    await connection.execute(_LAY_BACK, values)


async def find_orphans(connection: Rows, *, lease_s: float) -> list[Job]:
    """Return what dead workers ran; nobody else can have it until the end of the transaction."""
    cursor = await connection.execute(_ORPHANS, {"lease_s": lease_s})
    return [as_job(row) for row in await cursor.fetchall()]


async def find_unheard(connection: Rows, worker: int, *, held: Collection[JobId]) -> list[Job]:
    """Return what this worker was given, beside what it knows of."""
    cursor = await connection.execute(_UNHEARD, {"worker": worker, "held": list(held)})
    return [as_job(row) for row in await cursor.fetchall()]


async def forget_workers(connection: Rows, *, lease_s: float) -> None:
    await connection.execute(_FORGET_WORKERS, {"lease_s": lease_s})


async def beat(connection: Rows, worker: int) -> bool:
    """Give a sign of life; False if the others gave this worker up."""
    return await _ask(connection, _BEAT, worker=worker) is not None


async def revive_job(connection: Rows, job: JobId) -> bool:
    async with connection.transaction():
        row = await _ask(connection, _FIND_FAILED, id=job)
        if row is None:
            return False
        failed = replace(as_job(row), tries=0)
        # It was due when it failed: it is due now.
        again = Failure(reason=failed.reason, run_at=failed.run_at)
        await lay_back(connection, failed, again)
        return True


async def drop_job(connection: Rows, job: JobId) -> bool:
    """Drop it, or have its worker cancel it."""
    dropped = await _ask(connection, _CANCEL, id=job)
    if dropped is not None and dropped["id"] is not None:
        return True
    return await _ask(connection, _DROP_FAILED, id=job) is not None


async def _ask(connection: Rows, query: Any, **values: Any) -> DictRow | None:
    return await (await connection.execute(query, values)).fetchone()
