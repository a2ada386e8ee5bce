"""Work that may never end, in a thread that nobody waits for."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


async def run_in_own_thread(work: Callable[[], Result]) -> Result:
    """Return what `work` returns, or raise what it raises.

    A thread cannot be stopped. `asyncio.to_thread` would let one that runs on keep a place in the
    pool that all others share, and the program from ending: both wait for it.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()

    def settle(outcome: concurrent.futures.Future[Result]) -> None:
        if done.done():
            return  # nobody waits any more
        if error := outcome.exception():
            done.set_exception(error)
        else:
            done.set_result(outcome.result())

    def run() -> None:
        outcome: concurrent.futures.Future[Result] = concurrent.futures.Future()
        try:
            outcome.set_result(work())
        except Exception as error:  # noqa: BLE001 - handed on to whoever waits
            outcome.set_exception(error)
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program has ended
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="apart", daemon=True).start()
    return await done
