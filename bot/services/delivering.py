"""Use case: post a subscription's digest once, whichever process dies, freezes or is cut off.

A delivery is claimed, compiled, kept, posted and ended; each step may be the last one of a
process, and the next one goes on from there. What is kept tells the same in every part; what
was sent is known to the ledger of posts, or looked for at the platform.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Protocol

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.digests import Digest
from bot.domain.jobs import Job, JobKind, NewJob
from bot.domain.models import WorkspaceId
from bot.domain.planning import TOO_LATE, is_over, plan_ahead
from bot.domain.subscriptions import Subscription
from bot.errors import BotError, LeaseLost, PlaceClosed, TransientError, UserError
from bot.ports import (
    Claim,
    Clock,
    DeliveryStore,
    Meter,
    NodeId,
    NoMeter,
    SubscriptionStore,
    Target,
)
from bot.posts import Post
from bot.posts import say as plain_post
from bot.services.issuing import IssuingService
from bot.services.posting import Pause, PostingService
from bot.texts import Texts

log = logging.getLogger(__name__)

GONE = "subscription.was_removed"
PAUSED = "delivery.paused"
REFUSED = "delivery.refused"  # in place of reasons that need more than their key to be said
_TRIES = 10
_MADE_AT_ONCE = 16  # of many that wait for their channels: making takes a core, and memory
_LOOK_AGAIN_S = 1.0  # whether a node that has a delivery is dead


class Alive(Protocol):
    """A node among others: see `Membership`."""

    @property
    def id(self) -> NodeId: ...

    @property
    def term(self) -> int: ...

    def holds(self, term: int) -> bool: ...


def deliver_job(delivery: Delivery) -> NewJob:
    arguments = {"workspace": str(delivery.workspace), "delivery": delivery.id}
    return NewJob(JobKind.DELIVER, f"deliver:{delivery.workspace}:{delivery.id}", arguments)


def prepare_job(subscription: Subscription) -> NewJob:
    arguments = {"workspace": str(subscription.workspace), "subscription": subscription.id}
    return NewJob(JobKind.PREPARE, f"prepare:{subscription.workspace}:{subscription.id}", arguments)


@dataclass(frozen=True, slots=True)
class _Order:
    """A delivery that is ours as long as `is_held` says so."""

    delivery: Delivery
    subscription: Subscription
    is_held: Callable[[], bool]

    @property
    def key(self) -> str:
        return self.delivery.post_key

    @property
    def target(self) -> Target:
        return Target(self.delivery.workspace, self.delivery.place)


class DeliveringService:
    """Handles the jobs that `deliver_job` and `prepare_job` describe.

    `lease_s`: after so long without a sign of life a node is dead. `send_s`: how long a request
    may be under way that it made.
    """

    def __init__(
        self,
        subscriptions: SubscriptionStore,
        deliveries: DeliveryStore,
        issuing: IssuingService,
        posting: PostingService,
        *,
        alive: Alive,
        texts: Texts,
        clock: Clock,
        lease_s: float,
        send_s: float,
        meter: Meter | None = None,
        pause: Pause = asyncio.sleep,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliveries = deliveries
        self._issuing = issuing
        self._posting = posting
        self._alive = alive
        self._texts = texts
        self._clock = clock
        self._lease_s = lease_s
        self._send_s = send_s
        self._meter = meter or NoMeter()
        self._pause = pause
        self._making = asyncio.Semaphore(_MADE_AT_ONCE)

    async def handle(self, job: Job) -> None:
        """See one delivery through.

        Raises:
            TransientError: not now; nothing is lost, and it may be tried again at any time.

        """
        workspace, id_ = WorkspaceId(job.arguments["workspace"]), job.arguments["delivery"]
        if not self._posting.has_platform(workspace):
            raise TransientError("its platform does not run here")
        found = await self._claim(workspace, id_)
        if found is None:
            return
        term, claim = found
        try:
            await self._deliver(claim, lambda: self._alive.holds(term))
        except BaseException:
            with suppress(TransientError):  # else it is ours until we are dead
                await self._deliveries.release(workspace, id_, node=self._alive.id)
            raise

    async def prepare(self, job: Job) -> None:
        """Compile the next digest of a subscription before it is due."""
        workspace, id_ = WorkspaceId(job.arguments["workspace"]), job.arguments["subscription"]
        try:
            subscription = await self._subscriptions.get(workspace, id_)
        except KeyError:
            return
        delivery, now = plan_ahead(subscription), self._clock.now()
        # Who reads a direct message is found out when it is sent.
        if delivery is None or delivery.due_at <= now or delivery.place.is_direct:
            return
        digest, fingerprint = await self._issuing.prepare(subscription, delivery)
        await self._deliveries.prepare(delivery, digest, fingerprint=fingerprint)

    async def _claim(self, workspace: WorkspaceId, id_: str) -> tuple[int, Claim] | None:
        """Take a delivery, and the term in which it was taken; None if it is over.

        Who has the job while another node has the delivery comes after a node that dies: its
        jobs may be found orphaned some beats before itself. That is waited for, as what is tried
        again later comes after all that waits meanwhile.
        """
        waited_s = 0.0
        while True:
            term = self._alive.term  # of before the claim: a later one says nothing about it
            claim = await self._deliveries.claim(workspace, id_, node=self._alive.id)
            if claim is not None:
                return term, claim
            if await self._is_over(workspace, id_):
                return None
            if waited_s > self._lease_s:
                raise TransientError("another node has it")
            waited_s += _LOOK_AGAIN_S
            await self._pause(_LOOK_AGAIN_S)

    async def _is_over(self, workspace: WorkspaceId, id_: str) -> bool:
        try:
            delivery = await self._deliveries.get(workspace, id_)
        except KeyError:
            return True
        return delivery.state is not DeliveryState.PLANNED

    async def _deliver(self, claim: Claim, is_held: Callable[[], bool]) -> None:
        delivery = claim.delivery
        if claim.silent_s is not None:
            await self._wait_out(claim.silent_s)
        subscription = claim.subscription
        if subscription is None:
            await self._fail(delivery, GONE)
            return
        order = _Order(delivery, subscription, is_held)
        digest = None if claim.fingerprint else claim.digest
        is_first = digest is None
        if digest is None:
            if reason := self._reason_not_to(order):
                await self._fail(delivery, reason)
                return
            order, digest = await self._make(order, claim)
        # Whoever asks for one now waits for it.
        if digest.is_empty and not (subscription.posts_empty or delivery.is_manual):
            await self._end(order.delivery, DeliveryState.EMPTY)
            return
        await self._post(order, digest, is_first=is_first)

    async def _wait_out(self, silent_s: float) -> None:
        """Wait until no request of the dead node can arrive any more."""
        wait_s = self._lease_s + self._send_s - silent_s
        if wait_s > 0:
            await self._pause(wait_s)

    def _reason_not_to(self, order: _Order) -> str:
        """Return why what nobody has seen yet is better told later; "" if it is not."""
        if is_over(order.delivery, order.subscription, now=self._clock.now()):
            return TOO_LATE
        if order.subscription.is_paused and not order.delivery.is_manual:
            return PAUSED
        return ""

    async def _make(self, order: _Order, claim: Claim) -> tuple[_Order, Digest]:
        async with self._making:
            delivery, digest = await self._issuing.make(
                order.subscription, claim, told_at=self._clock.now()
            )
        if not await self._deliveries.keep_digest(delivery, digest, node=self._alive.id):
            raise LeaseLost(order.key)
        return replace(order, delivery=delivery), digest

    async def _post(self, order: _Order, digest: Digest, *, is_first: bool) -> None:
        async with self._making:
            post = await self._issuing.write(order.subscription, order.delivery, digest)
        reason = "" if is_first else self._reason_not_to(order)
        # What was begun is finished: half a digest helps nobody.
        if reason and not await self._has_begun(order, post):
            await self._fail(order.delivery, reason)
            return
        try:
            message = await self._posting.post(
                order.target, post, key=order.key, is_urgent=False, is_held=order.is_held
            )
        except UserError as refused:
            await self._give_up(order, digest, post, refused)
            return
        await self._end(replace(order.delivery, message=message), DeliveryState.DELIVERED, digest)

    async def _give_up(self, order: _Order, digest: Digest, post: Post, refused: UserError) -> None:
        """End what the platform will never take; let no more follow until somebody acts."""
        reason = REFUSED if refused.values else refused.message_key
        delivery = replace(order.delivery, reason=reason)
        if await self._has_begun(order, post):
            await self._end(delivery, DeliveryState.DELIVERED, digest)  # people saw the most of it
        else:
            await self._fail(delivery, reason)
        if isinstance(refused, PlaceClosed):
            await self._stop(order.subscription, reason)
            await self._tell(order, refused)

    async def _has_begun(self, order: _Order, post: Post) -> bool:
        try:
            return await self._posting.has_begun(order.target, post, key=order.key)
        except UserError:  # nobody can look there, neither we nor its readers
            return False

    async def _stop(self, subscription: Subscription, reason: str) -> None:
        for _ in range(_TRIES):
            stopped = replace(
                subscription,
                is_paused=True,
                pause_reason=reason,
                next_run_at=None,
                version=subscription.version + 1,
            )
            if await self._deliveries.plan(subscription, stopped, None):
                log.warning("subscription stopped", extra={"subscription": subscription.id})
                return
            try:
                subscription = await self._subscriptions.get(
                    subscription.workspace, subscription.id
                )
            except KeyError:
                return

    async def _tell(self, order: _Order, refused: UserError) -> None:
        """Tell who made it, in private, where the platform lets us."""
        subscription = order.subscription
        say = self._texts.bind(subscription.language)
        platform = self._posting.platform(subscription.workspace)
        words = say(
            "delivery.stopped",
            why=say(refused.message_key, **refused.values),
            command=platform.call_of("subscriptions"),
        )
        # Platforms have ways to one member that need no channel.
        to_maker = replace(order.target, only_for=subscription.made_by)
        try:
            await self._posting.post(
                to_maker,
                plain_post(words, language=subscription.language),
                key=f"stopped:{order.delivery.id}",
                is_urgent=False,
            )
        except BotError:  # the list of subscriptions says it, too
            log.warning("nobody told", extra={"subscription": subscription.id}, exc_info=True)

    async def _fail(self, delivery: Delivery, reason: str) -> None:
        await self._end(replace(delivery, reason=reason), DeliveryState.FAILED)

    async def _end(
        self, delivery: Delivery, state: DeliveryState, digest: Digest | None = None
    ) -> None:
        ended_at = self._clock.now()
        ended = replace(delivery, state=state, ended_at=ended_at)
        links = digest.links if digest is not None else ()
        if not await self._deliveries.end(ended, node=self._alive.id, links=links):
            raise LeaseLost(delivery.id)
        late_s = (ended_at - delivery.due_at).total_seconds()
        self._meter.delivered(state, late_s=late_s)
        fields = {"delivery": delivery.id, "outcome": str(state), "late_s": round(late_s, 1)}
        log.info("delivery ended", extra=fields)
