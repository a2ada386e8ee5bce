"""Small writes of many callers in one transaction: a commit is most of what a write costs."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from bot.errors import StorageUnavailable
from storage.driver import driver_errors

Result = TypeVar("Result")
Work = Callable[[Connection], Result]

AT_ONCE = 200  # more would let the first wait for long


@dataclass(frozen=True, slots=True, eq=False)
class _Write:
    work: Work[Any]
    answer: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    result: Any = None
    error: Exception | None = None


class GroupWriter:
    """What waits while one group commits is the next group; a lone write waits for nobody.

    Each caller is answered after the commit. One that gives up harms no other: its write is
    dropped, or kept if it had begun.
    """

    def __init__(self, engine: Engine, turn: asyncio.Lock) -> None:
        """`turn` is that of all who write into this database."""
        self._engine = engine
        self._turn = turn
        # One thread for a whole transaction: each statement of an asynchronous driver crosses
        # threads several times, which costs ten times as much as the statement.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="jubo-writer")
        self._connection: Connection | None = None  # the thread's own; made at its first group
        self._waiting: deque[_Write] = deque()
        self._committing: asyncio.Task[None] | None = None
        self._is_closed = False

    async def write(self, work: Work[Result]) -> Result:
        """Run the work in a transaction, and once more if another's failure undid it."""
        if self._is_closed:
            raise StorageUnavailable("closed")
        write = _Write(work, asyncio.get_running_loop().create_future())
        self._waiting.append(write)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        result: Result = await write.answer
        return result

    async def close(self) -> None:
        """Finish what waits; take nothing more."""
        self._is_closed = True
        if self._committing is not None:
            await asyncio.wait([self._committing])
        self._thread.submit(self._disconnect)
        self._thread.shutdown()

    async def _commit_waiting(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            while self._waiting:
                async with self._turn:
                    group = self._next_group()
                    settling = loop.run_in_executor(self._thread, self._settle, group)
                    outcomes = await settling
                for write, outcome in zip(group, outcomes, strict=True):
                    _answer(write.answer, outcome)
        finally:
            self._committing = None

    def _next_group(self) -> list[_Write]:
        count = min(AT_ONCE, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(count)]
        return [write for write in taken if not write.answer.cancelled()]

    def _settle(self, group: Sequence[_Write]) -> list[_Outcome]:
        """Commit the group. If one of it fails for itself, each gets a transaction of its own."""
        if not group:
            return []
        try:
            with driver_errors():
                return self._commit(group)
        except StorageUnavailable as error:
            return [_Outcome(error=error)] * len(group)
        except Exception as error:  # noqa: BLE001 - its caller gets it
            if len(group) == 1:
                return [_Outcome(error=error)]
            return [outcome for write in group for outcome in self._settle([write])]

    def _commit(self, group: Sequence[_Write]) -> list[_Outcome]:
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                return [_Outcome(write.work(self._connection)) for write in group]
        except Exception:
            self._disconnect()  # a COMMIT that failed leaves the transaction open
            raise

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _answer(answer: asyncio.Future[Any], outcome: _Outcome) -> None:
    if answer.cancelled():
        return
    if outcome.error is None:
        answer.set_result(outcome.result)
    else:
        answer.set_exception(outcome.error)
