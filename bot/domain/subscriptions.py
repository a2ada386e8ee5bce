"""A channel's standing order for digests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.digests import Style
from bot.domain.models import ChannelId, Kind, MemberId, Place, WorkspaceId
from bot.domain.selection import HIGHLIGHTS


class Size(StrEnum):
    """How much of a digest is told at length; the rest are one-liners."""

    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"

    @property
    def highlights(self) -> int:
        return {"small": HIGHLIGHTS // 2, "large": 2 * HIGHLIGHTS}.get(self, HIGHLIGHTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """`cron` says when, in five fields, on the clocks of `zone` (an IANA name).

    `days`: how far back the first digest reaches, and one that is asked for now.
    `kinds`, `topics`, `sources` (channels): nothing but these; all where empty.
    `next_run_at`: None while it is paused, or if it is never due again. `covered_until`: what was
    saved before then was delivered; None before the first. `version` grows with each change that
    a person makes; `changed_by_name` made the last one, "" if nobody did, in the act `changed_in`,
    an id. `pause_reason`: a text key where not `paused_by_name` paused it but ourselves, as where
    we may not post any more.
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
    size: Size = Size.NORMAL
    kinds: tuple[Kind, ...] = ()
    topics: tuple[str, ...] = ()
    sources: tuple[ChannelId, ...] = ()
    posts_empty: bool = False
    next_run_at: datetime | None = None
    covered_until: datetime | None = None
    version: int = 0
    changed_by_name: str = ""
    changed_in: str = ""
    paused_by_name: str = ""
    pause_reason: str = ""
