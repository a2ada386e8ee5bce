"""Use case: keep a channel's standing orders for digests, whoever changes them at one time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.domain.deliveries import Delivery
from bot.domain.models import ChannelId, Place, WorkspaceId
from bot.domain.planning import plan_now, schedule, skip_one
from bot.domain.subscriptions import Subscription
from bot.errors import UserError
from bot.ports import Clock, DeliveryStore, Jobs, SubscriptionStore
from bot.services.delivering import deliver_job

log = logging.getLogger(__name__)

MOST_OF_A_CHANNEL = 10
REMOVED = "subscription.was_removed"  # why a planned delivery of it did not come
_TRIES = 10  # the ticker moves a subscription on once an hour at most

Change = Callable[[Subscription], Subscription]


class ChangedMeanwhile(UserError):
    """Somebody else changed it since it was looked at, or it was stopped. `now`: how it stands."""

    def __init__(self, now: Subscription) -> None:
        key = "stopped_meanwhile" if now.pause_reason else "changed_meanwhile"
        super().__init__(f"subscription.{key}", name=now.changed_by_name)
        self.now = now


class SubscribingService:
    """A change is made to the version that somebody looked at, or not at all.

    Each change names its `act`, the event that asks for it: the same act again changes nothing.
    """

    def __init__(
        self, store: SubscriptionStore, deliveries: DeliveryStore, jobs: Jobs, *, clock: Clock
    ) -> None:
        self._store = store
        self._deliveries = deliveries
        self._jobs = jobs
        self._clock = clock

    async def add(self, subscription: Subscription, *, is_language_chosen: bool = True) -> None:
        """Keep a subscription; the same one again, by its id, changes nothing.

        Where nobody chose the language, the same digest in another one says the same.

        Raises:
            UserError: the channel has one that says the same, or too many.

        """
        is_new = await self._store.add(
            schedule(subscription, now=self._clock.now()),
            check=lambda here: _check(subscription, here, is_language_chosen=is_language_chosen),
        )
        if is_new:
            log.info("subscription added", extra={"subscription": subscription.id})

    async def list_here(self, workspace: WorkspaceId, place: Place) -> Sequence[Subscription]:
        return await self._store.list_subscriptions(workspace, channel=place.channel)

    async def list_all(
        self, workspace: WorkspaceId, *, channel: ChannelId | None = None
    ) -> Sequence[Subscription]:
        return await self._store.list_subscriptions(workspace, channel=channel)

    async def get(self, workspace: WorkspaceId, subscription: str) -> Subscription:
        """Return one.

        Raises:
            UserError: there is none, or no longer.

        """
        try:
            return await self._store.get(workspace, subscription)
        except KeyError as error:
            raise UserError("subscription.gone") from error

    async def get_here(
        self, workspace: WorkspaceId, place: Place, subscription: str
    ) -> Subscription:
        """Return one of this channel's.

        Raises:
            UserError: there is none, or no longer.

        """
        found = await self.get(workspace, subscription)
        if found.place.channel != place.channel:
            raise UserError("subscription.gone")
        return found

    async def find_last(self, subscription: Subscription) -> Delivery | None:
        """Return what became of the newest one that was due."""
        found = await self._deliveries.list_recent(
            subscription.workspace, subscription=subscription.id, limit=1
        )
        return next(iter(found), None)

    async def pause(
        self, subscription: Subscription, *, is_paused: bool, by: str, act: str
    ) -> Subscription | None:
        """Pause or resume; None if it stood so already.

        What is saved during the pause comes with the first digest after it.

        Raises:
            UserError: it is gone by now.
            ChangedMeanwhile: and nothing else happened.

        """
        if subscription.changed_in == act:
            return subscription
        if subscription.is_paused == is_paused:
            return None
        return await self._change(
            subscription,
            lambda each: self._scheduled(
                replace(
                    each,
                    is_paused=is_paused,
                    paused_by_name=by if is_paused else "",
                    pause_reason="",
                )
            ),
            by=by,
            act=act,
        )

    async def skip(self, subscription: Subscription, *, by: str, act: str) -> Subscription:
        """Leave out the next one; what it would have told comes with the one after it.

        Raises:
            UserError: none is due, it came meanwhile, or the subscription is gone by now.
            ChangedMeanwhile: and nothing else happened.

        """
        if subscription.changed_in == act:
            return subscription
        if subscription.next_run_at is None:
            raise UserError("subscription.nothing_to_skip")
        now = self._clock.now()

        def make(each: Subscription) -> Subscription:
            if each.next_run_at != subscription.next_run_at:  # the one after it was not meant
                raise UserError("subscription.came_meanwhile")
            return skip_one(each, now=now)

        return await self._change(subscription, make, by=by, act=act)

    async def change(
        self, before: Subscription, wanted: Subscription, *, by: str, act: str
    ) -> Subscription:
        """Keep what somebody made of one. A new time neither skips nor repeats anything.

        Raises:
            UserError: it is gone by now, or another of the channel says the same.
            ChangedMeanwhile: and nothing else happened.

        """
        if before.changed_in == act:
            return before
        here = await self.list_here(wanted.workspace, wanted.place)
        _check(wanted, here, is_language_chosen=True)
        chosen = {name: getattr(wanted, name) for name in _CHOSEN}
        is_moved = (wanted.cron, wanted.zone) != (before.cron, before.zone)

        def make(each: Subscription) -> Subscription:
            after = replace(each, **chosen)
            return self._scheduled(after) if is_moved else after

        return await self._change(before, make, by=by, act=act)

    async def run_now(
        self, subscription: Subscription, *, act: str, moves_on: bool = False
    ) -> Delivery:
        """Let a digest come now; by the same act once. `moves_on`: in place of the next one.

        Raises:
            UserError: it is gone by now, one is being posted, or all was told already.

        """
        id_ = f"{subscription.id}.{act}"
        while True:
            planned = plan_now(subscription, id_=id_, now=self._clock.now(), moves_on=moves_on)
            if planned.delivery is None:
                raise UserError("subscription.told_already")
            if await self._deliveries.plan(subscription, planned.after, planned.delivery):
                await self._jobs.enqueue(deliver_job(planned.delivery))
                log.info("delivery asked for", extra={"delivery": id_})
                return planned.delivery
            try:  # by an earlier try of the same act
                return await self._deliveries.get(subscription.workspace, id_)
            except KeyError:
                before, subscription = (
                    subscription,
                    await self.get(subscription.workspace, subscription.id),
                )
            if subscription == before:  # nothing changed: the last one is not posted yet
                raise UserError("subscription.on_its_way")

    async def remove(self, subscription: Subscription) -> bool:
        """Return False if it was gone already. What was planned of it does not come."""
        is_removed = await self._store.remove(subscription.workspace, subscription.id)
        await self._deliveries.drop(subscription.workspace, subscription.id, reason=REMOVED)
        return is_removed

    def _scheduled(self, subscription: Subscription) -> Subscription:
        return schedule(subscription, now=self._clock.now())

    async def _change(
        self, before: Subscription, make: Change, *, by: str, act: str
    ) -> Subscription:
        """Change the version that was looked at; that it was due meanwhile is no other version."""
        version = before.version
        for _ in range(_TRIES):
            after = replace(make(before), version=version + 1, changed_by_name=by, changed_in=act)
            if await self._deliveries.plan(before, after, None):
                log.info("subscription changed", extra={"subscription": after.id})
                return after
            before = await self.get(before.workspace, before.id)
            if before.version != version:
                break
        raise ChangedMeanwhile(before)


# What people choose: all else about a subscription follows from it, or from what happens.
_CHOSEN = (
    "cron",
    "zone",
    "days",
    "style",
    "language",
    "size",
    "kinds",
    "topics",
    "sources",
    "posts_empty",
)


def _check(
    subscription: Subscription, here: Sequence[Subscription], *, is_language_chosen: bool
) -> None:
    others = [each for each in here if each.id != subscription.id]
    languages = {each.language for each in others if _says(each) == _says(subscription)}
    if subscription.language in languages:
        raise UserError("subscribe.already")
    if languages and not is_language_chosen:
        raise UserError(f"subscribe.already_in_{languages.pop()}")
    if len(others) >= MOST_OF_A_CHANNEL:
        raise UserError("subscribe.too_many", limit=MOST_OF_A_CHANNEL)


def _says(subscription: Subscription) -> tuple[object, ...]:
    return tuple(getattr(subscription, name) for name in _CHOSEN if name not in _SAYING_THE_SAME)


# Digests that differ in these alone tell the same at the same time.
_SAYING_THE_SAME = {"days", "language", "size", "posts_empty"}
