"""A channel's standing order for digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.digests import Style
from bot.domain.models import MemberId, Place, WorkspaceId


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """`cron` says when, in five fields, on the clocks of `zone` (an IANA name).

    `days`: how far back a digest reaches that is asked for now.
    """

    id: str
    workspace: WorkspaceId
    place: Place
    cron: str
    zone: str
    days: int
    style: Style
    language: str
    made_by: MemberId
    made_by_name: str
    made_at: datetime
    is_paused: bool = False
