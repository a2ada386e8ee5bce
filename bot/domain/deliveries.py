"""The one posting of one digest for one subscription and occurrence, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.models import LinkId, MessageId, Place, WorkspaceId

POST_KEY = "delivery:"  # then the delivery's id: what its first message is known under
LATE_AFTER = timedelta(minutes=15)  # people notice


class DeliveryState(StrEnum):
    PREPARED = "prepared"  # compiled ahead: not due yet, and perhaps never
    PLANNED = "planned"  # due, or being posted
    DELIVERED = "delivered"
    EMPTY = "empty"  # there was nothing to tell, and nothing was posted
    FAILED = "failed"  # it was not posted and will not be: `reason` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """It covers what was saved from `since` until before `until`.

    `due_at`: the occurrence, or when somebody asked for it now. `missed_at`: the first occurrence
    before it that it makes up for. `number`: 0 until it is known that there is something to post,
    and where it has none. `told_at`: when that was known, so that every try says the same.
    `left_out`: links of that time that the one before had told.
    `reason`: a text key. `is_manual`: it comes beside the others, and moves nothing on.
    """

    id: str
    workspace: WorkspaceId
    subscription: str
    place: Place
    due_at: datetime
    since: datetime
    until: datetime
    planned_at: datetime
    state: DeliveryState = DeliveryState.PLANNED
    number: int = 0
    title: str = ""
    message: MessageId | None = None
    reason: str = ""
    ended_at: datetime | None = None
    is_manual: bool = False
    missed_at: datetime | None = None
    told_at: datetime | None = None
    left_out: tuple[LinkId, ...] = ()

    @property
    def post_key(self) -> str:
        return f"{POST_KEY}{self.id}"

    @property
    def is_late(self) -> bool:
        told_at = self.told_at or self.due_at
        return self.missed_at is not None or told_at - self.due_at > LATE_AFTER


@dataclass(frozen=True, slots=True)
class Told:
    """What a subscription told last, and what it failed to tell since.

    `number`: of its last digest, 0 before the first, with its `links` and what it left out.
    `since`: from where on that one told. `missed_at`: the first occurrence after it that failed.
    """

    number: int = 0
    links: frozenset[LinkId] = frozenset()
    left_out: frozenset[LinkId] = frozenset()
    since: datetime | None = None
    missed_at: datetime | None = None
