"""Starts the `jubo` command out of a process that has loaded it once: most of a start is loading.

What starts is a process as any other, with streams and an exit code of its own, and it ends as the
interpreter ends. Where the environment names a library to preload, Python itself starts anew.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
OURS = ("bot", "storage", "adapters")
LATE = ("matplotlib.backends.backend_agg", "matplotlib.figure", "uvicorn.lifespan.on")
_LONGEST_REQUEST = 1 << 17


@dataclass(slots=True)
class Started:
    """A process that runs, or has ended."""

    pid: int
    _told: socket.socket = field(repr=False)
    _code: int | None = None

    @property
    def returncode(self) -> int | None:
        """Return how it ended, as `subprocess` says it; None while it runs."""
        if self._code is None:
            try:
                self._hear(socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
        return self._code

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout_s: float) -> int:
        """Return how it ended. Raises TimeoutError."""
        if self._code is None:
            self._told.settimeout(timeout_s)
            self._hear()
        assert self._code is not None
        return self._code

    def _hear(self, how: int = 0) -> None:
        self._code = int(self._told.recv(64, how))
        self._told.close()


def start(
    arguments: Sequence[str | bytes | Path],
    *,
    folder: Path,
    environment: Mapping[str, str],
    streams: tuple[int, int],
) -> Started:
    """Start the command in this folder with these descriptors as its output and its errors."""
    request = [os.fspath(folder), [os.fsdecode(each) for each in arguments], dict(environment)]
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        socket.send_fds(_warm(), [json.dumps(request).encode()], [*streams, theirs.fileno()])
    return Started(int(ours.recv(64)), ours)


@cache
def _warm() -> socket.socket:
    """Return where a process of ours takes requests, until this one ends."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm_start", str(theirs.fileno())],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )

    def end() -> None:
        ours.close()
        process.wait()

    atexit.register(end)
    return ours


def _load() -> None:
    for name in OURS:
        package = importlib.import_module(name)
        for found in pkgutil.walk_packages(package.__path__, f"{name}."):
            # Those two are programs: they run when they are loaded.
            if not found.name.endswith((".__main__", ".migrations.env")):
                importlib.import_module(found.name)
    for name in LATE:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # what is loaded stays shared


def _fork_for_each(requests: socket.socket) -> None:
    """Return in each process that is to be the command; at the end of all requests, end."""
    while True:
        request, descriptors, _, _ = socket.recv_fds(requests, _LONGEST_REQUEST, 3)
        with suppress(ChildProcessError):  # none is left
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass  # whoever waited for a command has ended, too
        if not request:
            os.killpg(0, signal.SIGKILL)  # what a test has left running ends with all of them
        if os.fork() == 0:
            requests.close()
            *streams, told = descriptors
            if (pid := os.fork()) == 0:
                os.close(told)
                return _become(json.loads(request), streams)
            for each in streams:
                os.close(each)
            _tell_end(socket.socket(fileno=told), pid)
        for each in descriptors:
            os.close(each)


def _tell_end(told: socket.socket, pid: int) -> None:
    told.send(str(pid).encode())
    _, status = os.waitpid(pid, 0)
    told.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def _become(request: tuple[str, Sequence[str], Mapping[str, str]], streams: Sequence[int]) -> None:
    folder, arguments, environment = request
    for number, descriptor in enumerate(streams, start=1):
        os.dup2(descriptor, number)
        os.close(descriptor)
    # Made anew: what they are decides whether a position is kept, and how much is held back.
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    if "LD_PRELOAD" in environment:
        os.execv(sys.executable, [sys.executable, "-m", "bot", *arguments])
    sys.argv = ["jubo", *arguments]


if __name__ == "__main__":
    _load()
    _fork_for_each(socket.socket(fileno=int(sys.argv[1])))
    from bot.__main__ import main

    main()
