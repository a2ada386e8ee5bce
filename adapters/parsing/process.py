"""The process that takes documents apart: tasks in at stdin, answers out at stdout, until EOF.

It is a program of its own, and what it reads may be made to break it. So it holds nothing worth
having, may take little, and ends with the bot. Nothing of the bot is imported before it is asked.
"""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import importlib
import json
import logging
import math
import os
import signal
import struct
import sys
import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, BinaryIO

TASK = struct.Struct(">II")  # bytes of its head, bytes of the document
ANSWER = struct.Struct(">cI")  # what kind it is, bytes of it
READY, RESULT, FAILED, ERROR, NO_MEMORY = b"+", b"R", b"F", b"E", b"M"

_FILES = 64
# What a parser has no business with. It holds back libraries that mean no harm, not a broken
# interpreter: for that the environment is empty and the limits are the kernel's.
_REFUSED = (
    "socket.connect",
    "socket.bind",
    "socket.sendto",
    "socket.getaddrinfo",
    "subprocess.Popen",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.system",
)


def main() -> None:
    settings = json.loads(sys.argv[1])
    tasks, answers = _take_pipes()
    _end_with_the_bot()
    _limit_ourselves(settings["memory_bytes"])
    logging.disable()  # libraries complain of every odd page: nobody reads it here
    for name in settings["preload"]:
        importlib.import_module(name)
    sys.addaudithook(_refuse)
    # What is loaded stays, and a page makes few cycles: looking through all of it again and again
    # took a twentieth of the time.
    gc.freeze()
    gc.set_threshold(20_000, 20, 10)
    _write(answers, READY, b"")
    while len(sizes := tasks.read(TASK.size)) == TASK.size:
        of_head, of_body = TASK.unpack(sizes)
        head, body = tasks.read(of_head), tasks.read(of_body)
        if len(body) < of_body:
            return  # the bot ended while it spoke
        _write(answers, *_answer(json.loads(head), body))


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep stdin and stdout to ourselves: whatever a library prints goes nowhere."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for taken in (0, 1):
        os.dup2(nowhere, taken)
    return tasks, answers


def _answer(head: Mapping[str, Any], body: bytes) -> tuple[bytes, bytes]:
    from bot.errors import FetchFailed

    _allow_seconds(head["cpu_s"])
    try:
        return RESULT, _json(_call(head, body))
    except FetchFailed as failure:
        told = {
            "reason": failure.reason,
            "may_pass": failure.may_pass,
            "retry_after_s": failure.retry_after_s,
            "detail": str(failure).removeprefix(f"{failure.reason}: "),
        }
        return FAILED, _json(told)
    except MemoryError:
        return NO_MEMORY, b""
    except Exception as error:  # noqa: BLE001 - whatever a hostile document does to its parser
        return ERROR, _json(type(error).__name__)


def _call(head: Mapping[str, Any], body: bytes) -> object:
    from adapters.parsing.download import Download, Version

    module, _, name = head["function"].partition(":")
    function = getattr(importlib.import_module(module), name)
    facts = dict(head["download"])
    version = Version(**facts.pop("version"))
    changed = facts.pop("last_modified")
    return function(
        Download(
            **facts,
            body=body,
            version=version,
            last_modified=datetime.fromisoformat(changed) if changed else None,
        )
    )


def _json(value: object) -> bytes:
    # Halves of characters, which JSON could carry and nothing could store, become question marks.
    return json.dumps(value, default=_plain, ensure_ascii=False).encode("utf-8", "replace")


def _plain(value: object) -> object:
    if isinstance(value, date):  # with or without a time
        return value.isoformat()
    if dataclasses.is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    raise TypeError(type(value).__name__)


def _write(answers: BinaryIO, kind: bytes, said: bytes) -> None:
    answers.write(ANSWER.pack(kind, len(said)) + said)
    answers.flush()


def _refuse(event: str, _arguments: object) -> None:
    if event in _REFUSED:
        raise PermissionError(event)


def _end_with_the_bot() -> None:
    """End also when the bot is killed while we work; else the end of stdin tells us."""
    if sys.platform == "linux":
        import ctypes

        pr_set_pdeathsig = 1
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


def _limit_ourselves(memory_bytes: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limits; there the bot's clock alone holds
        return
    limits = {"AS": memory_bytes, "NOFILE": _FILES, "NPROC": 0, "FSIZE": 0, "CORE": 0}
    for name, limit in limits.items():
        with contextlib.suppress(ValueError, OSError, AttributeError):  # macOS lacks some
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (limit, limit))


def _allow_seconds(cpu_s: float) -> None:
    try:
        import resource
    except ImportError:
        return
    end = math.ceil(time.process_time() + cpu_s)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (end, hard))


if __name__ == "__main__":
    main()
