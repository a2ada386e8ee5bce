"""What was to be done in the background and has no job gets one, so that nothing is lost.

A crash between writing something down and enqueueing its job leaves such a thing; so does a backup
that was restored.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.jobs import NewJob
from bot.ports import Jobs

MOST_LISTED = 100_000


async def enqueue_missing(jobs: Jobs, wanted: Sequence[NewJob]) -> int:
    """Enqueue those of whose key there is no job, and return how many that were.

    Unlike `Jobs.enqueue` this hurries none that waits for its time, and leaves alone what was set
    aside.
    """
    if not wanted:
        return 0
    known = {job.key for job in await jobs.list_jobs(limit=MOST_LISTED)}
    return await jobs.enqueue(*(job for job in wanted if job.key not in known))
