"""Nodes in memory, by a clock that tests move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.errors import StorageUnavailable
from bot.ports import Clock, Node, NodeId, NodeStore

REMEMBERED = timedelta(days=1)


class MemoryNodes(NodeStore):
    """`is_away`: the database does not answer."""

    def __init__(self, *, clock: Clock, lease_s: float = 10.0) -> None:
        self._clock = clock
        self._lease = timedelta(seconds=lease_s)
        self._nodes: dict[NodeId, tuple[Node, datetime]] = {}
        self._leases: dict[str, NodeId] = {}
        self.is_away = False
        self.beats = 0

    async def beat(self, node: Node) -> None:
        self._answer()
        self.beats += 1
        self._nodes[node.id] = node, self._clock.now()

    async def leave(self, node: NodeId) -> None:
        self._answer()
        self._nodes.pop(node, None)
        self._leases = {name: who for name, who in self._leases.items() if who != node}

    async def list_nodes(self) -> Sequence[Node]:
        self._answer()
        now = self._clock.now()
        nodes = [
            replace(
                node, age_s=(now - beat_at).total_seconds(), is_alive=now - beat_at <= self._lease
            )
            for node, beat_at in self._nodes.values()
            if now - beat_at <= REMEMBERED
        ]
        return sorted(nodes, key=lambda node: (node.started_at, node.id))

    async def take(self, lease: str, node: NodeId) -> bool:
        self._answer()
        holder = self._leases.get(lease)
        is_taken = holder not in (None, node) and self._is_alive(holder)
        if is_taken or not self._is_alive(node):
            return False
        self._leases[lease] = node
        return True

    async def give_up(self, lease: str, node: NodeId) -> None:
        self._answer()
        if self._leases.get(lease) == node:
            del self._leases[lease]

    async def list_leases(self, prefix: str) -> Mapping[str, NodeId]:
        self._answer()
        return {
            name: node
            for name, node in sorted(self._leases.items())
            if name.startswith(prefix) and self._is_alive(node)
        }

    def _is_alive(self, node: NodeId | None) -> bool:
        if node not in self._nodes:
            return False
        return self._clock.now() - self._nodes[node][1] <= self._lease

    def _answer(self) -> None:
        if self.is_away:
            raise StorageUnavailable("away")
