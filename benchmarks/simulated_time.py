"""An event loop whose waiting costs no time, while all that is computed costs what it costs.

Where nothing is ready, no thread works and the next timer is due in 40 s, the loop's clock jumps
by 40 s. Only what waits for a timer is skipped; work that takes longer than there is time for
shows as lateness. How work is counted is the caller's choice:

- `time.monotonic`: as on the wall. Waits for the disk count, and so does whatever else runs on the
  machine.
- `time.process_time`: as seconds of a core, of all threads one after the other. Others on the
  machine do not count, nor does the disk.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar, TypeVarTuple, Unpack

from bot.ports import Clock

Result = TypeVar("Result")
Values = TypeVarTuple("Values")


class SimulatedLoop(asyncio.SelectorEventLoop):
    """`longest_turn_s`: for so long at most nobody else had a turn; of it so much on a core.

    A turn is all that was ready at one time, so a single callback took less.
    """

    def __init__(self, count: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._skipped_s = 0.0
        self._working = 0
        self._turn_began = (time.monotonic(), time.thread_time())
        self.longest_turn_s = self.longest_turn_cpu_s = self.longest_turn_at = 0.0
        super().__init__(_Jumping(self))

    def time(self) -> float:
        return self._count() + self._skipped_s

    @contextmanager
    def working(self) -> Iterator[None]:
        """Say that a thread works meanwhile, for which the loop waits as long as it takes."""
        self._working += 1
        try:
            yield
        finally:
            self._working -= 1

    def run_in_executor(
        self,
        executor: Executor | None,
        func: Callable[[Unpack[Values]], Result],
        *args: *Values,
    ) -> asyncio.Future[Result]:
        self._working += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._note_end)
        return future

    def _note_end(self, _: object) -> None:
        self._working -= 1

    def can_jump(self) -> bool:
        return self._working == 0

    def jump(self, seconds: float) -> None:
        self._skipped_s += seconds

    def begin_turn(self) -> None:
        self._turn_began = (time.monotonic(), time.thread_time())

    def end_turn(self) -> None:
        began, cpu_began = self._turn_began
        took_s = time.monotonic() - began
        if took_s > self.longest_turn_s:
            self.longest_turn_s = took_s
            self.longest_turn_cpu_s = time.thread_time() - cpu_began
            self.longest_turn_at = self.time()

    def forget_turns(self) -> None:
        self.longest_turn_s = self.longest_turn_cpu_s = self.longest_turn_at = 0.0
        self.begin_turn()


class _Jumping(selectors.BaseSelector):
    """Asks the real one, and jumps where that would only wait."""

    def __init__(self, loop: SimulatedLoop) -> None:
        self._loop = loop
        self._real = selectors.DefaultSelector()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self._loop.end_turn()
        if timeout is None or timeout <= 0 or not self._loop.can_jump():
            found = self._real.select(timeout)
        else:
            found = self._real.select(0)
            if not found:
                self._loop.jump(timeout)
        self._loop.begin_turn()
        return found

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self._real.modify(fileobj, events, data)

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._real.get_map()

    def close(self) -> None:
        self._real.close()


class SimulatedClock(Clock):
    """Tells `at` now, and then goes with the loop."""

    def __init__(self, at: datetime, loop: SimulatedLoop) -> None:
        self._loop = loop
        self.set(at)

    def set(self, at: datetime) -> None:
        self._at, self._began = at, self._loop.time()

    def now(self) -> datetime:
        return self._at + timedelta(seconds=self._loop.time() - self._began)
