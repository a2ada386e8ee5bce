"""The `jubo` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    # Before numpy loads: its threads wait for each other by spinning, which for matrices as small
    # as those of one page doubles the work.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from bot.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # so early that there is nothing to tell
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
