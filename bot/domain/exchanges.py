"""What was asked in a thread and answered, as the next question there may lean on it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.models import LinkId


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was asked, the links that its answer cites, best first, and what was said before it."""

    asked: str
    links: tuple[LinkId, ...] = ()
    before: Exchange | None = None
