"""What is done in the background, by which of several nodes, and what became of deliveries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType, Protocol

from bot.domain.deliveries import Delivery, DeliveryState, Told
from bot.domain.digests import Digest
from bot.domain.jobs import Job, JobId, JobKind, JobState, NewJob
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.subscriptions import Subscription

NodeId = NewType("NodeId", str)

Handler = Callable[[Job], Awaitable[NewJob | None]]


class Jobs(Protocol):
    """Background work that survives a crash; several nodes may share it.

    A job runs at least once; its handler makes that harmless. What a handler returns is enqueued
    as its job ends, in one transaction, so long work goes step by step. What it raises is tried
    again by the kind's rule (`RateLimited` no sooner than it says), and set aside in the end;
    `StorageUnavailable` is no try.
    """

    async def enqueue(self, *jobs: NewJob) -> int:
        """Keep them; return how many are new.

        One whose key waits already is not: that one is hurried, never delayed, and if it rests
        after a failure it rests on. A new job takes the place of one of its key that was set aside.
        """

    async def work(self, handlers: Mapping[JobKind, Handler], *, stop: asyncio.Event) -> None:
        """Run what is due until `stop`, then let running work finish for some seconds.

        What is cut short by that waits for the next start, and so does what a dead node was doing
        for a living one; the former is no try, the latter is.
        """

    async def list_jobs(
        self, *, states: Collection[JobState] = tuple(JobState), limit: int
    ) -> Sequence[Job]:
        """Failed first, then running, then waiting by due time; ties by id."""

    async def count(self) -> Mapping[tuple[JobKind, JobState], int]: ...

    async def retry(self, job: JobId) -> bool:
        """Let a job that was set aside run now, its tries forgotten; False if there is none."""

    async def cancel(self, job: JobId) -> bool:
        """Drop a job, also one that runs, wherever it runs; False if there is none.

        One that runs is cancelled within seconds, and enqueues nothing.
        """


@dataclass(frozen=True, slots=True)
class Node:
    """A process that works. `parts`: what it runs. `age_s`: since its last sign of life."""

    id: NodeId
    name: str  # host and process, for people
    parts: tuple[str, ...]
    started_at: datetime
    age_s: float = 0.0
    is_alive: bool = True


class NodeStore(Protocol):
    """Which processes work on this database, and what each holds alone.

    A node whose last sign of life is older than the lease is dead: others take what it held.
    Ages are by the database's own clock, which all nodes share.
    """

    async def beat(self, node: Node) -> None:
        """Give a sign of life."""

    async def leave(self, node: NodeId) -> None:
        """Go, and give up all that it held."""

    async def list_nodes(self) -> Sequence[Node]:
        """Return the living and those that died within a day, the longest running first."""

    async def take(self, lease: str, node: NodeId) -> bool:
        """Hold a lease that nobody alive holds, or that this node has; False: another has it."""

    async def give_up(self, lease: str, node: NodeId) -> None: ...

    async def list_leases(self, prefix: str) -> Mapping[str, NodeId]:
        """Return who holds what, of the living only."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A delivery that this node works on now, with all that it is made by.

    `subscription`: None if it is gone. `told`: as `list_told` says. `digest`: what was compiled
    for it, None before; `fingerprint`: of what it was made of if that was ahead of time, "" if it
    is final. `silent_s`: since the last sign of life of a dead node that worked on it; None if
    there was no such node.
    """

    delivery: Delivery
    subscription: Subscription | None = None
    told: Told = field(default_factory=Told)
    digest: Digest | None = None
    fingerprint: str = ""
    silent_s: float | None = None


class DeliveryStore(Protocol):
    """The ledger of deliveries: one row for each subscription and occurrence. It outlives jobs.

    Those of a subscription follow one another: until one has ended the next is not planned.
    What is merely prepared counts nowhere.
    """

    async def plan(
        self, before: Subscription, after: Subscription, delivery: Delivery | None
    ) -> bool:
        """Move a subscription on and keep what is to be delivered, in one transaction.

        False, and nothing changes, if the subscription is not as `before` says any more
        (`version`, `next_run_at` and `covered_until` tell), if this delivery is there already, or
        another one is on its way.
        """

    async def prepare(self, delivery: Delivery, digest: Digest, *, fingerprint: str) -> None:
        """Keep a digest for a delivery that is not planned yet; planned by now, nothing changes."""

    async def get(self, workspace: WorkspaceId, delivery: str) -> Delivery:
        """Return one.

        Raises:
            KeyError: there is none.

        """

    async def list_unclaimed(self, *, limit: int) -> Sequence[Delivery]:
        """Return what is planned and nobody alive works on, the longest due first."""

    async def claim(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> Claim | None:
        """Take it for this node; None if it has ended, is gone, or another living node has it."""

    async def release(self, workspace: WorkspaceId, delivery: str, *, node: NodeId) -> None:
        """Leave it to whoever comes next."""

    async def keep_digest(self, delivery: Delivery, digest: Digest, *, node: NodeId) -> bool:
        """Keep what was compiled, so that every part of one delivery tells the same.

        False, and nothing changes, if this node does not have it any more.
        """

    async def end(
        self, delivery: Delivery, *, node: NodeId | None = None, links: Collection[LinkId] = ()
    ) -> bool:
        """Keep how it ended and which links it told; the texts that waited for it go.

        Of one that failed, the next one covers its time too. `node`: as in `keep_digest`; None:
        whoever has it.
        """

    async def list_recent(
        self, workspace: WorkspaceId, *, subscription: str | None = None, limit: int
    ) -> Sequence[Delivery]:
        """Newest due first."""

    async def list_told(self, subscription: Subscription) -> Told:
        """Return what the subscription told last, and what it failed to tell since."""

    async def fingerprint(self, workspace: WorkspaceId, *, since: datetime, until: datetime) -> str:
        """Return a short text that is another one if what was saved in between is."""

    async def count(self) -> Mapping[DeliveryState, int]: ...

    async def drop(self, workspace: WorkspaceId, subscription: str, *, reason: str) -> int:
        """End what is planned for a subscription that is gone; return how many."""

    async def forget_prepared(self, *, before: datetime) -> int:
        """Drop what was prepared for before then and never planned; return how many."""
