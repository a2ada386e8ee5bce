"""Our own reaction at a message: looking, done or trouble, one at a time."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.domain.emoji import DONE, LOOKING, TROUBLE
from bot.domain.models import MessageId
from bot.errors import UserError
from bot.ports import Target
from bot.services.posting import PostingService
from bot.services.reading import Reading

log = logging.getLogger(__name__)

MARKS = (LOOKING, DONE, TROUBLE)


def mark_of(readings: Sequence[Reading]) -> str:
    """Return what a message with these links shows: while one is tried again, nothing is final."""
    if any(each.waits for each in readings):
        return LOOKING
    return DONE if all(each.is_read for each in readings) else TROUBLE


async def show_mark(
    posting: PostingService, target: Target, message: MessageId, mark: str
) -> UserError | None:
    """Leave this mark alone at a message, or none; return why that is not allowed.

    A mark that cannot be put is no reason to lose what it would have told of.
    """
    try:
        if mark:  # before the others go: somebody looks on
            await posting.react(target, message, mark)
        if mark != LOOKING:  # what stands beside it goes with the next mark
            for other in MARKS:
                if other != mark:
                    await posting.unreact(target, message, other)
    except UserError as problem:
        log.warning("message not marked", extra={"post": message, "problem": str(problem)})
        return problem
    return None
