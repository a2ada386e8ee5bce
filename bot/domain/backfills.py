"""Reading a channel's past: what was asked for, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.models import MemberId, MessageId, Place, WorkspaceId


class BackfillState(StrEnum):
    OPEN = "open"
    DONE = "done"
    STOPPED = "stopped"  # by a member
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """`id` is that of the event that asked for it. `cursor` is where reading goes on.

    `asked_in` is where progress is shown, in `progress`, as soon as that was posted.
    """

    id: str
    workspace: WorkspaceId
    place: Place
    since: datetime
    member: MemberId
    member_name: str
    language: str
    asked_in: Place
    asked_at: datetime
    progress: MessageId | None = None
    cursor: str = ""
    messages: int = 0
    links: int = 0
    known: int = 0  # of the links seen, those that a save of the same message held already
    state: BackfillState = BackfillState.OPEN
    reason: str = ""  # why it failed: a key of bot/texts
