"""Keeps a process alive in the eyes of the others that share its database, and tells when not."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from bot.errors import TransientError
from bot.ports import Clock, Node, NodeId, NodeStore

log = logging.getLogger(__name__)

BEATS = 4  # in one lease: three may be missed


def new_node_id() -> NodeId:
    """Return one for each start: who comes back after a crash is another."""
    return NodeId(secrets.token_hex(8))


class Membership:
    """Others take what this node holds once its lease has run out, so the node must stop first.

    A lease counts from before its beat was asked for, by a clock that nobody can set: what is
    held here is held for the others, too. A process that slept through its lease, frozen or
    cut off, finds everything taken though it lives again. Hence terms: whoever takes something
    remembers the `term` of before, and asks `holds(term)` as the last act before a request.
    """

    def __init__(
        self,
        nodes: NodeStore,
        node: NodeId,
        *,
        parts: tuple[str, ...] = (),
        lease_s: float,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._nodes = nodes
        name = f"{socket.gethostname()}:{os.getpid()}"
        self._node = Node(node, name, parts, started_at=clock.now())
        self._lease_s = lease_s
        self._monotonic = monotonic
        self._until = -1.0
        self._term = 0
        self._is_told = False

    @property
    def id(self) -> NodeId:
        return self._node.id

    @property
    def term(self) -> int:
        """Which uninterrupted time this is in which the node was alive for the others."""
        return self._term

    def holds(self, term: int) -> bool:
        """Return whether all that was taken since is still ours for sure."""
        return term == self._term and self._monotonic() < self._until

    @asynccontextmanager
    async def belong(self) -> AsyncIterator[None]:
        """Be a node meanwhile, and give up everything in the end.

        Raises:
            StorageUnavailable: the first sign of life could not be given.

        """
        await self.beat()
        beating = asyncio.create_task(self._keep_beating())
        try:
            yield
        finally:
            beating.cancel()
            await asyncio.wait([beating])
            await self._leave()

    async def beat(self) -> None:
        """Give a sign of life. If the last one was too long ago, a new term begins."""
        asked_at = self._monotonic()
        await self._nodes.beat(self._node)
        if self._monotonic() >= self._until:
            self._term += 1
        self._until = asked_at + self._lease_s
        if self._is_told:
            log.info("node is alive again", extra={"node": self.id})
            self._is_told = False

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._lease_s / BEATS)
            await self.try_to_beat()

    async def try_to_beat(self) -> None:
        """Say once that the database is away: when others may take what is held here."""
        try:
            async with asyncio.timeout(self._lease_s):
                await self.beat()
        except (TransientError, TimeoutError) as error:
            self._note_a_lapse(error)
        except Exception:  # a defect, but the next beat may go through
            log.exception("node cannot say that it is alive", extra={"node": self.id})

    def _note_a_lapse(self, error: Exception) -> None:
        if not self._is_told and self._monotonic() >= self._until:
            fields = {"node": self.id, "reason": type(error).__name__, "lease_s": self._lease_s}
            log.warning("node rests: the others cannot know that it is alive", extra=fields)
            self._is_told = True

    async def _leave(self) -> None:
        self._until = -1.0
        try:
            async with asyncio.timeout(self._lease_s / BEATS):
                await self._nodes.leave(self.id)
        except (TransientError, TimeoutError):  # they find out by themselves
            log.warning("node left without a word", extra={"node": self.id})
