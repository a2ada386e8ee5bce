"""When a subscription is due and what its delivery covers. Nothing is skipped, nothing told twice.

Deliveries follow one another: each covers what was saved from where the one before ended until
its own occurrence. What was missed, skipped, paused or failed is covered by the next one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.schedules import next_times
from bot.domain.subscriptions import Subscription

GRACE = timedelta(hours=12)  # Monday's digest on Tuesday morning helps nobody: it joins the next
TOO_LATE = "delivery.too_late"


@dataclass(frozen=True, slots=True)
class Plan:
    """The subscription moved on, and what is to be delivered, if anything."""

    after: Subscription
    delivery: Delivery | None = None


def schedule(subscription: Subscription, *, now: datetime) -> Subscription:
    """Return it due as people chose: when made, edited, paused or resumed.

    What it has covered stays covered, so an edited time neither skips nor repeats.
    """
    following = None
    if not subscription.is_paused:
        after = max(now, subscription.covered_until or now)
        following = _next_after(subscription, after)
    return replace(subscription, next_run_at=following)


def skip_one(subscription: Subscription, *, now: datetime) -> Subscription:
    """Return it due once later: what the one left out would have told enters the next."""
    skipped = subscription.next_run_at
    if skipped is None:
        return subscription
    return replace(
        subscription,
        next_run_at=_next_after(subscription, max(now, skipped)),
        covered_until=_reach(subscription, skipped),
    )


def plan(subscription: Subscription, *, now: datetime, grace: timedelta = GRACE) -> Plan | None:
    """Return what to do about a subscription; None if it is not due.

    All that was missed is one delivery, of the last occurrence. If that is past its grace, it is
    kept as failed: the next one covers it too.
    """
    due = subscription.next_run_at
    if due is None or due > now:
        return None
    missed = _missed(subscription, due, now=now, grace=grace)
    last = missed[-1] if missed else due
    covered = subscription.covered_until
    after = replace(
        subscription, next_run_at=_next_after(subscription, max(now, last, covered or now))
    )
    if covered is not None and last <= covered:  # clocks went back, or differ among nodes
        return Plan(after)
    since = _reach(subscription, due)
    delivery = Delivery(
        id=delivery_id(subscription, last),
        workspace=subscription.workspace,
        subscription=subscription.id,
        place=subscription.place,
        due_at=last,
        since=since,
        until=last,
        planned_at=now,
        missed_at=due if due < last else None,
    )
    if missed:
        return Plan(replace(after, covered_until=last), delivery)
    too_late = replace(delivery, state=DeliveryState.FAILED, reason=TOO_LATE, ended_at=now)
    return Plan(replace(after, covered_until=since), too_late)


def plan_ahead(subscription: Subscription) -> Delivery | None:
    """Return its next delivery as it will be if nothing comes between; None if there is none."""
    due = subscription.next_run_at
    if due is None:
        return None
    ahead = plan(subscription, now=due)
    return ahead.delivery if ahead else None


def plan_now(
    subscription: Subscription, *, id_: str, now: datetime, moves_on: bool = False
) -> Plan:
    """Return a delivery that somebody asks for; `id_` is that of the event, so it is made once.

    Either it comes beside the others, over as many days as the first one, or it `moves_on`: it
    is the next one before its time, and covers what was not told yet.
    """
    delivery = Delivery(
        id=id_,
        workspace=subscription.workspace,
        subscription=subscription.id,
        place=subscription.place,
        due_at=now,
        since=_reach(subscription, now) if moves_on else _days_before(subscription, now),
        until=now,
        planned_at=now,
        is_manual=not moves_on,
    )
    if not moves_on:
        return Plan(subscription, delivery)
    if delivery.since >= now:  # clocks went back
        return Plan(subscription)
    return Plan(replace(subscription, covered_until=now), delivery)


def delivery_id(subscription: Subscription, due_at: datetime) -> str:
    return f"{subscription.id}.{int(due_at.timestamp())}"


def is_over(delivery: Delivery, subscription: Subscription, *, now: datetime) -> bool:
    """Whether a delivery that nobody has seen yet is better told with the next one."""
    if delivery.is_manual:
        return now - delivery.due_at > GRACE
    following = subscription.next_run_at
    return now - delivery.due_at > GRACE or (following is not None and following <= now)


def _missed(
    subscription: Subscription, due: datetime, *, now: datetime, grace: timedelta
) -> list[datetime]:
    """Return the occurrences until now that are within their grace, earliest first.

    The first is the one due, whatever the schedule says now: it was announced.
    """
    found = [due] if now - due <= grace else []
    moment = _next_after(subscription, max(due, now - grace - timedelta(microseconds=1)))
    while moment is not None and moment <= now:
        found.append(moment)
        moment = _next_after(subscription, moment)
    return found


def _next_after(subscription: Subscription, after: datetime) -> datetime | None:
    return _following(subscription.cron, subscription.zone, after)


@lru_cache(maxsize=256)
def _following(cron: str, zone: str, after: datetime) -> datetime | None:
    """Look it up once: at nine on Monday thousands ask for the same."""
    return next(iter(next_times(cron, ZoneInfo(zone), after=after, count=1)), None)


def _reach(subscription: Subscription, until: datetime) -> datetime:
    """Return from where on nothing was told yet; the first one reaches some days back."""
    return subscription.covered_until or _days_before(subscription, until)


def _days_before(subscription: Subscription, until: datetime) -> datetime:
    """Return the same time of day there, some days earlier."""
    there = until.astimezone(ZoneInfo(subscription.zone))
    return (there - timedelta(days=subscription.days)).astimezone(UTC)
