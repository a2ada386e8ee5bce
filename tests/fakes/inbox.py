"""An inbox in memory, with the reactions that it heard of."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from bot.domain.emoji import bare_emoji
from bot.domain.models import MessageId, WorkspaceId
from bot.events import Event, MessageEdited, ReactionAdded, ReactionRemoved
from bot.ports import Inbox, InboxRow, Lane, MemberReaction, ReactionState, ReactionStore

_MARKS = (ReactionAdded, ReactionRemoved, MessageEdited)


class MemoryInbox(Inbox, ReactionStore):
    def __init__(self) -> None:
        self._numbers = count(1)
        self._rows: dict[tuple[str, str], InboxRow] = {}
        self._received: dict[tuple[str, str], datetime] = {}
        self._states: dict[tuple[str, str, str, str], ReactionState] = {}
        self._closed: set[int] = set()
        self.failed: dict[int, str] = {}

    @property
    def events(self) -> list[Event]:
        return [row.event for row in self._rows.values()]

    async def put(self, event: Event) -> bool:
        if isinstance(event, ReactionAdded | ReactionRemoved) and not self._change(event):
            return False
        key = (event.workspace, event.id)
        if key in self._rows:
            return False
        self._rows[key] = InboxRow(next(self._numbers), event, 0)
        self._received[key] = datetime.now(UTC)
        return True

    def _change(self, event: ReactionAdded | ReactionRemoved) -> bool:
        """Keep what the newest act says; return whether that changes anything."""
        key, told = _key(event), _state(event)
        known = self._states.get(key)
        if known is None or (told.is_on != known.is_on and _order(told) > _order(known)):
            self._states[key] = told
            return True
        if told.is_on == known.is_on and _order(told) > _order(known):
            self._states[key] = replace(known, changed_at=told.changed_at)
        return False

    async def list_open(self, *, lane: Lane, limit: int, after: int = 0) -> Sequence[InboxRow]:
        rows = [row for row in self._rows.values() if row.id > after and row.id not in self._closed]
        is_marks = lane is Lane.MARKS
        return [row for row in rows if isinstance(row.event, _MARKS) is is_marks][:limit]

    async def mark_done(self, *rows: int) -> None:
        self._closed.update(rows)

    async def mark_failed(self, row: int, reason: str) -> None:
        self._closed.add(row)
        self.failed[row] = reason

    async def count_attempt(self, row: int) -> bool:
        for key, found in self._rows.items():
            if found.id == row and row not in self._closed:
                self._rows[key] = replace(found, attempts=found.attempts + 1)
                return True
        return False

    async def adopt(self, serves: Callable[[WorkspaceId], bool]) -> int:
        del serves  # there is one node
        return 0

    async def forget(self, workspace: WorkspaceId, *, before: datetime) -> int:
        gone = [
            key
            for key, row in self._rows.items()
            if key[0] == workspace and row.id in self._closed and self._received[key] < before
        ]
        for key in gone:
            del self._rows[key]
        return len(gone)

    async def forget_reactions(
        self, workspace: WorkspaceId, *, keep: Collection[str], before: datetime
    ) -> int:
        gone = [
            key
            for key, state in self._states.items()
            if key[0] == workspace and state.changed_at < before
            if not state.is_on or key[3] not in keep
        ]
        for key in gone:
            del self._states[key]
        return len(gone)

    async def list_reactions(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[MemberReaction]:
        return [each.reaction for each in await self.list_states(workspace, message) if each.is_on]

    async def list_states(
        self, workspace: WorkspaceId, message: MessageId
    ) -> Sequence[ReactionState]:
        found = [each for key, each in self._states.items() if key[:2] == (workspace, message)]
        return sorted(
            found, key=lambda each: (each.changed_at, each.reaction.member, each.reaction.emoji)
        )


def _key(event: ReactionAdded | ReactionRemoved) -> tuple[str, str, str, str]:
    return event.workspace, event.message, event.member, bare_emoji(event.emoji)


def _state(event: ReactionAdded | ReactionRemoved) -> ReactionState:
    reaction = MemberReaction(bare_emoji(event.emoji), event.member, event.member_name)
    return ReactionState(reaction, isinstance(event, ReactionAdded), event.at)


def _order(state: ReactionState) -> tuple[datetime, bool]:
    """What is greater came later; at one instant taking back does."""
    return state.changed_at, not state.is_on
