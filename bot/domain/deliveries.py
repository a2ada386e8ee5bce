"""The one posting of one digest for one subscription and occurrence, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.models import LinkId, MessageId, Place, WorkspaceId


class DeliveryState(StrEnum):
    PLANNED = "planned"  # due, or being posted
    DELIVERED = "delivered"
    EMPTY = "empty"  # there was nothing to tell, and nothing was posted
    FAILED = "failed"  # it was not posted and will not be: `reason` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """It covers what was saved from `since` until before `until`.

    `due_at`: the occurrence, or when somebody asked for it now. `number`: 0 until it is known
    that there is something to post. `reason`: a text key.
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


@dataclass(frozen=True, slots=True)
class Told:
    """The last digest of a subscription: its number, 0 before the first, and its links."""

    number: int = 0
    links: frozenset[LinkId] = frozenset()
