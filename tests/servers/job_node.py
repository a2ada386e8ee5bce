"""A process that works on jobs: `python -m tests.servers.job_node URL LEASE_S`.

It says on standard output which job it has begun. One whose key says "hang" never ends.
"""

from __future__ import annotations

import asyncio
import signal
import sys

from bot.domain.jobs import Job, JobKind
from storage import open_storage


async def main(url: str, lease_s: float) -> None:
    async def handle(job: Job) -> None:
        print(job.key, job.tries, flush=True)  # noqa: T201 - who started it reads this
        if "hang" in job.key:
            await asyncio.Event().wait()

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_storage(url, lease_s=lease_s) as storage:
        await storage.jobs.work({JobKind.DELIVER: handle}, stop=stop)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], float(sys.argv[2])))
