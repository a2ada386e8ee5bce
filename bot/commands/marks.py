"""Our own reaction at a message that a talk is about: see `bot.services.marking`."""

from __future__ import annotations

from bot.commands.conversation import Conversation
from bot.domain.models import MessageId
from bot.errors import UserError
from bot.services import marking


async def show_mark(talk: Conversation, message: MessageId, mark: str) -> UserError | None:
    return await marking.show_mark(talk.posting, talk.target(), message, mark)
