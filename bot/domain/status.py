"""How the bot stands at one instant: what waits, what failed, who works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.asking_models import Spending
from bot.domain.deliveries import Delivery, DeliveryState
from bot.domain.jobs import JobKind, JobState
from bot.domain.models import PageState

WORK = "worker"  # the part of a process that does it, as `--only` names it


@dataclass(frozen=True, slots=True)
class Worker:
    """A process that works, by the name that people know it by."""

    name: str
    parts: tuple[str, ...]
    silent_s: float
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted in the database, of one workspace or of all.

    `events`: open ones; `oldest_event_s`: how long the oldest of them waits. `late_s`: how long
    ago the longest due of the planned deliveries was due, 0 if none is. `unreadable`: pages by
    reason; `retrying`: those that wait for their next try, by why the last one failed. `failed`:
    the last deliveries that were not posted, of a week at most.
    """

    events: int = 0
    oldest_event_s: float = 0.0
    events_set_aside: int = 0
    pages: Mapping[PageState, int] = field(default_factory=dict)
    unreadable: Mapping[str, int] = field(default_factory=dict)
    retrying: Mapping[str, int] = field(default_factory=dict)
    deliveries: Mapping[DeliveryState, int] = field(default_factory=dict)
    late_s: float = 0.0
    failed: tuple[Delivery, ...] = ()
    subscriptions: int = 0
    paused: int = 0
    feeds: int = 0
    feeds_failing: int = 0


@dataclass(frozen=True, slots=True)
class Status:
    workers: tuple[Worker, ...]
    counts: Counts
    jobs: Mapping[tuple[JobKind, JobState], int]
    spending: Spending = field(default_factory=Spending)
    embedding_model: str = ""  # that search by meaning goes by; "" if there is none
    lacking_vectors: int = 0  # passages that it does not find yet

    @property
    def set_aside(self) -> int:
        return sum(count for (_, state), count in self.jobs.items() if state is JobState.FAILED)

    @property
    def is_worked_on(self) -> bool:
        """Whether somebody reads links and delivers digests: who only listens does not."""
        return any(each.is_alive and WORK in each.parts for each in self.workers)

    @property
    def needs_a_look(self) -> bool:
        """Whether something is wrong that does not mend itself."""
        counts = self.counts
        return bool(self.set_aside or counts.failed or counts.events_set_aside) or not (
            self.is_worked_on
        )
