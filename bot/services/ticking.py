"""Sees to it that what is due is planned, what is planned is worked on, and what comes is ready."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.planning import plan, schedule
from bot.domain.subscriptions import Subscription
from bot.errors import TransientError
from bot.ports import Clock, DeliveryStore, Due, Jobs, NodeId, NodeStore, SubscriptionStore
from bot.services.delivering import deliver_job, prepare_job
from bot.services.posting import PostingService

log = logging.getLogger(__name__)

BATCH = 200  # as many as share a commit
AHEAD = timedelta(hours=1)
PREPARED_AT_ONCE = 5 * BATCH  # a tick must not keep what is due waiting
SWEEP_EVERY_S = 5.0
SWEEPS_A_DAY = 17_280  # of which one clears away what was prepared in vain
KEPT_PREPARED = timedelta(days=1)
BAD_SCHEDULE = "delivery.bad_schedule"
_LAST = "\U0010ffff"


class TickingService:
    """`tick` is called about every second, on every node that can post.

    `nodes`: those that share the work, and what platforms take of one bot; None where there is
    one. `node`: which of them this is.
    """

    def __init__(
        self,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        jobs: Jobs,
        posting: PostingService,
        *,
        clock: Clock,
        nodes: NodeStore | None = None,
        node: NodeId | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._jobs = jobs
        self._posting = posting
        self._clock = clock
        self._nodes = nodes
        self._node = node
        self._before_us = 0  # living nodes that run for longer
        self._monotonic = monotonic
        self._swept_at = float("-inf")
        self._sweeps = 0
        self._prepared: Due | None = None

    async def tick(self) -> None:
        now = self._clock.now()
        is_sweep_due = self._monotonic() - self._swept_at >= SWEEP_EVERY_S
        if is_sweep_due:
            self._swept_at = self._monotonic()
            await self._share()
        await self._plan_due(now)
        if is_sweep_due:
            await self.sweep()
        await self._prepare(now)

    async def sweep(self) -> int:
        """Give a job to what is planned and has none: after a crash in between, or a node's death.

        And a time to subscriptions that have none.
        """
        if self._sweeps % SWEEPS_A_DAY == 0:
            await self._deliveries.forget_prepared(before=self._clock.now() - KEPT_PREPARED)
        self._sweeps += 1
        for each in await self._subscriptions.list_unscheduled():
            await self._schedule(each)
        waiting = await self._deliveries.list_unclaimed(limit=BATCH)
        served = [each for each in waiting if self._posting.has_platform(each.workspace)]
        return await self._jobs.enqueue(*map(deliver_job, served)) if served else 0

    async def _share(self) -> None:
        """Take as much of the work and of the platforms' limits as each of the living nodes."""
        if self._nodes is not None:
            living = [each.id for each in await self._nodes.list_nodes() if each.is_alive]
            self._posting.pacing.share = max(1, len(living))
            self._before_us = living.index(self._node) if self._node in living else 0

    async def _plan_due(self, now: datetime) -> None:
        """Leave to each node before us a batch between two of ours; then see what is left."""
        if self._before_us:
            await self._plan_pages(now, skip=self._before_us * BATCH)
        await self._plan_pages(now, skip=0)

    async def _plan_pages(self, now: datetime, *, skip: int) -> None:
        after: Due | None = None
        while due := await self._list(now, after=after, skip=skip):
            planned = await asyncio.gather(
                *(self._plan(each, now) for each in due), return_exceptions=True
            )
            made = [each for each in planned if isinstance(each, Delivery)]
            jobs = [deliver_job(each) for each in _in_turn(made)]
            for error in planned:
                if isinstance(error, BaseException):  # it is due still: the next tick tries again
                    log.error("delivery not planned", exc_info=error)
            if jobs:
                await self._jobs.enqueue(*jobs)
                log.info("deliveries planned", extra={"count": len(jobs)})
            if len(due) < BATCH:
                return
            after = _due(due[-1])  # what another node was faster with is behind us, too

    async def _plan(self, subscription: Subscription, now: datetime) -> Delivery | None:
        """Return what is to be delivered; None where there is nothing or another node does it."""
        try:
            made = plan(subscription, now=now)
        except Exception:  # such as a zone that is no more; the others go on
            log.exception("schedule not understood", extra={"subscription": subscription.id})
            await self._stop(subscription)
            return None
        if made is None:
            return None
        if not await self._deliveries.plan(subscription, made.after, made.delivery):
            return None
        if made.delivery is None or made.delivery.state is not DeliveryState.PLANNED:
            return None
        return made.delivery

    async def _prepare(self, now: datetime) -> None:
        """Let what is due within the hour be compiled, some at a time."""
        horizon = now + AHEAD
        if self._prepared is None or self._prepared[0] < now:
            self._prepared = (now, _LAST, _LAST)
        for _ in range(PREPARED_AT_ONCE // BATCH):
            coming = await self._list(horizon, after=self._prepared)
            if coming:
                await self._jobs.enqueue(*map(prepare_job, coming))
                self._prepared = _due(coming[-1])
            if len(coming) < BATCH:
                return

    async def _list(
        self, at: datetime, *, after: Due | None, skip: int = 0
    ) -> Sequence[Subscription]:
        schemes = self._posting.schemes
        if not schemes:
            return []
        return await self._subscriptions.list_due(
            at, limit=BATCH, schemes=schemes, after=after, skip=skip
        )

    async def _schedule(self, subscription: Subscription) -> None:
        try:
            scheduled = schedule(subscription, now=self._clock.now())
        except Exception:
            log.exception("schedule not understood", extra={"subscription": subscription.id})
            await self._stop(subscription)
            return
        if scheduled != subscription:
            await self._deliveries.plan(subscription, scheduled, None)

    async def _stop(self, subscription: Subscription) -> None:
        stopped = replace(
            subscription,
            is_paused=True,
            pause_reason=BAD_SCHEDULE,
            next_run_at=None,
            version=subscription.version + 1,
        )
        try:
            await self._deliveries.plan(subscription, stopped, None)
        except TransientError:  # it is due still
            log.warning("subscription not stopped yet", extra={"subscription": subscription.id})


def _in_turn(deliveries: Iterable[Delivery]) -> list[Delivery]:
    """Return the first one of each channel, then the second ones, and so on.

    In a channel one is sent after the other: those of one in a row would wait where others work.
    """
    sooner: Counter[tuple[str, str]] = Counter()
    turns: list[tuple[int, Delivery]] = []
    for each in deliveries:
        channel = (each.workspace, each.place.channel)
        turns.append((sooner[channel], each))
        sooner[channel] += 1
    return [each for _, each in sorted(turns, key=itemgetter(0))]


def _due(subscription: Subscription) -> Due:
    at = subscription.next_run_at
    assert at is not None  # noqa: S101 - it was listed because of it
    return at, subscription.workspace, subscription.id
