"""One document taken apart by a process of its own, for whoever waits in a thread."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import TypeVar

from adapters.parsing.download import Download
from adapters.parsing.exchange import (
    ParsingLimits,
    command,
    environment,
    failure_of_end,
    failure_of_time,
    pack_task,
    read_answer,
    read_head,
)
from adapters.parsing.process import ANSWER, READY

Result = TypeVar("Result")


def parse_once(
    function: Callable[[Download], Result], download: Download, *, limits: ParsingLimits
) -> Result:
    """Return what a module's function makes of a document.

    Raises:
        FetchFailed: so the function says, or the document is more than the limits allow.

    """
    try:
        ended = subprocess.run(  # noqa: S603 - our own module, nothing of the document is in it
            command(limits),
            input=pack_task(function, download, cpu_s=limits.cpu_s) + download.body,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_s,
            check=False,
            env=environment(),
        )
    except subprocess.TimeoutExpired:
        raise failure_of_time(limits) from None  # it holds all that was said
    said = ended.stdout  # copied once at most: it may be a hundred megabytes
    start = ANSWER.size if said.startswith(ANSWER.pack(READY, 0)) else 0
    begin = start + ANSWER.size
    if len(said) < begin:
        raise failure_of_end(ended.returncode)
    kind, size = read_head(said[start:begin], limits)
    return read_answer(kind, said[begin : begin + size], function)
