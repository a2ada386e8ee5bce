"""Runs the `jubo` command as scripts do: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from tests.warm_start import start

ROOT = Path(__file__).parents[1]
WITHIN_S = 120
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
        with TemporaryFile() as kept, TemporaryFile() as complained:
            with out.open("wb") if out else nullcontext(kept) as stdout:
                run = self._start if before is None else partial(self._start_anew, before=before)
                code = run(arguments, settings or {}, stdout.fileno(), complained.fileno())
            kept.seek(0)
            complained.seek(0)
            return Ended(code, kept.read().decode(), complained.read().decode())

    def _start(
        self,
        arguments: Sequence[str | bytes | Path],
        settings: Mapping[str, str],
        stdout: int,
        stderr: int,
    ) -> int:
        started = start(
            arguments,
            folder=self._folder(),
            environment=self._environment(settings),
            streams=(stdout, stderr),
        )
        try:
            return started.wait(timeout_s=WITHIN_S)
        finally:
            started.kill()

    def _start_anew(
        self,
        arguments: Sequence[str | bytes | Path],
        settings: Mapping[str, str],
        stdout: int,
        stderr: int,
        *,
        before: Callable[[], None],
    ) -> int:
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=self._folder(),
            env=self._environment(settings),
            stdout=stdout,
            stderr=stderr,
            preexec_fn=before,
            timeout=WITHIN_S,
            check=False,
        )
        return done.returncode

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
