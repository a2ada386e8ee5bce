"""Runs the `jubo` command as scripts do: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_OURS = ("JUBO_", "SLACK_", "DISCORD_", "OPENAI_", "LANG", "LC_", "PYTHON")


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """Return the one line on stderr; there must be just that, and nothing on stdout."""
        assert (self.out, self.err.count("\n")) == ("", 1), self
        return self.err.rstrip("\n")


@dataclass(frozen=True, slots=True)
class Jubo:
    """The command on one home folder, in English unless told otherwise."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str | bytes | Path, **settings: str) -> Ended:
        return self.run(arguments, settings=settings)

    def run(
        self,
        arguments: Sequence[str | bytes | Path],
        *,
        settings: Mapping[str, str] | None = None,
        out: Path | None = None,
        before: Callable[[], None] | None = None,
    ) -> Ended:
        """Run one command to its end; `before` is called in its process, `out` takes its stdout."""
        with (out or Path(os.devnull)).open("wb") as stdout:
            done = subprocess.run(
                [sys.executable, "-m", "bot", *arguments],
                cwd=self._folder(),
                env=self._environment(settings or {}),
                stdout=stdout if out else subprocess.PIPE,
                stderr=subprocess.PIPE,
                preexec_fn=before,
                timeout=120,
                check=False,
            )
        return Ended(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())

    @contextmanager
    def running(self, *arguments: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command that goes on; killed at the end if the test has not stopped it."""
        with subprocess.Popen(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self._folder(),
            env=self._environment({}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_hear_ctrl_c,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    def _folder(self) -> Path:
        # Not the repository: an `.env` that somebody keeps there must not decide a test.
        self.home.mkdir(parents=True, exist_ok=True)
        return self.home

    def _environment(self, settings: Mapping[str, str]) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(_OURS)}
        return {
            **inherited,
            "PYTHONPATH": str(ROOT),
            "LANG": "C.UTF-8",
            "JUBO_HOME": str(self.home),
            **self.settings,
            **settings,
        }


def _hear_ctrl_c() -> None:
    """Undo what a shell does to all that it runs in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
