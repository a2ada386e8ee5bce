"""What is measured, in Prometheus' own format. Names follow prometheus.io, "Metric naming"."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.domain.asking_models import Stage, Usage
from bot.domain.deliveries import DeliveryState
from bot.domain.status import Status

# Slack gives up on an acknowledgement after 3 seconds, Discord as well.
_ACK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 3.0)
_LATE_S = (1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3600.0, 4 * 3600.0, 12 * 3600.0, 86400.0)


class PrometheusMeter:
    """A `Meter` for one process; what stands in the database is read when somebody asks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._acknowledged = Histogram(
            "jubo_acknowledge_seconds",
            "Until an event was written down.",
            ["platform"],
            buckets=_ACK_S,
            registry=self._registry,
        )
        self._deliveries = Counter(
            "jubo_deliveries", "Digests that ended.", ["outcome"], registry=self._registry
        )
        self._late = Histogram(
            "jubo_delivery_late_seconds",
            "From when a digest was due until it was posted.",
            buckets=_LATE_S,
            registry=self._registry,
        )
        self._pages = Counter(
            "jubo_pages", "Pages that were tried, by reason.", ["reason"], registry=self._registry
        )
        self._tokens = Counter(
            "jubo_tokens",
            "Tokens of language models that were paid for.",
            ["stage", "direction"],
            registry=self._registry,
        )
        self._standing = {
            name: Gauge(f"jubo_{name}", what, labels, registry=self._registry)
            for name, (what, labels) in _STANDING.items()
        }

    def acknowledged(self, scheme: str, *, seconds: float) -> None:
        self._acknowledged.labels(scheme).observe(seconds)

    def delivered(self, state: DeliveryState, *, late_s: float) -> None:
        self._deliveries.labels(str(state)).inc()
        if state is DeliveryState.DELIVERED:
            self._late.observe(max(late_s, 0.0))

    def page_read(self, reason: str) -> None:
        self._pages.labels(reason or "read").inc()

    def tokens_spent(self, stage: Stage, usage: Usage) -> None:
        self._tokens.labels(str(stage), "in").inc(usage.tokens_in)
        self._tokens.labels(str(stage), "out").inc(usage.tokens_out)

    def write(self, status: Status) -> bytes:
        """Return everything as text; gauges show the status."""
        for name, values in _read(status).items():
            gauge = self._standing[name]
            gauge.clear()
            for labels, value in values.items():
                (gauge.labels(*labels) if labels else gauge).set(value)
        return generate_latest(self._registry)


_STANDING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "nodes_alive": ("Processes that work on this database.", ()),
    "events_open": ("Events that are not seen through yet.", ()),
    "event_oldest_seconds": ("How long the oldest of them waits.", ()),
    "events_set_aside": ("Events that were tried too often.", ()),
    "jobs": ("Background jobs that have not ended.", ("kind", "state")),
    "deliveries_standing": ("Deliveries in the ledger.", ("state",)),
    "delivery_overdue_seconds": ("How long ago the longest due of them was due.", ()),
    "links": ("Saved links by the state of their page.", ("state",)),
    "links_unreadable": ("Links whose page cannot be read.", ("reason",)),
    "subscriptions": ("Subscriptions.", ("state",)),
    "feeds": ("Feeds that are followed.", ("state",)),
}

_Values = Mapping[tuple[str, ...], float]


def _read(status: Status) -> Mapping[str, _Values]:
    counts = status.counts
    return {
        "nodes_alive": {(): sum(each.is_alive for each in status.workers)},
        "events_open": {(): counts.events},
        "event_oldest_seconds": {(): counts.oldest_event_s},
        "events_set_aside": {(): counts.events_set_aside},
        "jobs": {(str(kind), str(state)): count for (kind, state), count in status.jobs.items()},
        "deliveries_standing": {(str(key),): count for key, count in counts.deliveries.items()},
        "delivery_overdue_seconds": {(): counts.late_s},
        "links": {(str(state),): count for state, count in counts.pages.items()},
        "links_unreadable": {(reason,): count for reason, count in counts.unreadable.items()},
        "subscriptions": {
            ("running",): counts.subscriptions - counts.paused,
            ("paused",): counts.paused,
        },
        "feeds": {
            ("read",): counts.feeds - counts.feeds_failing,
            ("failing",): counts.feeds_failing,
        },
    }
