"""What a workspace has chosen for itself; what it left open follows the operator's settings."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.emoji import SaveEmoji


@dataclass(frozen=True, slots=True)
class WorkspaceSettings:
    """`language` is ko or en, `zone` an IANA name; "" as long as nobody chose."""

    language: str = ""
    zone: str = ""
    emoji: SaveEmoji = field(default_factory=SaveEmoji)
