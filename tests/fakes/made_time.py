"""A loop whose time passes only while everybody waits for it: hours take no time, and none is lost.

What it waits for besides, such as a socket, holds its time up.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

Result = TypeVar("Result")


class _MadeSelector(selectors.DefaultSelector):
    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout:
            self.now += timeout
        return super().select(timeout if timeout is None else 0)


class _MadeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._made = _MadeSelector()
        super().__init__(self._made)

    def time(self) -> float:
        return self._made.now


def run_in_made_time(main: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=_MadeLoop) as runner:
        return runner.run(main)
