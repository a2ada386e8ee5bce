"""What operators watch: counts in the database, and what is measured as it happens."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from bot.domain.asking_models import Stage, Usage
from bot.domain.deliveries import DeliveryState
from bot.domain.models import WorkspaceId
from bot.domain.status import Counts


class WatchStore(Protocol):
    async def count(self, at: datetime, *, workspace: WorkspaceId | None = None) -> Counts:
        """Count what stands in the database, of one workspace or of all."""


class Meter(Protocol):
    """Hears of single happenings. Never raises, and never waits."""

    def acknowledged(self, scheme: str, *, seconds: float) -> None:
        """Note how long it took to write an event of that platform down."""

    def delivered(self, state: DeliveryState, *, late_s: float) -> None:
        """Note that a delivery ended, so long after it was due."""

    def page_read(self, reason: str) -> None:
        """Note that a page was tried, and why it was not read; "" if it was."""

    def tokens_spent(self, stage: Stage, usage: Usage) -> None:
        """Note what one question to a language model cost."""


class NoMeter:
    """Nobody watches."""

    def acknowledged(self, scheme: str, *, seconds: float) -> None:
        del scheme, seconds

    def delivered(self, state: DeliveryState, *, late_s: float) -> None:
        del state, late_s

    def page_read(self, reason: str) -> None:
        del reason

    def tokens_spent(self, stage: Stage, usage: Usage) -> None:
        del stage, usage
