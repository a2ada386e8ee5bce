"""A process's wall clock that can be moved while it runs, as an operator moves a machine's."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_suffix(".c")
NEEDS_COMPILER = "apt-get install gcc libc6-dev"


@dataclass(frozen=True, slots=True)
class MovedClock:
    """`environment`: what a process needs to go by it."""

    environment: Mapping[str, str]
    _offset: Path

    def move(self, by: timedelta) -> None:
        """Show the real time and so much more."""
        # In place: the process has mapped this very file.
        with self._offset.open("r+b") as file:
            file.write(struct.pack("=q", int(by.total_seconds())))


def make_moved_clock(folder: Path) -> MovedClock:
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip(NEEDS_COMPILER)
    library, offset = folder / "moved_clock.so", folder / "offset"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE], check=True)
    offset.write_bytes(struct.pack("=q", 0))
    return MovedClock({"LD_PRELOAD": str(library), "MOVED_CLOCK": str(offset)}, offset)
