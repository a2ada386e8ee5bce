"""Deliveries of subscriptions: do all arrive, once; how fast; what a bot at rest costs.

    python -m benchmarks.deliveries crash [--database sqlite|postgres|both] [--digests 3000]
                                          [--kills 20]
    python -m benchmarks.deliveries engine [--deliveries 8000]
    python -m benchmarks.deliveries idle [--seconds 60]

Real processes, the local Slack and Discord of the tests, a PostgreSQL of our own. Times are of
this machine, in this run; what is missing or there twice is not.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from benchmarks import deliveries_crash, deliveries_engine, deliveries_idle

DATABASES = ("sqlite", "postgres")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    crash = commands.add_parser("crash")
    crash.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    crash.add_argument("--digests", type=int, default=3000)
    crash.add_argument("--kills", type=int, default=20)
    engine = commands.add_parser("engine")
    engine.add_argument("--deliveries", type=int, default=8000)
    idle = commands.add_parser("idle")
    idle.add_argument("--seconds", type=float, default=60.0)
    asked = parser.parse_args()
    # Not in a folder that only we may enter: the user of the server must, too.
    with tempfile.TemporaryDirectory(prefix="jubo-deliveries-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if asked.command == "crash":
            chosen = DATABASES if asked.database == "both" else (asked.database,)
            work = deliveries_crash.run(folder, chosen, digests=asked.digests, kills=asked.kills)
        elif asked.command == "engine":
            work = deliveries_engine.run(folder, deliveries=asked.deliveries)
        else:
            work = deliveries_idle.run(folder, seconds=asked.seconds)
        return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
