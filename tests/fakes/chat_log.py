"""A chat log in memory, held to the same contract as that in a database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.models import MemberId, MessageId
from bot.events import ReactionAdded, ReactionRemoved
from bot.ports import ChatLog, ChatMessage, Inbox
from tests.fakes.inbox import MemoryInbox as MemoryInbox  # whoever needs one needs both


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

    async def list_changed(
        self, since: datetime | None
    ) -> tuple[Sequence[ChatMessage], datetime | None]:
        del since  # there is one node
        return (), None

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
