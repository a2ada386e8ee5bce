"""The command line: a contract that scripts depend on. One module per group of commands.

Exit codes: 0 done, 1 the thing asked for failed, 2 bad usage, 78 bad configuration.
Results go to stdout, everything else to stderr.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

from bot.commands.spelling import spell_for_command_line
from bot.texts import Texts
from bot.texts.languages import machine_language


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    # Imported here so that every other module can be used without the command line's libraries.
    from bot.cli.main import build, invoke

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # The same bytes under every locale; a name that is no text comes out escaped.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    say = spell_for_command_line(Texts.load()).bind(machine_language(os.environ))
    return invoke(build(say), arguments, say)
