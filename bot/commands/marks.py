"""Our own reaction at a message: looking, done or trouble, one at a time."""

from __future__ import annotations

import logging

from bot.commands.conversation import Conversation
from bot.domain.emoji import DONE, LOOKING, TROUBLE
from bot.domain.models import MessageId
from bot.errors import UserError

log = logging.getLogger(__name__)

MARKS = (LOOKING, DONE, TROUBLE)


async def show_mark(talk: Conversation, message: MessageId, mark: str) -> UserError | None:
    """Leave this mark alone at a message, or none; return why that is not allowed.

    A mark that cannot be put is no reason to lose what it would have told of.
    """
    try:
        if mark:  # before the others go: somebody looks on
            await talk.react(message, mark)
        if mark != LOOKING:  # what stands beside it goes with the next mark
            for other in MARKS:
                if other != mark:
                    await talk.unreact(message, other)
    except UserError as problem:
        log.warning("message not marked", extra={"post": message, "problem": str(problem)})
        return problem
    return None
