"""Functions that a parsing process can be asked to call: good ones, and all kinds of bad ones."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import cast

from adapters.parsing import Download
from bot.errors import FetchFailed


@dataclass(frozen=True, slots=True)
class Told:
    text: str
    parts: tuple[str, ...] = ()
    at: datetime | None = None


def tell(download: Download) -> Told:
    return Told(download.body.decode(), (download.url, download.filename), download.last_modified)


def tell_nothing(download: Download) -> Told | None:
    return None


def tell_halves_of_characters(download: Download) -> str:
    return "a\ud800b"


def tell_environment(download: Download) -> tuple[str, ...]:
    return tuple(os.environ)


def tell_pid(download: Download) -> int:
    return os.getpid()


def refuse(download: Download) -> str:
    raise FetchFailed("empty", may_pass=True, retry_after_s=7.0, detail="nothing there")


def refuse_for_no_known_reason(download: Download) -> str:
    raise FetchFailed("../../nonsense {0}", detail="x" * 10_000)


def break_down(download: Download) -> str:
    raise KeyError(download.body)


def hang(download: Download) -> str:
    time.sleep(60)
    return ""


def compute(download: Download) -> int:
    number = 0
    while True:
        number += 1


def fill_memory(download: Download) -> int:
    return len(bytearray(4 << 30))


def fill_some_memory(download: Download) -> int:
    _KEPT.append(b"x" * (40 << 20))
    return os.getpid()


_KEPT: list[bytes] = []


def end_at_once(download: Download) -> str:
    os._exit(0)


def crash(download: Download) -> str:
    return cast(str, ctypes.string_at(0))


def print_much(download: Download) -> str:
    print("R\0\0\0\0" * 100_000)  # noqa: T201 - what a library may do
    os.write(1, b"R\0\0\0\0")
    sys.stdout.flush()
    return "printed"


def lie_about_its_type(download: Download) -> int:
    return cast(int, "not a number")


def tell_too_much(download: Download) -> str:
    return "x" * (32 << 20)


def open_connection(download: Download) -> bool:
    port = int(download.body)
    return socket.create_connection(("127.0.0.1", port)) is not None


def run_program(download: Download) -> int:
    return subprocess.run(["true"], check=False).returncode


def write_file(download: Download) -> int:
    with open(download.body.decode(), "w", encoding="utf-8") as file:  # noqa: PTH123 - no path is given
        file.write("x" * 100_000)
    return 0


CHANGED = datetime(2025, 3, 4, tzinfo=UTC)
