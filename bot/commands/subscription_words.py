"""A subscription in words: what it tells, when it comes next, what became of the last one."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.schedules import describe_moment, next_times
from bot.domain.subscriptions import Size, Subscription
from bot.texts import Say


def say_what(subscription: Subscription, say: Say) -> str:
    parts = [
        say(f"subscribe.style.{subscription.style}"),
        say(f"choice.{subscription.language}"),
    ]
    if subscription.size is not Size.NORMAL:
        parts.insert(1, say(f"subscribe.size.{subscription.size}"))
    if subscription.posts_empty:
        parts.append(say("subscribe.with_empty"))
    return " · ".join(parts)


def say_limits(subscription: Subscription, say: Say) -> str:
    """Return the kinds and topics that it keeps to, "" if it keeps to none."""
    groups = (subscription.kinds, subscription.topics)
    return " · ".join(
        ", ".join(say(f"choice.{each}") for each in group) for group in groups if group
    )


def say_state(subscription: Subscription, say: Say) -> str:
    """Return when it comes next, or who paused it, or why we did."""
    if subscription.pause_reason:
        return say("subscriptions.stopped", why=_reason(subscription.pause_reason, say))
    if subscription.paused_by_name:
        return say("subscriptions.paused_by", name=subscription.paused_by_name)
    if subscription.is_paused:
        return say("subscriptions.paused")
    following = "".join(next_moments(subscription, say, count=1))
    if not following:
        return say("subscriptions.never")
    return say("subscriptions.next", moment=following)


def say_fate(last: Delivery, subscription: Subscription, say: Say) -> str:
    """Return in words what became of one: when, and its number or why it did not come."""
    moment = say_moment(last.due_at, subscription, say)
    match last.state:
        case DeliveryState.DELIVERED if last.number:
            return say("subscriptions.last_number", moment=moment, number=last.number)
        case DeliveryState.DELIVERED if last.is_manual:
            return say("subscriptions.last_manual", moment=moment)
        case DeliveryState.DELIVERED:  # of a subscription that is to be told so
            return say("subscriptions.last_told_empty", moment=moment)
        case DeliveryState.EMPTY:
            return say("subscriptions.last_empty", moment=moment)
        case DeliveryState.FAILED:
            why = _reason(last.reason, say)
            return say("subscriptions.last_failed", moment=moment, why=why)
        case DeliveryState.PLANNED | DeliveryState.PREPARED:
            return say("subscriptions.last_planned", moment=moment)


def _reason(key: str, say: Say) -> str:
    """Return a reason in words; one of another version, or that needs values, is none."""
    try:
        return say(key)
    except KeyError:
        return say("subscriptions.unknown_reason")


def next_moments(subscription: Subscription, say: Say, *, count: int) -> list[str]:
    """Return in words when it comes next, earliest first; none while it is paused."""
    due = subscription.next_run_at
    if due is None:
        return []
    zone = ZoneInfo(subscription.zone)
    later = next_times(subscription.cron, zone, after=due, count=count - 1)
    return [describe_moment(each, zone, say) for each in (due, *later)]


def say_moment(moment: datetime, subscription: Subscription, say: Say) -> str:
    return describe_moment(moment, ZoneInfo(subscription.zone), say)
