"""What is said to a parsing process, and what may be believed of its answers. No process here."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from adapters.parsing import process
from adapters.parsing.download import Download
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Result = TypeVar("Result")

_DETAIL_CHARS = 200
_ROOT = Path(__file__).parents[2]
# What Python itself and its libraries are found by. Our tokens are in the environment too: what a
# document may do to its parser, it does where none of them is.
_ENVIRONMENT = ("PATH", "HOME", "APPDATA", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME")

# numpy's threads wait for each other by spinning: for what a page holds, twice the work.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


@dataclass(frozen=True, slots=True)
class ParsingLimits:
    """What one document may take. The worst articles found took 1.3 s and 60 MB."""

    wall_s: float = 30.0  # from when the process has it
    cpu_s: float = 20.0
    memory_bytes: int = 512 << 20  # of addresses, the 70 MB of Python and its libraries included
    answer_bytes: int = 16 << 20


@dataclass(frozen=True, slots=True)
class _Failure:
    """A `FetchFailed` as a process tells it."""

    reason: str
    may_pass: bool
    retry_after_s: float
    detail: str


def command(limits: ParsingLimits, *, preload: tuple[str, ...] = ()) -> list[str]:
    settings = {"memory_bytes": limits.memory_bytes, "preload": preload}
    # -P: what lies beside the module is not to be taken for a library.
    return [sys.executable, "-P", process.__file__, json.dumps(settings)]


def environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    path = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**kept, "PYTHONPATH": os.pathsep.join(path), **_ONE_THREAD}


def pack_task(function: Callable[[Download], object], download: Download, *, cpu_s: float) -> bytes:
    """Return what a process reads before the document itself.

    Raises:
        ValueError: not a function that can be found by its name.

    """
    if not function.__qualname__.isidentifier():
        raise ValueError(f"{function.__qualname__} is no function of a module")
    facts: dict[str, Any] = {
        each.name: getattr(download, each.name) for each in fields(download) if each.name != "body"
    }
    facts["version"] = asdict(download.version)
    changed = download.last_modified
    facts["last_modified"] = changed.isoformat() if changed else None
    head = {"function": name_of(function), "download": facts, "cpu_s": cpu_s}
    packed = json.dumps(head).encode()
    return process.TASK.pack(len(packed), len(download.body)) + packed


def name_of(function: Callable[..., object]) -> str:
    return f"{function.__module__}:{function.__qualname__}"


def read_head(head: bytes, limits: ParsingLimits) -> tuple[bytes, int]:
    """Return which kind of answer follows, and its bytes.

    Raises:
        FetchFailed: more than anybody should say of one document.

    """
    kind, size = process.ANSWER.unpack(head)
    if size > limits.answer_bytes:
        raise FetchFailed("too_large", detail=f"over {limits.answer_bytes} bytes came of it")
    return kind, size


def read_answer(kind: bytes, said: bytes, function: Callable[[Download], Result]) -> Result:
    """Return what the function returned, made anew of what its annotation allows.

    Raises:
        FetchFailed: so the function said, or nothing was said that can be believed.

    """
    from pydantic import ValidationError

    try:
        if kind == process.RESULT:
            result: Result = _result_of(function).validate_json(said, strict=True)
            return result
        if kind == process.FAILED:
            raise _failure(_failures().validate_json(said, strict=True))
    except ValidationError as error:
        # Its text quotes the document.
        raise FetchFailed("broken", detail=f"{error.error_count()} wrong values") from None
    if kind == process.NO_MEMORY:
        raise FetchFailed("too_large", detail="taking it apart took too much memory")
    shown = said[:80].decode("ascii", "replace") if kind == process.ERROR else "no answer"
    raise FetchFailed("broken", detail=shown)


def failure_of_end(returncode: int | None) -> FetchFailed:
    """Say why a process ended before it answered."""
    if sys.platform != "win32" and returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        what = "computing" if returncode == -signal.SIGXCPU else "memory"
        return FetchFailed("too_large", detail=f"taking it apart took too much {what}")
    return FetchFailed("broken", detail=f"its parser ended with {returncode}")


def failure_of_time(limits: ParsingLimits) -> FetchFailed:
    return FetchFailed("too_large", detail=f"taking it apart took over {limits.wall_s:g} s")


def _failure(told: _Failure) -> FetchFailed:
    from bot.texts import Texts

    # A process that was taken over must not make us look for a sentence that nobody wrote.
    tables = ("unreadable", "feeds.trouble")
    is_known = any(Texts.load().has(f"{table}.{told.reason}") for table in tables)
    return FetchFailed(
        told.reason if is_known else "broken",
        may_pass=told.may_pass,
        retry_after_s=told.retry_after_s,
        detail=told.detail[:_DETAIL_CHARS],
    )


@cache
def _result_of(function: Callable[[Download], Result]) -> TypeAdapter[Result]:
    from pydantic import TypeAdapter

    # Only what it returns: what it takes is often known to the type checker alone.
    returns = SimpleNamespace(__annotations__={"return": function.__annotations__["return"]})
    known = vars(sys.modules[function.__module__])
    return TypeAdapter(get_type_hints(returns, globalns=known)["return"])


@cache
def _failures() -> TypeAdapter[_Failure]:
    from pydantic import TypeAdapter

    return TypeAdapter(_Failure)
