"""Who saved, and how they are forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain.models import MemberId, WorkspaceId


@dataclass(frozen=True, slots=True)
class KnownMember:
    id: MemberId
    name: str


@dataclass(frozen=True, slots=True)
class ForgottenMember:
    """How much went. `links` are those that nobody else had saved."""

    saves: int
    links: int
    notes: int
    messages: int


class MemberStore(Protocol):
    async def find_members(self, workspace: WorkspaceId, name: str) -> Sequence[KnownMember]:
        """Return who has this id or went by this name, each name once, "" where none is known."""

    async def forget(self, workspace: WorkspaceId, member: MemberId) -> ForgottenMember:
        """Delete what a member saved, noted and said, and their name where a thing goes on.

        What others saved too stays theirs. All in one transaction.
        """
