"""How the bot stands, in words: what is fine in a line, what is not with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo

from bot.domain.asking_models import Spending
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.jobs import JobKind, JobState
from bot.domain.models import PageState
from bot.domain.status import Status
from bot.services.page_reports import first_sentence
from bot.texts import Say

_MINUTE_S, _HOUR_S = 60.0, 3600.0
_AT_ONCE_S = 5.0  # what is open no longer is just being answered: this very question, say


def tell_status(status: Status, say: Say, *, zone: ZoneInfo, shows_nodes: bool = True) -> list[str]:
    """Return one sentence a line. Without nodes it is for members, who cannot mend machines."""
    lines = [
        say("status.needs_a_look" if status.needs_a_look else "status.fine"),
        *(_nodes(status, say) if shows_nodes else ()),
        *_work(status, say),
        *_events(status, say),
        *_links(status, say),
        *_deliveries(status, say, zone),
        *_feeds(status, say),
        *_embedding(status, say),
        *_spending(status.spending, say, is_of_all=shows_nodes),
    ]
    if shows_nodes:
        lines += _jobs(status, say)
    return lines


def _nodes(status: Status, say: Say) -> Iterator[str]:
    for each in status.workers:
        key = "status.node" if each.is_alive else "status.node_gone"
        yield say(
            key, name=each.name, parts=", ".join(each.parts), time=_duration(each.silent_s, say)
        )


def _work(status: Status, say: Say) -> Iterator[str]:
    if not status.is_worked_on:
        is_only_heard = any(each.is_alive for each in status.workers)
        yield say("status.no_worker" if is_only_heard else "status.nobody_works")


def _events(status: Status, say: Say) -> Iterator[str]:
    counts = status.counts
    if counts.events and counts.oldest_event_s >= _AT_ONCE_S:
        yield say("status.events", count=counts.events, time=_duration(counts.oldest_event_s, say))
    if counts.events_set_aside:
        yield say("status.events_set_aside", count=counts.events_set_aside)


def _links(status: Status, say: Say) -> Iterator[str]:
    pages = status.counts.pages
    waiting = pages.get(PageState.WAITING, 0) + pages.get(PageState.READING, 0)
    yield say("status.links", read=pages.get(PageState.READ, 0), waiting=waiting)
    counts = {"retrying": status.counts.retrying, "unreadable": status.counts.unreadable}
    for key, by_reason in counts.items():
        if by_reason:
            count = sum(by_reason.values())
            yield say(f"status.{key}", count=count, reasons=_reasons(by_reason, say))


def _reasons(by_reason: Mapping[str, int], say: Say) -> str:
    """Name them, the most frequent first."""
    return ", ".join(
        say("status.reason", reason=first_sentence(say(f"unreadable.{reason}")), count=count)
        for reason, count in sorted(by_reason.items(), key=lambda each: (-each[1], each[0]))
    )


def _deliveries(status: Status, say: Say, zone: ZoneInfo) -> Iterator[str]:
    counts = status.counts
    yield say(
        "status.subscriptions",
        running=counts.subscriptions - counts.paused,
        paused=counts.paused,
        delivered=counts.deliveries.get(DeliveryState.DELIVERED, 0),
    )
    if planned := counts.deliveries.get(DeliveryState.PLANNED, 0):
        yield say("status.planned", count=planned, time=_duration(counts.late_s, say))
    for each in counts.failed:
        yield _failed(each, say, zone)


def _failed(delivery: Delivery, say: Say, zone: ZoneInfo) -> str:
    return say(
        "status.failed",
        at=f"{delivery.due_at.astimezone(zone):%Y-%m-%d %H:%M}",
        channel=delivery.place.channel,
        reason=say(delivery.reason) if delivery.reason else "",
    ).rstrip()


def _feeds(status: Status, say: Say) -> Iterator[str]:
    counts = status.counts
    if counts.feeds:
        yield say("status.feeds", count=counts.feeds, failing=counts.feeds_failing)


def _embedding(status: Status, say: Say) -> Iterator[str]:
    if status.embedding_model:
        count = status.lacking_vectors
        key = "status.embedding_under_way" if count else "status.embedding"
        yield say(key, name=status.embedding_model, count=count)


def _spending(spending: Spending, say: Say, *, is_of_all: bool) -> Iterator[str]:
    """Tell what the language model cost, stage by stage, where there is or was one."""
    if not (spending.model or spending.tokens):
        return
    cap = f"{spending.cap:,}"
    yield say(
        "status.model" if spending.cap else "status.model_without_cap",
        name=spending.model or say("status.model_unused"),
        month=spending.month,
        tokens=f"{spending.tokens:,}",
        cap=say("status.cap_each", cap=cap) if is_of_all else cap,
    )
    for each in spending.stages:
        count = f"{each.usage.tokens:,}"
        yield "  " + say("status.tokens", stage=say(f"model.stage.{each.stage}"), count=count)
    if spending.cost:
        key = "status.cost" if spending.is_priced else "status.cost_at_least"
        yield say(key, cost=_money(spending.cost))
    if spending.is_used_up:
        yield say("status.cap_reached")


def _money(cost: Decimal) -> str:
    return f"{cost:,.2f}" if cost >= 1 else f"{cost:.4f}"


def _jobs(status: Status, say: Say) -> Iterator[str]:
    for kind in JobKind:
        counts = {state: status.jobs.get((kind, state), 0) for state in JobState}
        if any(counts.values()):
            yield say(
                "status.jobs",
                kind=say(f"jobs.kind.{kind}"),
                waiting=counts[JobState.WAITING],
                running=counts[JobState.RUNNING],
                failed=counts[JobState.FAILED],
            )
    if status.set_aside:
        yield say("status.see_jobs")


def _duration(seconds: float, say: Say) -> str:
    if seconds < _MINUTE_S:
        return say("status.seconds", count=round(seconds))
    if seconds < _HOUR_S:
        return say("status.minutes", count=round(seconds / _MINUTE_S))
    return say("status.hours", count=round(seconds / _HOUR_S))
