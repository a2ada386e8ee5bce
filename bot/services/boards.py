"""One post a message that says how its links stand, for those that are not simply read.

It is posted once and changed from then on, so that nothing is said twice, whichever node says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from bot.domain.models import MessageId
from bot.errors import MessageGone
from bot.ports import Target
from bot.posts import Block, Post
from bot.services.posting import PostingService
from bot.texts import LANGUAGES

Make = Callable[[str], Sequence[Block]]  # the blocks in a language; none: nothing is to be told


async def show_board(
    posting: PostingService,
    target: Target,
    message: MessageId,
    make: Make,
    *,
    language: str,
    may_post: bool = True,
) -> None:
    """Say it where it was said before, in that post's language, else in a new post if it may.

    Raises:
        TransientError: nothing is shown yet; the same again shows it.

    """
    for each in (language, *(other for other in LANGUAGES if other != language)):
        posted = await posting.find(target.workspace, _key(message, each))
        if posted is not None and (blocks := make(each)):
            post = Post(tuple(blocks), language=each)
            with suppress(MessageGone):  # somebody deleted it: it is not forced on them again
                await posting.edit(target, posted, post, is_vital=True)
        if posted is not None:
            return
    if may_post and (blocks := make(language)):
        post = Post(tuple(blocks), language=language)
        await posting.post(target, post, key=_key(message, language))


def _key(message: MessageId, language: str) -> str:
    return f"pages:{message}:{language}"
