"""A chat log and an inbox in memory, held to the same contract as those in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain.models import MemberId, MessageId
from bot.events import Event, ReactionAdded, ReactionRemoved
from bot.ports import ChatLog, ChatMessage, Inbox, InboxRow


class MemoryChatLog(ChatLog):
    def __init__(self, inbox: Inbox | None = None) -> None:
        self._inbox = inbox or MemoryInbox()
        self._messages: dict[MessageId, ChatMessage] = {}

    async def append(self, message: ChatMessage) -> bool:
        if message.id in self._messages:
            return False
        self._messages[message.id] = message
        return True

    async def replace(self, message: ChatMessage) -> None:
        kept = self._messages[message.id].reactions
        self._messages[message.id] = replace(message, reactions=kept)

    async def get(self, message: MessageId) -> ChatMessage:
        return self._messages[message]

    async def list_messages(self, channel: str, *, limit: int) -> Sequence[ChatMessage]:
        found = [each for each in self._messages.values() if each.place.channel == channel]
        return found[-limit:] if limit else []

    async def react(self, event: ReactionAdded | ReactionRemoved) -> bool:
        self._messages[event.message]
        if not await self._inbox.put(event):
            return False
        is_on = isinstance(event, ReactionAdded)
        change = self.add_reaction if is_on else self.remove_reaction
        await change(event.message, event.emoji, event.member)
        return True

    async def add_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        found = self._messages[message]
        if (emoji, member) in found.reactions:
            return False
        reactions = (*found.reactions, (emoji, member))
        self._messages[message] = replace(found, reactions=reactions)
        return True

    async def remove_reaction(self, message: MessageId, emoji: str, member: MemberId) -> bool:
        found = self._messages[message]
        if (emoji, member) not in found.reactions:
            return False
        reactions = tuple(each for each in found.reactions if each != (emoji, member))
        self._messages[message] = replace(found, reactions=reactions)
        return True


class MemoryInbox(Inbox):
    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], InboxRow] = {}
        self._closed: set[int] = set()
        self.failed: dict[int, str] = {}

    @property
    def events(self) -> list[Event]:
        return [row.event for row in self._rows.values()]

    async def put(self, event: Event) -> bool:
        if (event.workspace, event.id) in self._rows:
            return False
        self._rows[event.workspace, event.id] = InboxRow(len(self._rows) + 1, event, 0)
        return True

    async def list_open(self, *, limit: int) -> Sequence[InboxRow]:
        return [row for row in self._rows.values() if row.id not in self._closed][:limit]

    async def mark_done(self, row: int) -> None:
        self._closed.add(row)

    async def mark_failed(self, row: int, reason: str) -> None:
        self._closed.add(row)
        self.failed[row] = reason

    async def count_attempt(self, row: int) -> None:
        for key, found in self._rows.items():
            if found.id == row:
                self._rows[key] = replace(found, attempts=found.attempts + 1)
