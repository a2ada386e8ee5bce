"""The `jubo` command."""

from __future__ import annotations

import sys


def main() -> None:
    try:
        from bot.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # so early that there is nothing to tell
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
