"""Small writes of many callers in one transaction: a commit is most of what a write costs."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Connection

from bot.errors import StorageUnavailable
from storage.databases.driver import Collided
from storage.databases.side import Result, SideConnection, Work

AT_ONCE = 200  # more would let the first wait for long

Item = TypeVar("Item")
# What does one thing to several at once, and tells for each what came of it.
JointWork = Callable[[Connection, Sequence[Item]], Sequence[Result]]


class OutcomesDiffer(Exception):
    """What was done to several did not come to the same for all; alone, each tells its own."""


@dataclass(frozen=True, slots=True, eq=False)
class _Write:
    """`key`: of one key, one after the other."""

    work: JointWork[Any, Any]
    item: Any
    key: Hashable
    answer: asyncio.Future[Any]
    is_synced: bool


class GroupWriter:
    """What waits while one group commits is the next group; a lone write waits for nobody.

    Each caller is answered after the commit. One that gives up harms no other: its write is
    dropped, or kept if it had begun.
    """

    def __init__(
        self, synced: SideConnection, unsynced: SideConnection, *, turn: asyncio.Lock
    ) -> None:
        """`turn` is that of all who take turns with these writes."""
        self._synced = synced
        self._unsynced = unsynced
        self._turn = turn
        self._waiting: deque[_Write] = deque()
        self._committing: asyncio.Task[None] | None = None

    async def write(self, work: Work[Result], *, is_synced: bool) -> Result:
        """Run the work in a transaction, and once more if another's failure undid it."""

        def alone(connection: Connection, items: Sequence[None]) -> Sequence[Result]:
            return [work(connection) for _ in items]

        return await self.write_jointly(alone, None, key=None, is_synced=is_synced)

    async def write_jointly(
        self, work: JointWork[Item, Result], item: Item, *, key: Hashable, is_synced: bool
    ) -> Result:
        """Do it to all items at once for which the same waits. It knows them by their keys."""
        answer = asyncio.get_running_loop().create_future()
        self._waiting.append(_Write(work, item, key, answer, is_synced))
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_waiting())
        result: Result = await answer
        return result

    async def close(self) -> None:
        """Finish what waits; take nothing more."""
        if self._committing is not None:
            await asyncio.wait([self._committing])
        await self._synced.close()
        await self._unsynced.close()

    async def _commit_waiting(self) -> None:
        try:
            while self._waiting:
                async with self._turn:
                    await self._commit(self._next_group())
        finally:
            self._committing = None

    def _next_group(self) -> list[_Write]:
        count = min(AT_ONCE, len(self._waiting))
        taken = [self._waiting.popleft() for _ in range(count)]
        return [write for write in taken if not write.answer.cancelled()]

    async def _commit(self, group: Sequence[_Write]) -> None:
        """Commit the group. If one of it fails for itself, each gets a transaction of its own."""
        is_synced = any(write.is_synced for write in group)
        connection = self._synced if is_synced else self._unsynced
        try:
            results = await connection.run(lambda connection: _run(connection, group))
        except Exception as error:  # noqa: BLE001 - its caller gets it
            # What is wrong with the database is so for all; what collided may not alone.
            is_for_all = isinstance(error, StorageUnavailable) and not isinstance(error, Collided)
            if is_for_all or len(group) == 1:
                _fail(group, error)
                return
            for write in group:
                await self._commit([write])
        else:
            for write, result in zip(group, results, strict=True):
                if not write.answer.cancelled():
                    write.answer.set_result(result)


def _run(connection: Connection, group: Sequence[_Write]) -> Sequence[Any]:
    before: Counter[tuple[Any, Hashable]] = Counter()
    alike: dict[tuple[Any, int], list[_Write]] = {}
    for write in group:
        turn = before[write.work, write.key]
        before[write.work, write.key] += 1
        alike.setdefault((write.work, turn), []).append(write)
    results: dict[_Write, Any] = {}
    for (work, _), writes in alike.items():
        told = work(connection, [write.item for write in writes])
        results.update(zip(writes, told, strict=True))
    return [results[write] for write in group]


def _fail(group: Sequence[_Write], error: Exception) -> None:
    for write in group:
        if not write.answer.cancelled():
            write.answer.set_exception(error)
