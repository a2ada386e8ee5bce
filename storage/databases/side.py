"""A connection on a thread of its own, for transactions of a few statements."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Thread
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, exc

from bot.errors import StorageUnavailable
from storage.databases.driver import driver_errors, has_collided

_TRIES = 4
_LONGEST_REST_S = 0.05

Result = TypeVar("Result")
Work = Callable[[Connection], Result]
Job = tuple[Callable[[], Any], "asyncio.Future[Any]"]


class SideConnection:
    """Runs functions over one connection, each in a transaction, one after the other.

    The asynchronous driver crosses threads several times for each statement, which costs ten
    times as much as the statement. Here it is once for a transaction; by queue, not by executor,
    whose locks double the price.
    """

    def __init__(self, engine: Engine, *, name: str) -> None:
        self._engine = engine
        self._connection: Connection | None = None  # touched by the thread alone, as this:
        self._is_committing = False
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._is_closed = False
        Thread(target=self._serve, name=name, daemon=True).start()

    async def run(self, work: Work[Result]) -> Result:
        """Return what the work returns, after its commit. A caller that gives up stops nothing.

        The work is run again where the database undid it, or was restarted meanwhile.

        Raises:
            StorageUnavailable: it is closed, too.

        """
        if self._is_closed:
            raise StorageUnavailable("closed")
        result: Result = await self._call(lambda: self._transact(work))
        return result

    async def close(self) -> None:
        """Finish what was given, take nothing more; the thread ends."""
        self._is_closed = True
        await self._call(self._disconnect)
        self._jobs.put(None)

    async def _call(self, function: Callable[[], Any]) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self._jobs.put((function, answer))
        return await answer

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            _do(*job)
            del job  # whatever a traceback holds must not live until the next one

    def _transact(self, work: Work[Any]) -> Any:
        with driver_errors():
            for _ in range(_TRIES - 1):
                try:
                    return self._try(work)
                except exc.DBAPIError as error:
                    if not self._is_undone(error):
                        raise
                # Two that collided and begin again at once collide again.
                time.sleep(random.uniform(0, _LONGEST_REST_S))  # noqa: S311 - no secret
            return self._try(work)

    def _try(self, work: Work[Any]) -> Any:
        self._is_committing = False
        if self._connection is None:
            self._connection = self._engine.connect()
        try:
            with self._connection.begin():
                result = work(self._connection)
                self._is_committing = True
        except Exception:
            self._disconnect()  # a COMMIT that failed leaves the transaction open
            raise
        return result

    def _is_undone(self, error: exc.DBAPIError) -> bool:
        """Whether nothing of it happened, and it may go well once more: the server was restarted.

        A connection that is lost inside a COMMIT tells nothing.
        """
        is_lost = error.connection_invalidated and not self._is_committing
        return is_lost or has_collided(error)

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _do(function: Callable[[], Any], answer: asyncio.Future[Any]) -> None:
    tell: Callable[[Any], None] = answer.set_result
    try:
        outcome = function()
    except BaseException as error:  # noqa: BLE001 - its caller gets it
        tell, outcome = answer.set_exception, error
    answer.get_loop().call_soon_threadsafe(_tell, answer, tell, outcome)


def _tell(answer: asyncio.Future[Any], tell: Callable[[Any], None], outcome: Any) -> None:
    if not answer.cancelled():
        tell(outcome)
